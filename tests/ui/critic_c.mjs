import { user, say, shot, follow, base, browser } from "./critic_lib.mjs";
const p = await user("team-vest");
const o = await user("team-oest");
// 29: referral w/o consent; then wants_to_talk with follow up; follow-up page
await p.goto(base+"/line/29"); await follow(p.locator("form[action$='/claim'] button"));
const n29 = (await p.locator("a[href^='tel:']").first().getAttribute("href")).slice(4);
await follow(p.locator("form[action$='/attempt'] button[value=referred]")); await say(p,"29 referred without consent"); await shot(p,"29-referred");
console.log("focus:", await p.evaluate(()=>document.activeElement?.outerHTML.slice(0,120)), "scroll", await p.evaluate(()=>scrollY));
await p.locator("#a-to").fill("CMM"); await p.locator("#a-how").selectOption("spoken"); await p.locator("#a-language").fill("engelsk");
await p.locator("#a-follow").fill("2026-09-12");
await p.locator("#a-note").fill("Ring efter kl. 16");
await p.locator("#a-told").selectOption({index:1});
await follow(p.locator("form[action$='/attempt'] button[value=wants_to_talk]")); await say(p,"29 wants to talk w/ consent typed");
await p.goto(base+"/follow-ups"); await say(p,"follow ups"); await shot(p,"followups");
await p.locator("main details summary").first().click(); await shot(p,"followups-open");
// note visible anywhere?
console.log("note visible on follow-ups:", (await p.locator("main").innerText()).includes("Ring efter"));
await p.goto(base+"/line/29"); console.log("note visible on line:", (await p.locator("main").innerText()).includes("Ring efter"));
// hand over
await p.goto(base+"/follow-ups"); await p.locator("form[action$='/hand-over']").locator("xpath=..").locator("summary").click();
await p.locator("textarea[name=note]").fill("Hun er flyttet til Roskilde");
await follow(p.locator("form[action$='/hand-over'] button")); await say(p,"handed over (vest)");
await o.goto(base+"/today"); console.log("oest menu:", await o.locator("nav").first().innerText());
await o.goto(base+"/follow-ups"); await say(o,"oest sees offer"); await shot(o,"handover-oest");
await o.locator("input[name=answer]").fill("Vi tager den");
await follow(o.locator("button[value=accept]")); await say(o,"oest accepted");
await p.goto(base+"/follow-ups"); await say(p,"vest after accept");
// oest: outcome of the talk? 
console.log("buttons oest:", await o.locator("main button:visible, main summary:visible").allInnerTexts());
await follow(o.locator("button[value=done]")); await say(o,"oest done"); 
await o.goto(base+"/called"); await o.locator("#called").fill(n29); await follow(o.locator("form[action='/called'] button")); await say(o,"oest called n29");
await p.goto(base+"/called"); await p.locator("#called").fill(n29); await follow(p.locator("form[action='/called'] button")); await say(p,"vest called n29");
// undo after handover/done
await p.goto(base+"/line/29"); await say(p,"29 after");
// 30: awaited, then objection via outcome
await p.goto(base+"/line/30"); await follow(p.locator("form[action$='/claim'] button"));
await follow(p.locator("form[action$='/attempt'] button[value='']")); await say(p,"30 awaited"); await shot(p,"30-awaited");
await p.goto(base+"/follow-ups"); await say(p,"follow ups: awaited there?");
await p.goto(base+"/line/30");
await follow(p.locator("form[action$='/outcome'] button[value=objection]")); await say(p,"30 objection");
await follow(p.locator("form[action$='/undo'] button").first()); await say(p,"30 objection undone");
await browser.close();
