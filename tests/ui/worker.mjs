// A worker's whole day on a phone in Debian's Chromium: sign in, list, claim, attempt, undo, objection, who is calling,
// follow up, two workers who save at once; by keyboard, without script, over a connection that breaks; with axe on every
// page, on the phone and the desktop, in light and dark. Any failure throws, and the exit code says so.
//
//   node worker.mjs BASE_URL LOGIN,LOGIN PASSWORD LANGUAGE NUMBERS [SCREENSHOT_FOLDER]
//
// NUMBERS: the numbers on the list, with commas. Prints the number whose holder objected.

import { chromium } from "playwright-core";
import AxeBuilder from "@axe-core/playwright";
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { codeOf, follow } from "./follow.mjs";

const [base, logins, password, language, numbers, shots] = process.argv.slice(2);
if (shots) mkdirSync(shots, { recursive: true });
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const phone = { width: 360, height: 740 };
const [login, colleague] = logins.split(",");

async function open(options) {
  const context = await browser.newContext({ viewport: phone, locale: language, ...options });
  const page = await context.newPage();
  page.on("request", (request) => assert.ok(request.url().startsWith(base), `asks elsewhere: ${request.url()}`));
  page.on("response", (response) => assert.ok(response.status() < 500, `${response.status()} at ${response.url()}`));
  return page;
}
const page = await open({});

async function signIn(page, login) {
  await page.goto(`${base}/sign-in`);
  await speak(page);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(password);
  await follow(page.locator("main button.primary"));
  await speak(page);
  // The first sign-in: an app is given its secret, and recovery codes are kept.
  assert.ok(page.url().endsWith("/sign-in/factor"), page.url());
  await check("factor", page);
  const secret = (await page.locator("code.secret").innerText()).replaceAll(" ", "");
  await page.locator("#code").fill("000000");
  await follow(page.locator("main button.primary"));
  assert.equal(await page.locator("[role=alert]").count(), 1, "a wrong code is said");
  await page.locator("#code").fill(codeOf(secret));
  await follow(page.locator("main button.primary"));
  // The codes stand in the language of the account, which speaks Danish until its owner chooses.
  await check("codes", page, "da");
  assert.equal(await page.locator("ul.codes li").count(), 10);
  await follow(page.locator("main a.primary"));
  await speak(page);
}

async function speak(page) {
  if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
    await follow(page.locator(`button[name=to][value=${language}]`));
  }
}

/** Presses the button that the keyboard reaches by Tab alone. */
async function byKeyboard(page, selector) {
  for (let step = 0; step < 60; step += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) {
      const moved = page.waitForNavigation();
      await page.keyboard.press("Enter");
      await moved;
      return;
    }
  }
  assert.fail(`the keyboard does not reach ${selector}`);
}

let taps = 0;
async function tap(locator) {
  taps += 1;
  await follow(locator);
}

/** No wider than the phone, the right language, small, and nothing that axe (WCAG 2.2 AA) finds. */
async function check(name, shown = page, spoken = language) {
  const page = shown;
  await page.waitForLoadState("load");
  const facts = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    language: document.documentElement.lang,
    bytes: new TextEncoder().encode(document.documentElement.outerHTML).length,
  }));
  assert.ok(facts.wide <= 0, `${name} is ${facts.wide} px too wide`);
  assert.equal(facts.language, spoken, name);
  assert.ok(facts.bytes < 60_000, `${name} has ${facts.bytes} bytes`);
  // Both databases show the same pages: axe looks at those of one.
  if (process.env.BAVN_AXE !== "no") {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const found = await new AxeBuilder({ page }).withTags(tags).analyze();
    const told = found.violations.map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")})`);
    assert.deepEqual(told, [], name);
  }
  const words = (await page.locator("main").innerText()).toLowerCase();
  assert.ok(!words.includes("menneskehandel") && !words.includes("trafficking"), `${name}: no word on trafficking`);
  if (shots) await page.screenshot({ path: `${shots}/worker-${name}-${language}.png`, fullPage: true });
}

await signIn(page, login);
assert.ok(page.url().endsWith("/today"), page.url());
await check("today");
const openLines = page.locator("li.card:not(.closed) h2 a");
const before = await openLines.count();
assert.ok(before > 0, "somebody is on the list");
taps = 0;
// A line with a way that is safe, where there is one: else the worker says the way first, one tap more.
const safe = page.locator("li.card:not(.closed)").filter({ hasText: /SMS|Opkald|Text message|\bCall\b/ }).locator("h2 a");
const isSafe = (await safe.count()) > 0;
await tap(isSafe ? safe.first() : openLines.first());
await check("line");
const line = page.url();
assert.equal(await page.locator("a[href^='tel:']").count(), 0, "no number before the claim");
assert.ok((await page.locator("main").innerText()).match(/Annoncen er der stadig|The ad is still up/), "is the ad still up?");

// Four taps from the list to a recorded attempt: the line, the claim, the call, the outcome.
await tap(page.locator("form[action$='/claim'] button"));
await check("claimed");
const number = (await page.locator("a[href^='tel:']").first().getAttribute("href")).slice(4);
assert.ok(numbers.split(",").includes(number), number);
taps += 1; // the call itself, in the phone's own application
for (const button of await page.locator("main button.big, main a.button").all()) {
  if (!(await button.isVisible())) continue;
  const box = await button.boundingBox();
  assert.ok(box.height >= 44, `a target is ${box.height} px high`);
}
/** Says how, where no way was chosen beforehand. */
async function way(page) {
  const ways = page.locator("form[action$='/attempt'] input[name=channel]");
  if ((await ways.count()) === 0 || (await ways.and(page.locator(":checked")).count()) > 0) return;
  await page.locator("form[action$='/attempt'] input[name=channel][value=call]").check();
  taps += 1;
}
const outcome = (value) => page.locator(`form[action$='/attempt'] button[name=outcome][value='${value}']`);
await way(page);
await tap(outcome("no_answer"));
assert.ok(taps <= (isSafe ? 4 : 5), `a whole attempt took ${taps} taps`);
await check("attempt");
assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), 1);
assert.equal(await page.locator("a[href^='tel:']").count(), 0, "left alone after an attempt");
await follow(page.locator("form[action$='/undo'] button").first());
await page.goto(line);
assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), 0, "taken back");

// A message that waits for its answer: the outcome later takes two taps, from the list.
await way(page);
await follow(outcome(""));
await page.goto(`${base}/today`);
taps = 0;
await tap(page.locator(`h2 a[href='${new URL(line).pathname}']`));
await check("awaited");
await tap(page.locator("form[action$='/outcome'] button[name=outcome][value=no_answer]"));
assert.ok(taps <= 2, `an outcome took ${taps} taps`);
await follow(page.locator("form[action$='/undo'] button").first());

// Given back, and taken again by keyboard alone.
await page.goto(line);
await follow(page.locator("form[action$='/release'] button"));
await page.goto(line);
await byKeyboard(page, "form[action$='/claim'] button");
assert.ok((await page.locator("a[href^='tel:']").count()) > 0, "the keyboard is enough");

// What is typed survives a reload and a connection that breaks, and counts once.
await page.goto(line);
await page.locator("form[action$='/attempt'] details.adds > summary").click();
await page.locator("#a-note").fill("Ring efter kl. 16");
await page.locator("#a-minutes").fill("7");
await page.locator("#a-minutes").press("Enter");
await page.waitForTimeout(500);
await page.reload();
assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), 0, "Enter in a field records nothing");
assert.equal(await page.locator("#a-note").inputValue(), "Ring efter kl. 16", "kept over a reload");
await page.context().setOffline(true);
await way(page);
await outcome("wants_to_talk").click().catch(() => {});
await page.waitForTimeout(500);
await page.context().setOffline(false);
await page.goto(line);
assert.equal(await page.locator("#a-note").inputValue(), "Ring efter kl. 16", "kept over a broken connection");
const tomorrow = new Date(Date.now() + 30 * 3600 * 1000).toISOString().slice(0, 10);
await page.locator("#a-follow").fill(tomorrow);
await page.locator("#a-caution_camera").check();
await way(page);
await follow(outcome("wants_to_talk"));
assert.equal(await page.locator("section[aria-labelledby=h-before] li").count(), 1, "recorded once");
assert.ok((await page.locator("section[aria-labelledby=h-care]").innerText()).match(/kamera|camera/), "colleagues are warned");

// Another day: the follow-up ends with an outcome, and is back when that is taken back.
await page.goto(`${base}/follow-ups`);
assert.ok((await page.locator("main").innerText()).includes("Ring efter kl. 16"), "the note stands there");
await follow(page.locator("a[href$='/outcome']").first());
await check("follow-up-outcome");
await follow(page.locator("form[action$='/outcome'] button[name=outcome][value=accepted_offer]"));
await check("follow-up-done");
assert.equal(await page.locator("main form[action$='/save']").count(), 0, "the promise is kept");
await follow(page.locator("form[action$='/undo'] button").first());
assert.equal(await page.locator("main form[action$='/save']").count(), 1, "back with the undo");

// She rings back although the line is shut: what came of it is written without line or gate.
await page.goto(`${base}/called`);
await page.locator("#called").fill(number);
await follow(page.locator("form[action='/called'] button"));
await check("called-back");
assert.ok(await page.locator("#a-asked").isChecked(), "she asked herself");
await page.locator("form[action='/called/outcome'] details.adds > summary").click();
await page.locator("#a-to").fill("CMM");
await follow(page.locator("form[action='/called/outcome'] button[name=outcome][value=informed]"));
await check("called-consent");
assert.equal(await page.locator("[role=alert] a[href='#a-consent']").count(), 1, "a consent is not dropped without a word");
await page.locator("#a-to").fill("");
await follow(page.locator("form[action='/called/outcome'] button[name=outcome][value=wants_to_talk]"));
await check("called-recorded");
await follow(page.locator("form[action$='/undo'] button").first());

// Two workers save the same follow-up: neither is written over, both are shown and brought together.
const other = await open({});
await signIn(other, colleague);
await page.goto(`${base}/follow-ups`);
await other.goto(`${base}/follow-ups`);
await check("follow-ups");
async function plan(page, words) {
  await page.locator("main form[action$='/save'] summary").click();
  await page.locator("main form[action$='/save'] textarea").fill(words);
  await follow(page.locator("main form[action$='/save'] button[value=save]"));
}
await plan(page, "Aftalt: ring tirsdag");
await plan(other, "Tag tolk med");
await check("both", other);
const sides = await other.locator("main").innerText();
assert.ok(sides.includes("Aftalt: ring tirsdag") && sides.includes("Tag tolk med"), sides);
assert.equal(await other.locator("#m-plan").inputValue(), "Aftalt: ring tirsdag\nTag tolk med");
await follow(other.locator("button[value=save]"));
await page.goto(`${base}/follow-ups`);
assert.ok((await page.locator("main").innerText()).includes("Tag tolk med"), "both stand there");

// Handed over to the other team: it stays here until they accept, and can be taken back.
await page.locator("form[action$='/hand-over']").locator("xpath=..").locator("summary").click();
await check("hand-over");
await follow(page.locator("form[action$='/hand-over'] button"));
await check("handed-over");
await follow(page.locator("form[action^='/hand-overs/'] button"));

// Every page of the worker on the desktop and in the dark.
const session = await page.context().storageState();
for (const [name, options] of [["desktop", { viewport: { width: 1280, height: 900 } }], ["dark", { colorScheme: "dark" }]]) {
  const shown = await open({ ...options, storageState: session });
  for (const path of ["/today", new URL(line).pathname, "/left-out", "/copies", "/called", "/follow-ups", "/contact"]) {
    await shown.goto(`${base}${path}`);
    await check(`${name}${path.replaceAll("/", "-")}`, shown);
  }
  await shown.context().close();
}
for (const path of ["/left-out", "/copies"]) {
  await page.goto(`${base}${path}`);
  await check(path.slice(1));
  assert.equal(await page.locator("a[href^='tel:']").count(), 0, "no contact");
}

// Taken back once more; then the same without script.
await page.goto(line);
await follow(page.locator("form[action$='/undo'] button").first());
const bare = await open({ javaScriptEnabled: false, storageState: session });
await bare.goto(line);
await way(bare);
await follow(bare.locator("form[action$='/attempt'] button[name=outcome][value=no_answer]"));
assert.equal(await bare.locator("section[aria-labelledby=h-before] li").count(), 1, "recorded without script");
await follow(bare.locator("form[action$='/undo'] button").first());
await bare.context().close();
await other.context().close();
await page.goto(line);

// A referral without consent is not taken.
await way(page);
await follow(page.locator("form[action$='/attempt'] button[name=outcome][value=referred]"));
assert.equal(await page.locator("[role=alert] a[href='#a-consent']").count(), 1, "what is missing is said");
await page.goto(line);

// She says no: the line is shut at once, and stays shut.
await way(page);
await follow(page.locator("form[action$='/attempt'] button[name=outcome][value=objection]"));
await check("objection");
assert.equal(await page.locator("a[href^='tel:'], a[href^='sms:']").count(), 0, "no way to her any more");
assert.equal(await page.locator("form[action$='/claim']").count(), 0);
await page.goto(`${base}/today`);
await check("today-after");
assert.equal(await page.locator("li.card:not(.closed) h2 a").count(), before - 1);

// She rings back: the page says that she objected; a stranger's number says nothing.
await page.goto(`${base}/called`);
await page.locator("#called").fill(number);
await follow(page.locator("form[action='/called'] button"));
await check("called");
assert.equal(await page.locator("section[role=status] p.alert.bad").count(), 1);
await page.locator("#called").fill("+4594123456");
await follow(page.locator("form[action='/called'] button"));
assert.equal(await page.locator("section[role=status] .history").count(), 0);
await browser.close();
console.log(number);
