import { user, say, shot, follow, base, browser } from "./critic_lib.mjs";
for (const login of ["team-vest","team-oest"]) {
  const p = await user(login);
  await say(p, login+" today", "body"); await shot(p, login+"-today");
  const lines = await p.locator("li.card h2 a").evaluateAll(a=>a.map(x=>x.href));
  for (const l of lines) { await p.goto(l); await say(p, login+" line"); }
  await p.goto(base+"/left-out"); const t=(await p.locator("main").innerText()); console.log(t.slice(0,2500));
  await p.goto(base+"/follow-ups"); await say(p, "follow");
  await p.goto(base+"/copies"); await say(p, "copies");
  await p.goto(base+"/called"); await say(p, "called");
  await p.context().close();
}
await browser.close();
