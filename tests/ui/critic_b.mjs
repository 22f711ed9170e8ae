import { user, say, shot, follow, base, browser } from "./critic_lib.mjs";
const p = await user("team-vest");
const q = await user("team-vest", {locale:"en"}); 
// line 28: not safe
await p.goto(base+"/line/28"); await q.goto(base+"/line/28");
await follow(p.locator("form[action$='/claim'] button")); await say(p,"28 claimed"); await shot(p,"28-claimed");
console.log("checked channel:", await p.locator("input[name=channel]:checked").getAttribute("value"));
await follow(q.locator("form[action$='/claim'] button")); await say(q,"28 same account other device claim");
const o = await user("team-oest");
// other team's view of Kalundborg/Kolding pair
await p.goto(base+"/line/31"); await follow(p.locator("form[action$='/claim'] button")); await say(p,"31 claimed"); await shot(p,"31-claimed");
for (const h of await p.locator("a[href^='sms:'],a[href^='tel:']").evaluateAll(a=>a.map(x=>x.getAttribute("href")))) console.log(decodeURIComponent(h));
await o.goto(base+"/today"); await say(o,"oest after vest claims");
await o.goto(base+"/line/27"); await say(o,"27");
const others = await p.locator("a[href*='?text=']").evaluateAll(a=>a.map(x=>[x.textContent,x.getAttribute("href")])); console.log(others);
await p.goto(base+"/line/31?text=th"); console.log(await p.locator("#prepared").inputValue(), await p.locator("#prepared-help").innerText()); await shot(p,"31-th");
// record: no answer, with typed minutes
await p.goto(base+"/line/31");
const num = (await p.locator("a[href^='tel:']").first().getAttribute("href")).slice(4);
await p.locator("form[action$='/attempt'] summary").click(); await shot(p,"31-more"); await p.locator("#a-minutes").fill("4");
await follow(p.locator("form[action$='/attempt'] button[value=no_answer]")); await say(p,"31 recorded no_answer");
await o.goto(base+"/today"); await say(o,"oest after attempt");
// she calls back
await p.goto(base+"/called"); await p.locator("#called").fill(num.replace("+45","")); await follow(p.locator("form[action='/called'] button")); await say(p,"called own"); await shot(p,"called");
await o.goto(base+"/called"); await o.locator("#called").fill(num.replace("+45","")); await follow(o.locator("form[action='/called'] button")); await say(o,"called by other team");
await p.goto(base+"/line/31"); await say(p,"31 later: can she be recorded?");
await browser.close();
