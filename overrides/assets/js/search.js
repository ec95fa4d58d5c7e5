// The search box of the header and of the page search/: listeners only. Ranking, results and index come on first use.
// Whatever a reader typed, or an address brought, goes into the page as text nodes.
const WAIT_MS = 120; // typing pause before an answer
const QUIET_MS = 500; // pause before the count is announced, so that a screen reader is not talked over

const strings = JSON.parse(document.getElementById("search-strings")?.textContent || "{}");
const say = (key, value) => (strings[key] ?? "").replace("%s", () => value);

// One index a page, whichever box is used first. After a failure it is fetched again.
let loading;
function load(form) {
  loading ??= import("./search-results.js")
    .then(async (view) => ({ view, model: await view.open(form.dataset.index) }))
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

function upgrade(box) {
  const form = box.querySelector("form");
  const input = form.querySelector("input[type=search]");
  const status = box.querySelector("[data-search-status]");
  const results = box.querySelector("[data-search-results]");
  const root = new URL(form.dataset.root.replace(/\/?$/, "/"), location.href);
  const address = "searchAddress" in box.dataset;
  let composing = false, typing, announcing, asked = 0;

  const announce = (text, wait) => {
    clearTimeout(announcing);
    announcing = setTimeout(() => {
      if (status.textContent !== text) status.textContent = text;
    }, wait);
  };
  const copy = (id) => {
    const template = document.getElementById(id);
    return template ? [template.content.cloneNode(true)] : [];
  };

  async function answer() {
    const mine = ++asked;
    const query = input.value.trim();
    if (address) {
      const here = new URL(location.href);
      if (query) here.searchParams.set("q", query);
      else here.searchParams.delete("q");
      if (here.href !== location.href) history.replaceState(history.state, "", here);
    }
    if (!query) {
      announce("", 0);
      return results.replaceChildren();
    }
    let found;
    try {
      if (!loading) announce(say("loading"), 200);
      found = await load(form);
    } catch {
      if (mine === asked) {
        announce(say("failed"), 0);
        results.replaceChildren(...copy("search-none"));
      }
      return;
    }
    if (mine !== asked) return; // something newer was typed meanwhile
    const { view, model } = found;
    const { hits, terms, distress } = model.search(query);
    // Single characters left over from a question would mark every second word.
    const shown = new Map([...terms].filter(([term]) => term.length > 1 || terms.size === 1));
    const parts = distress ? copy("search-distress") : [];
    if (hits.length) {
      parts.push(view.element("ol", ...hits.map((hit) => view.result(model, hit, shown, root))));
      const count = hits.length === 1 ? say("count_one") : say("count_many", hits.length);
      announce(matchMedia("(hover: hover)").matches ? `${count} ${say("hint")}` : count, QUIET_MS);
    } else {
      parts.push(...copy("search-none"));
      announce(say("none", query), QUIET_MS);
    }
    results.replaceChildren(...parts);
    results.dataset.answers = query;
  }

  const soon = () => {
    announce("", 0); // so that an equal count is announced again
    clearTimeout(typing);
    typing = setTimeout(answer, WAIT_MS);
  };
  const warm = () => load(form).catch(() => {});

  input.addEventListener("focus", warm);
  // While an input method composes, the field holds pinyin that is not meant yet.
  input.addEventListener("compositionstart", () => (composing = true));
  input.addEventListener("compositionend", () => {
    composing = false;
    soon();
  });
  input.addEventListener("input", (event) => {
    if (!composing && !event.isComposing) soon();
  });
  // On the page search/ the answer is here already. Elsewhere the form goes there with the words in the fragment, which
  // no browser sends to a server; that page puts them into its address as ?q=, to be linked, without asking for anything.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    if (address) answer();
    else location.assign(`${form.action}#q=${encodeURIComponent(input.value.trim())}`);
  });
  box.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    // The event comes late: whoever has moved on to the results by keyboard stays there.
    if (!box.contains(document.activeElement)) input.focus();
    if (document.activeElement === input) input.select();
  });
  box.addEventListener("keydown", (event) => {
    if (composing || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && box.hasAttribute("popover")) {
      // Without this the first Escape only empties the field.
      event.preventDefault();
      box.hidePopover();
      document.querySelector(`[popovertarget="${box.id}"]:not([popovertargetaction])`)?.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = [...results.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (!step || !links.length || (at < 0 && document.activeElement !== input)) return;
    event.preventDefault();
    if (at + step < 0) input.focus();
    else links[Math.min(at + step, links.length - 1)].focus();
  });

  const brought = () => {
    const here = new URL(location.href);
    const words = here.hash.startsWith("#q=") ? new URLSearchParams(here.hash.slice(1)) : here.searchParams;
    input.value = (words.get("q") ?? "").slice(0, input.maxLength);
    if (words === here.searchParams) return;
    here.hash = "";
    history.replaceState(history.state, "", here.href.replace(/#$/, ""));
  };
  if (address) {
    brought();
    addEventListener("hashchange", () => {
      if (!location.hash.startsWith("#q=")) return;
      document.querySelector(".search-panel:popover-open")?.hidePopover();
      brought();
      answer();
    });
  }
  // The text may have been typed before this script ran, or brought back by the browser.
  if (input.value) answer();
  if (document.activeElement === input) warm();
}

for (const box of document.querySelectorAll("[data-search]")) upgrade(box);
