// Pictures for docs/guides/outreach.md: an outreach worker's day on a served demo, at phone size. Everybody in them is made up.
//
//   bavn demo                    prints the address and the log-ins
//   node pictures.mjs BASE_URL LOGIN PASSWORD FOLDER

import { chromium } from "playwright-core";
import assert from "node:assert/strict";
import { mkdirSync, statSync } from "node:fs";
import { follow } from "./follow.mjs";

const [base, login, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const context = await browser.newContext({ viewport: { width: 360, height: 720 }, locale: "da", colorScheme: "light" });
const page = await context.newPage();

/** A picture of the phone's screen, from an element down. */
async function picture(name, from) {
  await page.waitForLoadState("load");
  if (from) await page.locator(from).first().evaluate((element) => element.scrollIntoView());
  const path = `${folder}/${name}.png`;
  await page.screenshot({ path });
  assert.ok(statSync(path).size < 60_000, `${path} has ${statSync(path).size} bytes`);
}

await page.goto(`${base}/sign-in`);
await page.locator("#login").fill(login);
await page.locator("#password").fill(password);
await follow(page.locator("main button.primary"));
await picture("today", "h1");
// A line with a way that is safe, where there is one: its page shows number, text and buttons at once.
const lines = page.locator("li.card:not(.closed)");
const safe = lines.filter({ hasNotText: "Ingen sikker vej" });
await follow(((await safe.count()) > 0 ? safe : lines).first().locator("h2 a"));
await picture("line", "h1");
await follow(page.locator("form[action$='/claim'] button"));
await picture("reach", "#h-reach");
await picture("outcome", "#h-outcome");
await page.locator("#h-outcome ~ form details.adds > summary").click();
await page.locator("#a-follow").fill(await page.evaluate(() => {
  const field = document.querySelector("input[name=consent_on]");
  return field.value;
}));
await picture("more", "#a-minutes");
const ways = page.locator("form[action$='/attempt'] input[name=channel]");
if ((await ways.and(page.locator(":checked")).count()) === 0) await ways.and(page.locator("[value=call]")).check();
await follow(page.locator("form[action$='/attempt'] button[name=outcome][value=wants_to_talk]"));
await picture("undo", "h1");
await page.goto(`${base}/follow-ups`);
// The one that was promised just now: its day, what is agreed, and who looks after it.
const promised = page.locator("section.card:has(form[action$='/save'])").first();
await promised.locator("form[action$='/save'] summary").click();
await promised.evaluate((section) => section.scrollIntoView());
await picture("follow-up");
await page.goto(`${base}/called`);
await picture("called", "h1");
await page.goto(`${base}/left-out`);
await picture("left-out", "h1");
await browser.close();
