// The letters before the first touch: a button for each. Its form, which brings everything else, is fetched when one is pressed
// or when the address holds sums.
const sections = new Map([...document.querySelectorAll("[data-letter]")].map((section) => [section.dataset.letter, section]));
const opened = new Map();

// Fields and buttons look like those of the calculators; no other part of this page needs that sheet.
let fetched;
const fetch_form = () => (fetched ??= Promise.all([import("./letters-form.js"), new Promise((done) => {
  const sheet = Object.assign(document.createElement("link"), {rel: "stylesheet", href: new URL("../css/calculator.css", import.meta.url).href});
  sheet.onload = sheet.onerror = done;
  document.querySelector("link[href*='letters.css']").before(sheet);
})]).then(([form]) => form));

async function fill_in(section) {
  const {open} = await fetch_form();
  if (!opened.has(section)) opened.set(section, open(section));
  return opened.get(section);
}

// A calculator hands sums over in the part of the address that is never sent: #v=1&l=plan&i=3500&o=700.
async function from_address() {
  if (!location.hash.startsWith("#v=1&")) return;
  const given = new URLSearchParams(location.hash.slice(1)), section = sections.get(given.get("l"));
  if (!section) return;
  (await fetch_form()).take_sums(given);
  (await fill_in(section)).settle();
  section.scrollIntoView();
}

for (const section of sections.values()) {
  const start = section.querySelector(".letter__start");
  start.hidden = false;
  start.firstElementChild.addEventListener("click", async () => (await fill_in(section)).first().focus());
}
addEventListener("hashchange", from_address);
from_address();
