import { chromium } from "playwright-core";
import { follow } from "./follow.mjs";
export { follow };
export const base = "http://127.0.0.1:8765";
export const pw = { admin:"2800b6c2097c", forsker:"7cc5337d5432", "forsker2":"4e6ebb76514f", "team-oest":"a61e31e6592e","team-vest":"ec516b14176c"};
export const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"]});
export async function user(login, o={}) {
  const ctx = await browser.newContext({ viewport: {width:360,height:740}, locale:"da", ...o });
  const page = await ctx.newPage();
  page.on("response", r => { if (r.status()>=400) console.log("  !!", r.status(), r.request().method(), r.url()); });
  page.on("console", m => { if (m.type()==="error") console.log("  console", m.text()); });
  if (login) {
    await page.goto(`${base}/sign-in`);
    await page.locator("#login").fill(login); await page.locator("#password").fill(pw[login]);
    await follow(page.locator("main button.primary"));
  }
  return page;
}
export async function say(page, name, sel="main") { console.log(`\n=== ${name} ${page.url()} ${(await page.content()).length} B`); console.log((await page.locator(sel).innerText()).trim()); }
export const shot = (page, name) => page.screenshot({ path: `/tmp/critic/${name}.png`, fullPage: true });
