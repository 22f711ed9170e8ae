// A team's day in clinics on a phone in Debian's Chromium: sign in, the plan, a place, a talk with consent
// first, its band, the visit, the next visit; with axe on every page, on the phone and the desktop. Any failure throws.
//
//   node visits.mjs BASE_URL LOGIN PASSWORD LANGUAGE [SCREENSHOT_FOLDER]

import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { codeOf, follow } from "./follow.mjs";

const [base, login, password, language, shots] = process.argv.slice(2);
if (shots) mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const phone = { width: 360, height: 740 };
const context = await browser.newContext({ viewport: phone, locale: language });
const page = await context.newPage();
page.on("request", (request) => assert.ok(request.url().startsWith(base), `asks elsewhere: ${request.url()}`));
page.on("response", (response) => assert.ok(response.status() < 500, `${response.status()} at ${response.url()}`));
const danish = language === "da";

async function speak() {
  if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
    await follow(page.locator(`button[name=to][value=${language}]`));
  }
}

/** No wider than the screen, the right language, small, and nothing that axe (WCAG 2.2 AA) finds. */
async function check(name) {
  await page.waitForLoadState("load");
  for (const viewport of [{ width: 1280, height: 900 }, phone]) {
    await page.setViewportSize(viewport);
    const facts = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      language: document.documentElement.lang,
      bytes: new TextEncoder().encode(document.documentElement.outerHTML).length,
    }));
    assert.ok(facts.wide <= 0, `${name} is ${facts.wide} px too wide at ${viewport.width}`);
    assert.equal(facts.language, language, name);
    assert.ok(facts.bytes < 60_000, `${name} has ${facts.bytes} bytes`);
    if (shots) await page.screenshot({ path: `${shots}/visits-${name}-${language}-${viewport.width}.png`, fullPage: true });
  }
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await new AxeBuilder({ page }).withTags(tags).analyze();
  const told = found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`);
  assert.deepEqual(told, [], name);
  const words = (await page.locator("main").innerText()).toLowerCase();
  assert.ok(!words.includes("menneskehandel") && !words.includes("trafficking"), `${name}: no word on trafficking`);
}

// Sign in for the first time.
await page.goto(`${base}/sign-in`);
await speak();
await page.locator("#login").fill(login);
await page.locator("#password").fill(password);
await follow(page.locator("main button.primary"));
await speak();
const secret = (await page.locator("code.secret").innerText()).replaceAll(" ", "");
await page.locator("#code").fill(codeOf(secret));
await follow(page.locator("main button.primary"));
await follow(page.locator("main a.primary"));
await speak();
assert.ok(page.url().endsWith("/visits"), page.url());

// The plan.
await check("begin");
await follow(page.locator("form[action='/visits/plan'] button"));
await check("planned");
const stops = page.locator("main ol.cards li:not(:has(.badge.strong)) h2 a");
assert.ok((await stops.count()) >= 1, "somebody is to be visited today");
await check("day");
const title = await stops.first().innerText();
await follow(stops.first());
await check("place");
const place = new URL(page.url()).pathname;

// A talk: refused first, which leaves nothing; then begun.
await follow(page.locator("main a.button.primary"));
await check("consent");
await follow(page.locator("form.card button[value='no:no']"));
assert.equal(await page.locator("[role=status]").innerText(), danish ? "Intet er gemt." : "Nothing was kept.");
await follow(page.locator("main a.button.primary"));
await follow(page.locator("button[value=given]"));
await check("form");
const pick = (question, answer) => page.locator(`input[name='q:${question}'][value='${answer}']`).check();
await page.locator("input[name='q:offered:health']").check();
await pick("alone", "yes");
await follow(page.locator("button[value=save]"));
await check("more");
await pick("age", "adult");
await pick("papers", "other");
await pick("can_leave", "no");
await pick("debt", "growing");
await page.locator("input[name='q:hours']").fill("40");
await follow(page.locator("button[value=save]"));
await check("wrong");
assert.equal(await page.locator("[aria-invalid]").count(), 1, "the wrong answer is marked");
await page.locator("input[name='q:hours']").fill("18");
for (let step = 0; step < 3 && !new URL(page.url()).search.includes("form-ended"); step += 1) {
  await follow(page.locator("button[value=finish]"));
}
await check("band");
assert.ok((await page.locator(".badge.band-high, .badge.band-medium").count()) === 1, "a band with its reasons");
assert.ok((await page.locator("ol.history li").count()) >= 3, "answer by answer");

// The visit, written down.
await follow(page.locator("main a.button.primary"));
assert.equal(new URL(page.url()).pathname, place);
await page.locator("#r-met").check();
await page.locator("#o-health").fill("2");
await page.locator("#a-health").fill("1");
await page.locator("#suspicion").check();
await follow(page.locator("form[action$='/visit'] button.primary"));
await check("visited");
const advice = await page.locator("section[aria-labelledby=h-next]").innerText();
assert.ok(advice.includes(danish ? "Kom igen" : "Come again"), advice);

// The next visit: the day shows what was made, and a new plan goes on from it.
await page.goto(`${base}/visits`);
const made = page.locator("li.card", { hasText: title });
assert.equal(await made.locator(".badge.strong").count(), 1, "it was made");
await follow(page.locator("form[action='/visits/plan'] button"));
await check("next");
await page.goto(`${base}/places`);
await check("places");

// Without script: this context has none.
const plain = await browser.newContext({ viewport: phone, locale: language, javaScriptEnabled: false, storageState: await context.storageState() });
const still = await plain.newPage();
await still.goto(`${base}${place}`);
assert.equal(await still.locator("main h1").count(), 1);
await still.locator("#r-empty").check();
await still.locator("#o-health").fill("1");
await still.locator("#a-health").fill("2");
await still.locator("form[action$='/visit'] button.primary").click();
await still.waitForLoadState("load");
assert.equal(await still.locator("[role=alert]").count(), 1, "more accepted than offered is refused, without script too");
await browser.close();
console.log("a day of visits was walked");
