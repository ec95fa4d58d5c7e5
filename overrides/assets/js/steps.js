// The page for the door: one step a screen on a phone, and a card that fills the screen. Without this the steps are a list.
const strings = JSON.parse(document.getElementById("strings").textContent);
const article = document.querySelector("article");
const steps = [...document.querySelectorAll("section.step")];
const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
const fill = (text, ...values) => values.reduce((t, value) => t.replace("%s", value), text);

let current = 0;
function show(position, move) {
  current = position;
  steps.forEach((step, i) => step.classList.toggle("is-current", i === position));
  if (move) {
    const heading = steps[position].querySelector("h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    steps[position].scrollIntoView({ block: "start" });
  }
}

steps.forEach((step, i) => {
  const bar = element("div", "steps__bar", "");
  bar.append(element("p", "steps__count", fill(strings.step_of, i + 1, steps.length)));
  if (i > 0) {
    const back = element("button", "steps__back", strings.previous_step);
    back.addEventListener("click", () => show(i - 1, true));
    bar.append(back);
  }
  if (i < steps.length - 1) {
    const next = element("button", "steps__next", strings.next_step);
    next.addEventListener("click", () => show(i + 1, true));
    bar.append(next);
  }
  bar.hidden = true;
  step.append(bar);
});

const toggle = element("button", "steps__all", "");
function stepwise(on) {
  article.classList.toggle("stepwise", on);
  steps.forEach((step) => (step.querySelector(".steps__bar").hidden = !on));
  toggle.textContent = on ? strings.all_steps : strings.one_step;
  if (on) show(current, false);
}
toggle.addEventListener("click", () => stepwise(!article.classList.contains("stepwise")));
steps[steps.length - 1].after(toggle);

// An address that points into the steps opens that step.
const wanted = steps.findIndex((step) => location.hash && step.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`));
if (wanted >= 0) current = wanted;
stepwise(window.matchMedia("(max-width: 45em)").matches);
if (wanted >= 0) show(wanted, true);
addEventListener("hashchange", () => {
  const at = steps.findIndex((step) => step.querySelector(`[id="${CSS.escape(location.hash.slice(1))}"]`));
  if (at >= 0 && article.classList.contains("stepwise")) show(at, true);
});

const card = document.querySelector(".show-card");
if (card && "showModal" in HTMLDialogElement.prototype) {
  const open = element("button", "card-open", strings.card_enlarge);
  open.addEventListener("click", () => {
    const dialog = element("dialog", "card-dialog", "");
    dialog.setAttribute("aria-label", strings.card_enlarge);
    dialog.append(...[...card.childNodes].map((node) => node.cloneNode(true)));
    dialog.querySelectorAll("[id]").forEach((node) => node.removeAttribute("id"));
    const close = element("button", "", strings.card_close);
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    dialog.append(close);
    document.body.append(dialog);
    dialog.showModal();
  });
  card.after(open);
}
