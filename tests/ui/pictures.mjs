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
await follow(page.locator("li.card:not(.closed) h2 a").first());
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
await page.locator("main details summary").first().click();
await picture("follow-up", "h3");
await page.goto(`${base}/called`);
await picture("called", "h1");
await page.goto(`${base}/left-out`);
await picture("left-out", "h1");
await browser.close();
