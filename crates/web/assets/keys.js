// Shortcuts of the researcher's pages. Every page works without this file: it only presses what is on the page.
// Keys rest while somebody types or holds a modifier, and once a form is on its way nothing else is sent from the page.
"use strict";
(() => {
  const root = document.documentElement;
  const dialog = document.getElementById("keys");
  const form = document.querySelector("form[data-decide]");
  const say = document.querySelector("[data-say]");
  let sent = false;
  let step = "kind";

  root.classList.add("keyed");

  const isTyping = (at) =>
    at instanceof Element && at.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
  const isControl = (at) => at instanceof Element && at.matches("a[href], button, summary, input");
  const tell = (words) => { if (say) say.textContent = words ?? ""; };
  const within = (at) => (at instanceof Element ? at.closest("[data-row]") : null);

  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (sent) { event.preventDefault(); return; }
    sent = true;
    // A lost connection leaves the page as it is; the form's own key makes a second send harmless.
    setTimeout(() => { sent = false; }, 8000);
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) sent = false; });

  function move(by) {
    const rows = [...document.querySelectorAll("[data-row]")];
    if (rows.length === 0) return false;
    const now = rows.indexOf(within(document.activeElement));
    const next = rows[now < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(now + by, 0), rows.length - 1)];
    const link = next.querySelector("a[href], button");
    if (!link) return false;
    link.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  // First digit: what to do. Second digit: why. Enter saves. A field that the choice needs is entered next.
  function digit(number) {
    if (!form || sent) return false;
    if (step === "kind") {
      const kind = form.querySelectorAll("input[name=kind]")[number - 1];
      if (!kind) return false;
      kind.checked = true;
      step = "reason";
      tell(`${kind.labels[0].textContent.trim()}. ${say?.dataset.reason ?? ""}`);
      return true;
    }
    const reason = form.querySelector("select[name=reason]");
    const option = reason.options[number];
    if (!option) return false;
    reason.selectedIndex = number;
    step = "save";
    tell(`${option.textContent.trim()}. ${say?.dataset.save ?? ""}`);
    const kind = form.querySelector("input[name=kind]:checked").value;
    const needed = { watch: "until", refer: "refer" }[kind] ?? (option.value === "other" ? "text" : null);
    if (needed) form.querySelector(`[name=${needed}]`).focus();
    return true;
  }

  function startOver() {
    if (!form || step === "kind") return false;
    for (const kind of form.querySelectorAll("input[name=kind]")) kind.checked = false;
    form.querySelector("select[name=reason]").selectedIndex = 0;
    step = "kind";
    tell("");
    return true;
  }

  function press(key) {
    const own = within(document.activeElement)?.querySelector(`[data-key="${key}"]`);
    const target = own ?? document.querySelector(`[data-key="${key}"]`);
    if (!target || sent) return false;
    if (target.matches("input, select, textarea")) target.focus(); else target.click();
    return true;
  }

  function act(event) {
    const { key } = event;
    if (key === "?") { dialog?.showModal(); return Boolean(dialog); }
    if (key === "Escape") return startOver();
    if (/^[1-9]$/.test(key)) return digit(Number(key));
    if (key === "Enter") {
      if (!form || step !== "save" || (isControl(event.target) && !form.contains(event.target))) return false;
      if (!sent) form.requestSubmit();
      return true;
    }
    if (key === "j" || (key === "ArrowDown" && !event.target.matches("input"))) return move(1);
    if (key === "k" || (key === "ArrowUp" && !event.target.matches("input"))) return move(-1);
    if (key === "o") { const row = within(document.activeElement); row?.querySelector("a[href]")?.click(); return Boolean(row); }
    if (key === "h") { root.classList.toggle("covered"); return true; }
    return /^[a-z/]$/.test(key) && press(key);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat || event.defaultPrevented) return;
    if (event.shiftKey && event.key !== "?") return;
    if (dialog?.open || !(event.target instanceof Element)) return;
    if (isTyping(event.target)) {
      // Escape leaves the field and keeps what stands in it: the keys work again, and Enter saves.
      if (event.key === "Escape") { event.target.blur(); event.preventDefault(); }
      return;
    }
    if (act(event)) event.preventDefault();
  });

  for (const button of document.querySelectorAll("[data-hide]")) {
    button.addEventListener("click", () => root.classList.toggle("covered"));
  }
  for (const button of document.querySelectorAll("[data-help]")) {
    button.addEventListener("click", () => dialog?.showModal());
  }
})();
