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
// Dark: the same pages keep their contrast.
{
  const context = await browser.newContext({ viewport: sizes.desktop, colorScheme: "dark" });
  const page = await context.newPage();
  await signIn(page, "forsker");
  for (const name of ["queue", "search", "findings", "second", "drift"]) {
    await page.goto(`${base}/${name}`);
    await check(page, `${name}-dark`, "da", "desktop", 400_000);
  }
  await context.close();
}

// Without script the same forms work.
{
  const context = await browser.newContext({ viewport: sizes.phone, javaScriptEnabled: false });
  const page = await context.newPage();
  await signIn(page, "forsker");
  await page.locator("ol.cards h3 a").first().click();
  await page.locator("#d-reason").waitFor();
  await page.goto(`${base}/findings`);
  await page.locator("form[action='/findings'] button").click();
  await page.waitForURL(/from=/);
  await context.close();
}

await browser.close();
console.log(`${pages} pages looked at`);
