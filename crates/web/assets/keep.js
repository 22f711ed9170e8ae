// Keeps what is typed in a form until it is sent, so that a reload or a lost connection loses nothing. It stays in this tab
// alone, for two hours at most, and goes when it was saved or somebody signs out. Without script the pages work as well.
(() => {
  "use strict";
  const PREFIX = "bavn-kept:";
  const LASTS_MS = 2 * 60 * 60 * 1000;
  // The form that was sent last: its answer may be another page than the one that it stood on.
  const SENT = "bavn-sent";
  const who = document.querySelector(".who b")?.textContent ?? "";
  const forget = (fits) => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX) && fits(key)).forEach((key) => sessionStorage.removeItem(key));
  // Of several people's attempts at one address each keeps its own: no note lands on somebody else.
  const name = (form) => `${PREFIX}${who} ${form.getAttribute("action")} ${form.querySelector("input[name=attempt]")?.value ?? ""}`;
  const fields = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");

  const address = new URL(location.href);
  if (address.searchParams.has("done")) {
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    // What was typed in another form of the page is not saved yet.
    forget((key) => key === sent);
    // Else a reload would take what was typed since for what was saved.
    address.searchParams.delete("done");
    history.replaceState(null, "", address);
  }
  document.addEventListener("submit", (event) => sessionStorage.setItem(SENT, name(event.target)));
  document.querySelectorAll("form[action='/sign-out']").forEach((form) => form.addEventListener("submit", () => forget(() => true)));

  document.querySelectorAll("form[data-keep]").forEach((form) => {
    const kept = JSON.parse(sessionStorage.getItem(name(form)) ?? "null");
    if (kept && kept.who === who && Date.now() - kept.at < LASTS_MS) {
      let restored = false;
      fields(form).forEach((field) => {
        const value = kept.values[field.id];
        if (value === undefined) return;
        if (field.type === "checkbox" || field.type === "radio") field.checked = value;
        else field.value = value;
        restored = true;
      });
      if (restored) form.querySelectorAll("details").forEach((part) => { part.open = part.open || kept.open; });
    }
    form.addEventListener("input", () => {
      const values = {};
      fields(form).forEach((field) => {
        values[field.id] = field.type === "checkbox" || field.type === "radio" ? field.checked : field.value;
      });
      const open = [...form.querySelectorAll("details")].some((part) => part.open);
      sessionStorage.setItem(name(form), JSON.stringify({ at: Date.now(), who, values, open }));
    });
  });
})();
