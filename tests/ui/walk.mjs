// Walks each role's day through a served demo in Debian's Chromium: without script, at desktop and phone width, in both
// languages, with axe on every page. Any failure throws, and the exit code says so.
//
//   node walk.mjs BASE_URL ACCOUNTS_JSON [SCREENSHOT_FOLDER]

import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";

const [base, accountsJson, shots] = process.argv.slice(2);
const accounts = JSON.parse(accountsJson);
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
if (shots) mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

let pages = 0;

/** A page is well made: right width, language, size, and nothing that axe (WCAG 2.2 AA) finds. */
async function check(page, name, language, size, limit = 100_000) {
  await page.waitForLoadState("load");
  const facts = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    language: document.documentElement.lang,
    headings: document.querySelectorAll("h1").length,
    bytes: new TextEncoder().encode(document.documentElement.outerHTML).length,
    pictures: document.querySelectorAll("img, picture, video").length,
  }));
  const where = `${name} (${language}, ${size})`;
  assert.ok(facts.wide <= 0, `${where} is ${facts.wide} px too wide`);
  assert.equal(facts.language, language, where);
  assert.equal(facts.headings, 1, `${where}: one h1`);
  assert.equal(facts.pictures, 0, `${where}: no photo anywhere`);
  assert.ok(facts.bytes < limit, `${where} has ${facts.bytes} bytes`);
  const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  const told = found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`);
  assert.deepEqual(told, [], where);
  if (shots) await page.screenshot({ path: `${shots}/${name}-${language}-${size}.png`, fullPage: true });
  pages += 1;
}

async function visit(language, size, act) {
  const context = await browser.newContext({ viewport: sizes[size], javaScriptEnabled: true, locale: language });
  // The pages themselves carry no script; whatever would come from elsewhere is refused and fails the walk.
  const page = await context.newPage();
  page.on("request", (request) => assert.ok(request.url().startsWith(base), `asks elsewhere: ${request.url()}`));
  page.on("response", (response) => assert.ok(response.status() < 500, `${response.status()} at ${response.url()}`));
  await page.goto(`${base}/sign-in`);
  await speak(page, language);
  await act(page);
  await context.close();
}

/** Switches the language where the page has another. */
async function speak(page, language) {
  if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
    await page.locator(`button[name=to][value=${language}]`).click();
    await page.waitForLoadState("load");
  }
}

/** Signs in. The account has a language of its own, so the walk's is chosen again. */
async function signIn(page, login, language = "da") {
  await page.goto(`${base}/sign-in`);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(accounts[login]);
  await page.locator("main button.primary").click();
  await page.waitForLoadState("load");
  await speak(page, language);
}

const worker = Object.keys(accounts).filter((login) => login.startsWith("team-"));

// Public pages, and a wrong password.
for (const language of ["da", "en"]) {
  for (const size of Object.keys(sizes)) {
    await visit(language, size, async (page) => {
      await check(page, "sign-in", language, size);
      await page.locator("#login").fill("forsker");
      await page.locator("#password").fill("not the password");
      await page.locator("main button.primary").click();
      assert.equal(await page.locator("[role=alert]").count(), 1, "a wrong password is said");
      await check(page, "sign-in-wrong", language, size);
      await page.goto(`${base}/contact`);
      await check(page, "contact", language, size);
    });
  }
}

// The researcher: queue, case, decision, undo; the catalogue; a text of one's own.
for (const [language, size] of [["da", "desktop"], ["en", "phone"], ["da", "phone"], ["en", "desktop"]]) {
  await visit(language, size, async (page) => {
    await signIn(page, "forsker", language);
    assert.ok(page.url().endsWith("/queue"), page.url());
    await check(page, "queue", language, size);
    assert.ok((await page.locator("ol.cards li").count()) > 0, "cases wait");
    await page.locator("ol.cards h3 a").first().click();
    await check(page, "case", language, size, 300_000);
    const text = await page.locator("main").innerText();
    assert.ok(!/(\+45)?\s?(34|37|67|68|94)\d{6}/.test(text.replace(/[ \u00a0]/g, "")), "no number on a researcher's page");
    assert.ok((await page.locator("mark").count()) > 0, "evidence is highlighted");
    const before = await page.locator("ol.history li").count();
    await page.locator("input[name=kind][value=no_concern]").check();
    await page.locator("#d-reason").selectOption({ index: 1 });
    await page.locator("#d-text").fill("A test of the pages");
    await page.locator("form[action$='/decide'] button.primary").click();
    await page.waitForLoadState("load");
    await page.goBack();
    await page.reload();
    assert.equal(await page.locator("ol.history li").count(), before + 1, "the decision stands in the history");
    await page.locator("form[action$='/undo'] button").first().click();
    await page.waitForLoadState("load");
    await page.goto(`${base}/indicators`);
    await check(page, "indicators", language, size, 200_000);
    await page.goto(`${base}/indicators/third_person_voice`);
    await check(page, "indicator", language, size);
    await page.goto(`${base}/try`);
    await check(page, "try", language, size);
    await page.locator("textarea").first().fill("Hun er ny hos os. Ring til receptionen på 34 00 00 50. Jeg er ikke ung, jeg er 29 år.");
    await page.locator("main form button.primary").click();
    await page.waitForLoadState("load");
    assert.ok((await page.locator("mark").count()) > 0, "what was found is highlighted");
    await check(page, "try-read", language, size);
    // Why other signs did not fire: folded by group, and readable when opened.
    for (const group of await page.locator("details.whynot > summary").all()) await group.click();
    assert.ok((await page.locator("details.whynot li:has(mark.against)").count()) > 0, "what stopped a sign is marked");
    await check(page, "try-why-not", language, size);
    const refused = await page.goto(`${base}/today`);
    assert.equal(refused.status(), 403, "a researcher has no contact list");
    await check(page, "forbidden", language, size);
  });
}

// The outreach worker, on a phone: list, claim, attempt with its outcome in two taps, a second send, undo.
for (const [language, login] of [["da", worker[0]], ["en", worker[1]]]) {
  await visit(language, "phone", async (page) => {
    await signIn(page, login, language);
    assert.ok(page.url().endsWith("/today"), page.url());
    await check(page, "today", language, "phone", 60_000);
    const open = page.locator("li.card:not(.closed) h2 a");
    assert.ok((await open.count()) > 0, `${login} has lines`);
    // Two teams may have the same advertiser on their lists; one that a colleague has taken cannot be taken again.
    const lines = await open.evaluateAll((links) => links.map((link) => link.href));
    for (const href of lines) {
      await page.goto(href);
      if ((await page.locator("form[action$='/claim'] button").count()) > 0) break;
    }
    await check(page, "line", language, "phone", 60_000);
    const line = page.url();
    await page.locator("form[action$='/claim'] button").click();
    await page.waitForLoadState("load");
    await check(page, "line-claimed", language, "phone", 60_000);
    assert.match((await page.locator("a[href^='tel:'], a[href^='sms:']").first().getAttribute("href")) ?? "", /^(tel|sms):\+45/);
    const main = (await page.locator("main").innerText()).toLowerCase();
    assert.ok(!main.includes("menneskehandel") && !main.includes("trafficking"), "no word on trafficking");
    for (const button of await page.locator("main button.big, main a.button").all()) {
      const box = await button.boundingBox();
      if (box) assert.ok(box.height >= 44, `a target is ${box.height} px high`);
    }
    const key = await page.locator("form[action$='/attempt'] input[name=key]").getAttribute("value");
    const token = await page.locator("form[action$='/attempt'] input[name=form_token]").getAttribute("value");
    const history = await page.locator("section[aria-labelledby=h-before] li").count();
    await page.locator("form[action$='/attempt'] button[name=outcome][value=no_answer]").click();
    await page.waitForLoadState("load");
    await check(page, "line-done", language, "phone", 60_000);
    // A lost connection: the same form is sent once more.
    await page.request.post(line.split("?")[0] + "/attempt", {
      form: { form_token: token, key, channel: "call", outcome: "no_answer", text_version: "", method: "call" },
      headers: { origin: base },
      failOnStatusCode: false,
    });
    await page.goto(line);
    assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), history + 1, "sent twice, kept once");
    await page.locator("form[action$='/undo'] button").first().click();
    await page.waitForLoadState("load");
    // The line goes back, so that a colleague of another team can take it.
    await page.goto(line);
    await page.locator("form[action$='/release'] button").click();
    await page.waitForLoadState("load");
    const refused = await page.goto(`${base}/queue`);
    assert.equal(refused.status(), 403, "a worker has no queue");
  });
}

// The administrator: sites with what each run found, people.
for (const [language, size] of [["da", "desktop"], ["en", "phone"]]) {
  await visit(language, size, async (page) => {
    await signIn(page, "admin", language);
    await page.goto(`${base}/sites`);
    await check(page, "sites", language, size);
    assert.equal(await page.locator("a[href^='/sites/demo-']").count() >= 3, true, "three sites");
    await page.locator("a[href^='/sites/demo-']").first().click();
    await check(page, "site", language, size, 200_000);
    await page.goto(`${base}/people`);
    await check(page, "people", language, size);
  });
}

// Without script the same forms work.
{
  const context = await browser.newContext({ viewport: sizes.phone, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, "forsker");
  await page.locator("ol.cards h3 a").first().click();
  await page.locator("#d-reason").waitFor();
  await context.close();
}

await browser.close();
console.log(`${pages} pages looked at`);
