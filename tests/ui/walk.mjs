// Walks each role's day through a served demo in Debian's Chromium: without script, at desktop and phone width, in both
// languages, with axe on every page. Any failure throws, and the exit code says so.
//
//   node walk.mjs BASE_URL ACCOUNTS_JSON [SCREENSHOT_FOLDER]

import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { follow } from "./follow.mjs";

const [base, accountsJson, shots] = process.argv.slice(2);
const accounts = JSON.parse(accountsJson);
const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 360, height: 740 } };
if (shots) mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

// Both databases show the same pages: axe looks at those of one.
const withAxe = process.env.BAVN_AXE !== "no";
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
  if (withAxe) {
    const found = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
    const told = found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`);
    assert.deepEqual(told, [], where);
  }
  if (shots) await page.screenshot({ path: `${shots}/${name}-${language}-${size}.png`, fullPage: true });
  pages += 1;
}

async function visit(language, size, act) {
  const context = await browser.newContext({ viewport: sizes[size], javaScriptEnabled: true, locale: language });
  // The researcher's shortcuts are the only script; whatever would come from elsewhere is refused and fails the walk.
  const page = await context.newPage();
  page.on("request", (request) => assert.ok(request.url().startsWith(base), `asks elsewhere: ${request.url()}`));
  page.on("response", (response) => assert.ok(response.status() < 500, `${response.status()} at ${response.url()}`));
  await page.goto(`${base}/sign-in`);
  await speak(page, language);
  await act(page);
  await context.close();
}

/** Waits until the analysis has followed a judgement: at once, or a moment later. */
async function settled(page, pair, done) {
  await page.waitForLoadState("load");
  const what = new URL(page.url()).searchParams.get("done");
  assert.ok(what === done || what === `${done}-soon`, page.url());
  for (let waited = 0; what !== done && waited < 60; waited += 1) {
    await page.waitForTimeout(1000);
    await page.goto(pair);
    const words = await page.locator("#judge").innerText();
    if (!/(ikke fulgt den endnu|has not followed yet)/.test(words)) return;
  }
}

/** Switches the language where the page has another. */
async function speak(page, language) {
  if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
    await follow(page.locator(`button[name=to][value=${language}]`));
  }
}

/** Signs in. The account has a language of its own, so the walk's is chosen again. */
async function signIn(page, login, language = "da") {
  await page.goto(`${base}/sign-in`);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(accounts[login]);
  await follow(page.locator("main button.primary"));
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
      await follow(page.locator("main button.primary"));
      assert.equal(await page.locator("[role=alert]").count(), 1, "a wrong password is said");
      await check(page, "sign-in-wrong", language, size);
      await page.goto(`${base}/contact`);
      await check(page, "contact", language, size);
    });
  }
}

// The researcher: queue, case, decision, undo; the catalogue; a text of one's own. The second database has each language
// and each size once.
const everyLook = [["da", "desktop"], ["en", "phone"], ["da", "phone"], ["en", "desktop"]];
for (const [language, size] of withAxe ? everyLook : everyLook.slice(0, 2)) {
  await visit(language, size, async (page) => {
    await signIn(page, "forsker", language);
    assert.ok(page.url().endsWith("/queue"), page.url());
    await check(page, "queue", language, size);
    assert.ok((await page.locator("ol.cards li").count()) > 0, "cases wait");
    await follow(page.locator("ol.cards h3 a").first());
    await check(page, "case", language, size);
    const text = await page.locator("main").innerText();
    assert.ok(!/(\+45)?\s?(34|37|67|68|94)\d{6}/.test(text.replace(/[ \u00a0]/g, "")), "no number on a researcher's page");
    assert.ok((await page.locator("mark").count()) > 0, "evidence is highlighted");
    const before = await page.locator("ol.history li").count();
    const read = page.url().split("?")[0];
    await page.locator("input[name=kind][value=no_concern]").check();
    await page.locator("#d-reason").selectOption({ index: 1 });
    await page.locator("#d-text").fill("A test of the pages");
    await page.locator("form[action$='/decide'] button.primary").click();
    await page.waitForURL(/done=decided/);
    assert.notEqual(page.url().split("?")[0], read, "the next case by itself");
    await page.goto(read);
    assert.equal(await page.locator("ol.history li").count(), before + 1, "the decision stands in the history");
    await follow(page.locator("form[action$='/undo'] button").first());
    await page.goto(`${base}/history?whose=all`);
    await check(page, "history", language, size);
    await page.goto(`${base}/second`);
    await check(page, "second", language, size);
    await page.goto(`${base}/indicators`);
    await check(page, "indicators", language, size);
    await page.goto(`${base}/indicators/third_person_voice`);
    await check(page, "indicator", language, size);
    await page.goto(`${base}/try`);
    await check(page, "try", language, size);
    await page.locator("textarea").first().fill("Hun er ny hos os. Ring til receptionen på 34 00 00 50. Jeg er ikke ung, jeg er 29 år.");
    await follow(page.locator("main form button.primary"));
    assert.ok((await page.locator("mark").count()) > 0, "what was found is highlighted");
    await check(page, "try-read", language, size);
    // Why other signs did not fire: folded by group, and readable when opened.
    for (const group of await page.locator("details.whynot > summary").all()) await group.click();
    assert.ok((await page.locator("details.whynot li:has(mark.against)").count()) > 0, "what stopped a sign is marked");
    await check(page, "try-why-not", language, size);
    // Another weight for a sign: what it would move, each opens its case, and nothing is changed.
    await page.goto(`${base}/what-if`);
    for (const group of await page.locator("form.tune summary").all()) await group.click();
    await check(page, "what-if", language, size);
    for (const [key, value] of [["points", "1"], ["groups", "1"], ["strong_groups", "0"], ["cross_ad", "0"]]) {
      await page.locator(`input[name='indicators/rules.toml|medium.0.${key}']`).fill(value);
    }
    await page.locator("form.tune button.primary").click();
    await page.waitForURL(/what-if\/\d+$/);
    for (let looks = 0; looks < 120 && (await page.locator("a.button[href^='/what-if/']").count()) > 0; looks += 1) {
      await page.waitForTimeout(500);
      await page.reload();
    }
    assert.ok((await page.locator("#k-rises").count()) === 1, "an easier way to medium lifts somebody");
    await check(page, "what-if-result", language, size);
    await page.locator("section[aria-labelledby='k-rises'] tbody a").first().click();
    await page.waitForURL(/\/(case|network)\//);
    await page.goto(`${base}/search?q=ring`);
    assert.ok((await page.locator("#found ~ ol.cards li").count()) > 0, "something is found");
    await check(page, "search", language, size);
    await follow(page.locator("#found ~ ol.cards h3 a").first());
    assert.match(page.url(), /\/ad\/\d+/, "an ad has a page of its own");
    await check(page, "ad", language, size);
    await page.goto(`${base}/search?q=ring&show=networks`);
    await check(page, "search-networks", language, size);
    await page.goto(`${base}/search?q=ring&show=cases`);
    assert.ok((await page.locator("#found ~ ol.cards h3 a[href^='/case/']").count()) > 0, "cases are found");
    await check(page, "search-cases", language, size);
    await page.goto(read);
    await page.locator("#notes ~ details > summary").click();
    await page.locator("#note-kind").selectOption("tag");
    await page.locator("#note-text").fill(`walk ${language} ${size}`);
    await follow(page.locator("form[action='/notes'] button"));
    await follow(page.locator("a[href^='/tag/']").first());
    await check(page, "tag", language, size);
    await page.goto(`${base}/findings`);
    assert.ok((await page.locator("main svg").count()) >= 5, "charts and the map");
    assert.ok((await page.locator("main table").count()) >= (await page.locator("main svg").count()), "each has its table");
    await check(page, "findings", language, size);
    await page.locator("#f-region").selectOption({ index: 1 });
    await page.locator("form[action='/findings'] button").click();
    await page.waitForURL(/region=/);
    await check(page, "findings-region", language, size);
    const file = await page.request.get(base + (await page.locator("a[href^='/findings.csv']").first().getAttribute("href")));
    assert.equal(file.status(), 200, "a table is a file");
    const refused = await page.goto(`${base}/today`);
    assert.equal(refused.status(), 403, "a researcher has no contact list");
    await check(page, "forbidden", language, size);
  });
}

/** How often the reader has decided today, by the number on the queue's page. */
async function decidedToday(page) {
  await page.goto(`${base}/queue`);
  return Number(await page.locator("ul.day strong").first().innerText());
}

// A researcher's day by keyboard alone: help, rows, typing, deciding, undo, skip, hide; and never two items at once.
for (const [language, login] of [["da", "forsker"], ["en", "forsker2"]]) {
  await visit(language, "desktop", async (page) => {
    await signIn(page, login, language);
    const decided = await decidedToday(page);
    await page.keyboard.press("?");
    assert.ok(await page.locator("dialog#keys").isVisible(), "help is there");
    await check(page, "shortcuts", language, "desktop");
    await page.keyboard.press("3");
    await page.keyboard.press("Escape");
    for (const key of ["j", "ArrowDown", "k"]) await page.keyboard.press(key);
    const focused = await page.evaluate(() => document.activeElement.getAttribute("href"));
    assert.equal(focused, await page.locator("[data-row] a").first().getAttribute("href"), "down, down, up: the first row");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/case\//);
    const first = page.url().split("?")[0];
    const history = await page.locator("ol.history li").count();
    // Keys rest while somebody types, and with a modifier.
    await page.locator("#d-text").fill("");
    await page.locator("#d-text").pressSequentially("1 s n u 3");
    assert.equal(await page.locator("#d-text").inputValue(), "1 s n u 3");
    await page.locator("h1").click();
    await page.keyboard.press("Alt+3");
    assert.equal(await page.locator("input[name=kind]:checked").count(), 0, "nothing is chosen");
    assert.equal(page.url().split("?")[0], first);
    // Escape leaves the field and keeps what stands in it.
    await page.locator("#d-text").focus();
    await page.keyboard.press("Escape");
    assert.notEqual(await page.evaluate(() => document.activeElement.id), "d-text");
    assert.equal(await page.locator("#d-text").inputValue(), "1 s n u 3");
    await page.locator("#d-text").fill("");
    await page.locator("h1").click();
    // What to do, why, over again, and saved with a key that is pressed twice.
    await page.keyboard.press("1");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("input[name=kind]:checked").count(), 0, "Escape starts over");
    await page.keyboard.press("3");
    await page.keyboard.press("1");
    assert.equal(await page.locator("input[name=kind]:checked").getAttribute("value"), "no_concern");
    await check(page, "case-keys", language, "desktop");
    // All within one turn of the page, before it can leave; the walk is answered before.
    await page.evaluate(() => setTimeout(() => {
      for (let time = 0; time < 3; time += 1) {
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
      }
    }, 50));
    await page.waitForURL(/done=decided/);
    const second = page.url().split("?")[0];
    assert.notEqual(second, first, "the next case by itself");
    assert.equal(await page.locator("ol.history li").count(), 0, "and it is not decided");
    await page.keyboard.press("b");
    await page.waitForURL((url) => url.href.startsWith(first));
    assert.equal(await page.locator("ol.history li").count(), history + 1, "decided once");
    assert.equal(await decidedToday(page), decided + 1);
    // Undo: the list of one's own last acts, then the row.
    await page.keyboard.press("u");
    await page.waitForURL(/\/history/);
    await check(page, "history-mine", language, "desktop");
    await page.keyboard.press("u");
    await page.waitForURL(/done=undone/);
    assert.equal(await decidedToday(page), decided, "taken back");
    // Next, skip, and text that is hidden.
    await page.keyboard.press("n");
    await page.waitForURL(/\/case\//);
    const skipped = page.url().split("?")[0];
    await page.keyboard.press("h");
    assert.equal(await page.locator("h1").isVisible(), false, "the text is hidden");
    await page.keyboard.press("h");
    assert.ok(await page.locator("h1").isVisible());
    await page.keyboard.press("s");
    await page.waitForURL(/done=skipped/);
    assert.notEqual(page.url().split("?")[0], skipped);
    await page.keyboard.press("q");
    await page.waitForURL(/\/queue/);
    await page.goto(`${base}/queue?skipped=1`);
    assert.equal(await page.locator("[data-row]").count(), 1, "skipped for today");
    await check(page, "queue-skipped", language, "desktop");
    await page.locator("form[action$='/unskip'] button").click();
    await page.waitForURL(/done=unskipped/);
  });
}

// Two researchers at once: each has a case of her own, and the other one's says who reads it.
{
  const contexts = await Promise.all([0, 1].map(() => browser.newContext({ viewport: sizes.desktop })));
  const [one, two] = await Promise.all(contexts.map((context) => context.newPage()));
  await signIn(one, "forsker");
  await signIn(two, "forsker2");
  for (const page of [one, two]) await page.goto(`${base}/queue`);
  await Promise.all([one.keyboard.press("n"), two.keyboard.press("n")]);
  await Promise.all([one, two].map((page) => page.waitForURL(/\/case\//)));
  assert.notEqual(one.url(), two.url(), "never the same case");
  await two.goto(one.url());
  await check(two, "held", "da", "desktop");
  assert.equal(await two.locator("form[data-decide]").count(), 0);
  assert.match(await two.locator("main").innerText(), /Frederik Forsker læser sagen til kl\./);
  // A second reading, where the demo has drawn one: blind.
  await two.goto(`${base}/second`);
  if ((await two.locator("form[action='/second/next']").count()) > 0) {
    await two.locator("form[action='/second/next'] button").click();
    await two.waitForURL(/\/second\/\d+/);
    await check(two, "second-blind", "da", "desktop");
    assert.equal(await two.locator("ol.history").count(), 0, "no earlier decision");
    await two.locator("form[action$='/give-back'] button").click();
    await two.waitForURL(/given-back/);
  }
  for (const context of contexts) await context.close();
}

// A network: its picture opens a tie, 'not the same' splits it in the next analysis, the lineage says so, undo joins it.
for (const [language, size] of [["da", "desktop"], ["en", "phone"]]) {
  await visit(language, size, async (page) => {
    await signIn(page, "forsker", language);
    let network;
    for (let number = 1; number < 6 && !network; number += 1) {
      await page.goto(`${base}/queue?page=${number}`);
      const several = await page.locator("ol.cards h3 a").evaluateAll((links) =>
        links.filter((link) => /[2-9] (annoncører|advertisers)/.test(link.textContent)).map((link) => link.href));
      for (const href of several) {
        await page.goto(href);
        // A case that a colleague has open shows whose it is, and nothing of itself.
        const link = page.locator("a[href^='/network/net_']").first();
        network = (await link.count()) > 0 ? await link.getAttribute("href") : undefined;
        if (network) break;
      }
    }
    assert.ok(network, "a case is about a network");
    await page.goto(base + network);
    await check(page, "network", language, size);
    const members = await page.locator("#table-a tbody tr").count();
    const tie = page.locator("svg.graph a.tie").first();
    await tie.focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/pair\//);
    const pair = page.url();
    await page.goto(`${pair}?weigh=yes`);
    await check(page, "pair", language, size);
    assert.ok((await page.locator("svg.waterfall rect").count()) > 2, "the evidence is added up");
    const text = await page.locator("main").innerText();
    assert.ok(!/(\+45)?\s?(34|37|67|68|94)\d{6}/.test(text.replace(/[ \u00a0]/g, "")), "no number on a researcher's page");
    await page.locator("input[name=kind][value=not_same]").check();
    await page.locator("#j-reason").fill("Two voices, and two price lists");
    await follow(page.locator("form[action$='/judge'] button.primary"));
    await settled(page, pair, "judged");
    await check(page, "pair-judged", language, size);
    await page.goto(base + network);
    const left = await page.locator("#table-a tbody tr").count();
    assert.ok(left < members, `the network had ${members} advertisers, and now ${left}`);
    assert.ok((await page.locator("section[aria-labelledby=h-lineage] ol.history li").count()) > 0, "its lineage says so");
    assert.ok((await page.locator("section[aria-labelledby=h-judgements]").innerText()).includes("Two voices"));
    await check(page, "network-split", language, size);
    const parted = await page.locator("section[aria-labelledby=h-lineage] a").first().getAttribute("href");
    await page.goto(base + parted);
    await check(page, "network-parted", language, size);
    await page.goto(pair);
    await follow(page.locator("form[action$='/undo'] button").first());
    await settled(page, pair, "judgement-undone");
    await page.goto(base + network);
    assert.equal(await page.locator("#table-a tbody tr").count(), members, "undo brings it back");
    await page.goto(base + parted);
    assert.equal(await page.locator("main p.alert.warn").count(), 1, "the part that is no more says where it went");
    const advertiser = `${base}${await page.locator("section[aria-labelledby=h-lineage] a").first().getAttribute("href")}`;
    await page.goto(advertiser);
    await follow(page.locator("#table-a tbody a").first());
    await check(page, "advertiser", language, size);
    await page.goto(`${base}/shared-numbers`);
    await check(page, "shared-numbers", language, size);
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
    await follow(page.locator("form[action$='/claim'] button"));
    await check(page, "line-claimed", language, "phone", 60_000);
    assert.match((await page.locator("a[href^='tel:'], a[href^='sms:']").first().getAttribute("href")) ?? "", /^(tel|sms):\+45/);
    const main = (await page.locator("main").innerText()).toLowerCase();
    assert.ok(!main.includes("menneskehandel") && !main.includes("trafficking"), "no word on trafficking");
    for (const button of await page.locator("main button.big, main a.button").all()) {
      if (!(await button.isVisible())) continue;
      const box = await button.boundingBox();
      assert.ok(box.height >= 44, `a target is ${box.height} px high`);
    }
    const key = await page.locator("form[action$='/attempt'] input[name=key]").getAttribute("value");
    const token = await page.locator("form[action$='/attempt'] input[name=form_token]").getAttribute("value");
    const history = await page.locator("section[aria-labelledby=h-before] li").count();
    // Where no way is safe none is chosen beforehand.
    const ways = page.locator("form[action$='/attempt'] input[name=channel]");
    if ((await ways.and(page.locator(":checked")).count()) === 0) await ways.and(page.locator("[value=call]")).check();
    await follow(page.locator("form[action$='/attempt'] button[name=outcome][value=no_answer]"));
    await check(page, "line-done", language, "phone", 60_000);
    // A lost connection: the same form is sent once more.
    await page.request.post(line.split("?")[0] + "/attempt", {
      form: { form_token: token, key, channel: "call", outcome: "no_answer", text_version: "", method: "call" },
      headers: { origin: base },
      failOnStatusCode: false,
    });
    await page.goto(line);
    assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), history + 1, "sent twice, kept once");
    await follow(page.locator("form[action$='/undo'] button").first());
    // The line goes back, so that a colleague of another team can take it.
    await page.goto(line);
    await follow(page.locator("form[action$='/release'] button"));
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
    await follow(page.locator("a[href^='/sites/demo-']").first());
    await check(page, "site", language, size);
    await page.goto(`${base}/people`);
    await check(page, "people", language, size);
    await page.locator("#login").fill(`ny-${language}`);
    await page.locator("#name").fill("Nanna Ny");
    await page.locator("#role").selectOption("researcher");
    await page.locator("main button.primary").click();
    await page.locator("#link").waitFor();
    await check(page, "link", language, size);
    const link = await page.locator("#link").inputValue();
    await page.goto(`${base}/people`);
    await follow(page.locator("th a", { hasText: "Nanna Ny" }).first());
    await check(page, "person", language, size);
    await visit(language, size, async (guest) => {
      await guest.goto(link);
      await check(guest, "invitation", language, size);
      await guest.locator("#password").fill("kort");
      await guest.locator("#again").fill("kort");
      await guest.locator("main button.primary").click();
      await guest.locator("[role=alert]").waitFor();
      await guest.locator("#password").fill("gul cykel ved havnen");
      await guest.locator("#again").fill("gul cykel ved havnen");
      await guest.locator("main button.primary").click();
      await guest.waitForURL(/\/queue$/);
      await guest.goto(link);
      await check(guest, "invitation-used", (await guest.evaluate(() => document.documentElement.lang)), size);
      await guest.goto(`${base}/account`);
      const spoken = await guest.evaluate(() => document.documentElement.lang);
      await check(guest, "account", spoken, size);
      await follow(guest.locator("a[href='/account/factor']"));
      await check(guest, "factor-begin", spoken, size);
      await guest.locator("#password").fill("gul cykel ved havnen");
      await guest.locator("main button.primary").click();
      await guest.locator("#code").waitFor();
      await check(guest, "factor", spoken, size);
    });
  });
}

// Dark: the same pages keep their contrast.
{
  const context = await browser.newContext({ viewport: sizes.desktop, colorScheme: "dark" });
  const page = await context.newPage();
  await signIn(page, "forsker");
  for (const name of ["queue", "search", "findings", "second", "drift"]) {
    await page.goto(`${base}/${name}`);
    await check(page, `${name}-dark`, "da", "desktop");
  }
  await context.close();
}

// At 200 % zoom of a 1280 px screen (640 CSS pixels) nothing is cut off; on paper a case shows what it weighs and why.
{
  const context = await browser.newContext({ viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 });
  const page = await context.newPage();
  await signIn(page, "forsker");
  for (const name of ["queue", "search?q=ring", "history?whose=all", "second", "indicators/third_person_voice"]) {
    await page.goto(`${base}/${name}`);
    await check(page, `${name.split("?")[0].replace("/", "-")}-zoom`, "da", "zoom");
  }
  await page.goto(`${base}/queue`);
  const read = await page.locator("ol.cards h3 a").first().getAttribute("href");
  await page.goto(`${base}${read.split("?")[0]}?look=yes`);
  await check(page, "case-zoom", "da", "zoom");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("nav.menu, form[data-decide]").filter({ visible: true }).count(), 0, "no menu and no form on paper");
  for (const part of ["h1", "p.lead", "#h-points", "article.firing >> nth=0"]) {
    assert.ok(await page.locator(part).first().isVisible(), `${part} is on paper`);
  }
  await context.close();
}

// Without script the same forms work.
{
  const context = await browser.newContext({ viewport: sizes.phone, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, "forsker");
  // A case that a colleague has open, or one that is decided, has no form: the first that has one is read.
  const cases = await page.locator("ol.cards h3 a").evaluateAll((links) => links.map((link) => link.href));
  let forms = 0;
  for (const href of cases) {
    await page.goto(href);
    forms = await page.locator("#d-reason").count();
    if (forms > 0) break;
  }
  assert.equal(forms, 1, "a case of the queue is decided without script");
  await page.goto(`${base}/findings`);
  await page.locator("form[action='/findings'] button").click();
  await page.waitForURL(/from=/);
  await context.close();
}

await browser.close();
console.log(`${pages} pages looked at`);
