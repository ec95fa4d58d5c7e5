// A calculator before the first touch: what hangs on a choice is shown or hidden; everything else is fetched when a field
// gets the focus, a button is pressed or the address holds figures. What is a calculator's own stands in the page as JSON.
// Nothing is stored or sent. Typed text and the #fragment are hostile: they reach the page as text only.

// One line for each module of engine/ that a calculator names.
const FORMULAS = {
  true_cost: () => import("./engine/true_cost.js"),
  schedules: () => import("./engine/schedules.js"),
  overdue: () => import("./engine/overdue.js"),
  payoff: () => import("./engine/payoff.js"),
  deadlines: () => import("./engine/deadlines.js"),
};

function start(root) {
  const def = JSON.parse(root.querySelector("script").textContent), form = root.querySelector("form"), go = root.querySelector(".calc__go"), {fields, words} = def;
  const el = (id) => document.getElementById("calc-" + id);
  // Only radio buttons have a name: a form that is not ready yet could send nothing even by accident.
  const control = (id) => form.elements[id] || el(id);
  const places = [...(def.groups || []).map(({id, show}) => [el("group-" + id), show]), ...fields.map(({id, show}) => [el(id + "-field"), show])];
  let parts;

  // Show and hide what hangs on another field. `after`: once that field holds a day later than the one named.
  function refresh(parse_date) {
    for (const [place, show] of places) {
      if (!show) continue;
      const other = control(show.field), there = !el(show.field + "-field").closest("[hidden]");
      if (show.is) place.hidden = !there || ![].concat(show.is).includes(other.value);
      else if (parse_date) place.hidden = !(there && parse_date(other.value).value > def[show.after]);
    }
  }

  // The reader's own day, which stands in the form at first and after it was cleared. What was typed before this ran stays.
  function settle() {
    const now = new Date(), today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
    for (const {id, usual} of fields) if (usual === "today") el(id).defaultValue = today;
  }

  const load = () => (parts ??= Promise.all([import("./form.js"), FORMULAS[def.module]()])
    .then(([{attach}, engine]) => attach({root, form, def, engine, control, el, refresh}))
    .catch((error) => { parts = null; throw error; }));

  const use = (what) => load().then(what, () => {
    const box = root.querySelector(".calc__errors");
    box.firstElementChild.textContent = words.not_loaded;
    box.lastElementChild.replaceChildren();
    box.hidden = false;
    box.focus();
  });

  const open_link = () => location.hash.startsWith("#v=") && use((ready) => ready.open_link());

  form.addEventListener("submit", (event) => { event.preventDefault(); use((ready) => ready.run()); });
  // Only a choice moves fields at once; typed ones wait for the press, or the button would slip from under the finger.
  form.addEventListener("change", (event) => { if (event.target.matches("[type=radio], select")) refresh(); });
  form.addEventListener("focusin", () => load().catch(() => {}), {once: true});
  form.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") || "";
    if (!event.target.closest(".row") || !/[\t\r\n]/.test(text.trim())) return;
    event.preventDefault();
    use((ready) => ready.paste(event.target, text));
  });
  root.addEventListener("click", (event) => {
    const {target} = event, action = target.dataset.do;
    // A press, or Enter in a field. Stopped here, it spares the browser reading the whole form before it is submitted.
    if (target === go) { event.preventDefault(); use((ready) => ready.run()); }
    // What was typed goes at once, whether the rest can be fetched or not.
    if (action === "clear") { settle(); form.reset(); load().then((ready) => ready.clear(), () => refresh()); }
    else if (action) use((ready) => ready.act(action, target));
  });
  root.addEventListener("focusin", ({target}) => { if (target.readOnly) target.select(); });
  addEventListener("hashchange", open_link);
  root.querySelector(".calc__needs").hidden = true;
  settle();
  form.hidden = false;
  go.type = "submit";
  refresh();
  open_link();
}

document.querySelectorAll("[data-calculator]").forEach(start);
