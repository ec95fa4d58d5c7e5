// Narrows the list of rules by words, by force and by who is bound. Without this the whole list stands there.
const form = document.querySelector("[data-law-filter]");
const words = form.querySelector("#law-words");
const force = form.querySelector("#law-force");
const binds = form.querySelector("#law-binds");
const status = form.querySelector("[role=status]");

// One entry per instrument, with its wording in one form: upper case and full-width letters find the same as typed ones.
const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");
const groups = [...document.querySelectorAll(".rules")].map((box) => {
  const rules = [...box.querySelectorAll(".rule")].map((section) => ({
    section, text: plain(section.textContent), binds: section.dataset.binds.split(" "), articles: section.querySelector("details"),
  }));
  return { box, heading: box.previousElementSibling, rules };
});
const total = groups.reduce((sum, group) => sum + group.rules.length, 0);

function apply() {
  const asked = plain(words.value).split(" ").filter(Boolean);
  const open = asked.length > 0;
  let found = 0;
  for (const { box, heading, rules } of groups) {
    let here = 0;
    for (const rule of rules) {
      const fits = (!force.value || force.value === box.dataset.force)
        && (!binds.value || rule.binds.includes(binds.value)) && asked.every((word) => rule.text.includes(word));
      rule.section.hidden = !fits;
      // What was asked for may stand in the folded articles.
      if (rule.articles.open !== open) rule.articles.open = open;
      here += fits;
    }
    heading.hidden = here === 0;
    found += here;
  }
  const { all, some, none } = status.dataset;
  status.textContent = found === total ? all : found ? some.replace("{found}", found).replace("{total}", total) : none;
}

// A link to an instrument that is filtered away shows everything again.
function reveal() {
  const section = location.hash.length > 1 && document.getElementById(location.hash.slice(1))?.closest(".rule");
  if (!section) return;
  if (section.hidden) {
    // Not by a reset, whose event comes after and would fold the articles again.
    for (const box of [words, force, binds]) box.value = "";
    apply();
  }
  section.querySelector("details").open = true;
  section.scrollIntoView();
}

form.addEventListener("input", apply);
form.addEventListener("submit", (event) => event.preventDefault());
// The boxes are empty only after the event.
form.addEventListener("reset", () => setTimeout(apply));
addEventListener("hashchange", reveal);
form.hidden = false;
apply();
reveal();
