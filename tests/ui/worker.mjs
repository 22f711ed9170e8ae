// A worker's whole day on a phone in Debian's Chromium: sign in, list, claim, attempt, undo, objection, who is calling,
// follow up; without script of our own, with axe on every page. Any failure throws, and the exit code says so.
//
//   node worker.mjs BASE_URL LOGIN PASSWORD LANGUAGE NUMBERS [SCREENSHOT_FOLDER]
//
// NUMBERS: the numbers on the list, with commas. Prints the number whose holder objected.

import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync } from "node:fs";

const [base, login, password, language, numbers, shots] = process.argv.slice(2);
if (shots) mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const context = await browser.newContext({ viewport: { width: 360, height: 740 }, locale: language });
const page = await context.newPage();
page.on("request", (request) => assert.ok(request.url().startsWith(base), `asks elsewhere: ${request.url()}`));
page.on("response", (response) => assert.ok(response.status() < 500, `${response.status()} at ${response.url()}`));

/** No wider than the phone, the right language, small, and nothing that axe (WCAG 2.2 AA) finds. */
async function check(name) {
  await page.waitForLoadState("load");
  const facts = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    language: document.documentElement.lang,
    bytes: new TextEncoder().encode(document.documentElement.outerHTML).length,
  }));
  assert.ok(facts.wide <= 0, `${name} is ${facts.wide} px too wide`);
  assert.equal(facts.language, language, name);
  assert.ok(facts.bytes < 60_000, `${name} has ${facts.bytes} bytes`);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const found = await new AxeBuilder({ page }).withTags(tags).analyze();
  const told = found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`);
  assert.deepEqual(told, [], name);
  const words = (await page.locator("main").innerText()).toLowerCase();
  assert.ok(!words.includes("menneskehandel") && !words.includes("trafficking"), `${name}: no word on trafficking`);
  if (shots) await page.screenshot({ path: `${shots}/worker-${name}-${language}.png`, fullPage: true });
}

/** What an authenticator app shows for a secret now (RFC 6238). */
function codeOf(secret) {
  const bits = [...secret].map((c) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

await page.goto(`${base}/sign-in`);
if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
  await page.locator(`button[name=to][value=${language}]`).click();
  await page.waitForLoadState("load");
}
await page.locator("#login").fill(login);
await page.locator("#password").fill(password);
await page.locator("main button.primary").click();
await page.waitForLoadState("load");
if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
  await page.locator(`button[name=to][value=${language}]`).click();
  await page.waitForLoadState("load");
}
// The first sign-in: an app is given its secret, and recovery codes are kept.
assert.ok(page.url().endsWith("/sign-in/factor"), page.url());
await check("factor");
const secret = (await page.locator("code.secret").innerText()).replaceAll(" ", "");
await page.locator("#code").fill("000000");
await page.locator("main button.primary").click();
assert.equal(await page.locator("[role=alert]").count(), 1, "a wrong code is said");
await page.locator("#code").fill(codeOf(secret));
await page.locator("main button.primary").click();
await page.waitForLoadState("load");
await check("codes");
assert.equal(await page.locator("ul.codes li").count(), 10);
await page.locator("main a.primary").click();
await page.waitForLoadState("load");
if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
  await page.locator(`button[name=to][value=${language}]`).click();
  await page.waitForLoadState("load");
}
assert.ok(page.url().endsWith("/today"), page.url());
await check("today");
const open = page.locator("li.card:not(.closed) h2 a");
const before = await open.count();
assert.ok(before > 0, "somebody is on the list");
await open.first().click();
await check("line");
const line = page.url();
assert.equal(await page.locator("a[href^='tel:']").count(), 0, "no number before the claim");

// Four taps from the list to a recorded attempt: the line, the claim, the call, the outcome.
await page.locator("form[action$='/claim'] button").click();
await check("claimed");
const number = (await page.locator("a[href^='tel:']").first().getAttribute("href")).slice(4);
assert.ok(numbers.split(",").includes(number), number);
for (const button of await page.locator("main button.big, main a.button").all()) {
  const box = await button.boundingBox();
  if (box) assert.ok(box.height >= 44, `a target is ${box.height} px high`);
}
await page.locator("form[action$='/attempt'] button[name=outcome][value=no_answer]").click();
await check("attempt");
assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), 1);
assert.equal(await page.locator("a[href^='tel:']").count(), 0, "left alone after an attempt");
await page.locator("form[action$='/undo'] button").first().click();
await page.waitForLoadState("load");
await page.goto(line);
assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), 0, "taken back");

// A referral without consent is not taken.
await page.locator("form[action$='/attempt'] button[name=outcome][value=referred]").click();
await page.waitForLoadState("load");
assert.equal(await page.locator("[role=alert] a[href='#a-consent']").count(), 1, "what is missing is said");
await page.goto(line);

// She says no: the line is shut at once, and stays shut.
await page.locator("form[action$='/attempt'] button[name=outcome][value=objection]").click();
await check("objection");
assert.equal(await page.locator("a[href^='tel:'], a[href^='sms:']").count(), 0, "no way to her any more");
assert.equal(await page.locator("form[action$='/claim']").count(), 0);
await page.goto(`${base}/today`);
await check("today-after");
assert.equal(await page.locator("li.card:not(.closed) h2 a").count(), before - 1);

// She rings back: the page says that she objected; a stranger's number says nothing.
await page.goto(`${base}/called`);
await page.locator("#called").fill(number);
await page.locator("form[action='/called'] button").click();
await check("called");
assert.equal(await page.locator("section[role=status] p.alert.bad").count(), 1);
await page.locator("#called").fill("+4594123456");
await page.locator("form[action='/called'] button").click();
await page.waitForLoadState("load");
assert.equal(await page.locator("section[role=status] .history").count(), 0);
await page.goto(`${base}/follow-ups`);
await check("follow-ups");
await browser.close();
console.log(number);
