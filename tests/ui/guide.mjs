// Makes the pictures of the researchers' guides from a served demo: docs/guides/pictures.
//
//   bavn demo --listen 127.0.0.1:8080
//   node guide.mjs http://127.0.0.1:8080 forsker PASSWORD ../../docs/guides/pictures

import { chromium } from "playwright-core";
import { mkdirSync } from "node:fs";
import { follow } from "./follow.mjs";

const [base, login, password, folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

async function signedIn(language) {
  const page = await (await browser.newContext({ viewport: { width: 900, height: 640 }, locale: language })).newPage();
  await page.goto(`${base}/sign-in`);
  await page.locator("#login").fill(login);
  await page.locator("#password").fill(password);
  await follow(page.locator("main button.primary"));
  if ((await page.evaluate(() => document.documentElement.lang)) !== language) {
    await follow(page.locator(`button[name=to][value=${language}]`));
  }
  return page;
}

/** What is on the screen, or from the first thing of a kind that says something, so many pixels down. */
async function picture(page, name, from, height = 640) {
  if (from) {
    const top = await from.first().evaluate((node) => node.getBoundingClientRect().top + window.scrollY - 12);
    await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true, clip: { x: 0, y: top, width: 900, height } });
  } else {
    await page.screenshot({ path: `${folder}/${name}.png` });
  }
}

let page = await signedIn("en");
await page.goto(`${base}/findings`);
await picture(page, "findings");
await picture(page, "findings-chart", page.getByRole("heading", { name: "How assessments are spread" }), 620);
await picture(page, "findings-grades", page.getByRole("heading", { name: "Against outcomes", exact: true }), 760);
await page.context().close();

page = await signedIn("da");
await picture(page, "queue");
await follow(page.locator("ol.cards h3 a").first());
await picture(page, "case");
await picture(page, "case-decide", page.locator("#decide"), 720);
await page.goto(`${base}/search?q=ring`);
await picture(page, "search", page.locator("#q"), 700);
await page.goto(`${base}/second`);
await picture(page, "second");
await browser.close();
