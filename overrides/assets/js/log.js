// The contact log before the first touch: shows the form; the rest is fetched when a field gets the focus, a button is
// pressed or this browser keeps a log. Nothing is sent.
const KEY = "clear-account:contact-log";

const two = (number) => String(number).padStart(2, "0");
/** The reader's own day. */
function today() {
  const at = new Date();
  return [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join("-");
}

function start(root) {
  const data = JSON.parse(root.querySelector("script").textContent), form = root.querySelector("form");
  const find = (selector) => root.querySelector(selector);
  const refresh = () => { find("#log-people-field").hidden = find("#log-how").value !== "visit"; };
  const picker = find(".log__file");
  let loading;

  const load = () => (loading ??= import("./log-page.js").then(({attach}) => attach({root, data, key: KEY, today, refresh}))
    .catch((error) => { loading = null; throw error; }));
  const use = (what) => load().then(what, () => { find(".calc__message").textContent = data.words.not_loaded; });

  form.addEventListener("submit", (event) => { event.preventDefault(); use((page) => page.submit()); });
  root.addEventListener("focusin", () => load().catch(() => {}), {once: true});
  find("#log-how").addEventListener("change", refresh);
  find("#log-keep").addEventListener("change", () => use((page) => page.set_keeping()));
  root.addEventListener("click", ({target}) => {
    const {do: action} = target.dataset;
    // Browsers let a press open a file, but not what comes a while after it.
    if (action === "import") picker.click();
    else if (action) use((page) => page.act(action, target));
  });
  picker.addEventListener("change", async () => {
    const [file] = picker.files;
    if (file) await use((page) => page.read_file(file));
    // The same file may be chosen again after it was mended.
    picker.value = "";
  });
  find(".calc__needs").hidden = true;
  for (const part of [form, find(".log__tools"), find(".log__paper-go")]) part.hidden = false;
  find(".calc__go").type = "submit";
  // Some browsers bring back a tick; what is kept decides.
  find("#log-keep").checked = false;
  // A browser that brings back what was typed keeps its own date.
  find("#log-date").value ||= today();
  refresh();
  let kept = null;
  try { kept = localStorage.getItem(KEY); } catch { /* no storage: nothing is kept */ }
  if (kept !== null) use(() => {});
}

document.querySelectorAll("[data-contact-log]").forEach(start);
