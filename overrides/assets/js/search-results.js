// What the search shows: fetched with the ranking on first use. Text goes into the page as text nodes only.
import { Model, terms as terms_of } from "./search-core.js";

const EXCERPT = { zh: 84, en: 200 }; // characters

export const element = (name, ...children) => {
  const made = document.createElement(name);
  made.append(...children);
  return made;
};

export async function open(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return new Model(await response.json());
}

// Stretches of `text` that hold a searched word: [start, end, weight].
const stretches = (model, text, terms) =>
  terms_of(text, model.simplified).flatMap(([term, start, end]) => (terms.has(term) ? [[start, end, terms.get(term)]] : []));

function marked(model, text, terms) {
  const out = new DocumentFragment();
  let done = 0;
  let mark = null;
  for (const [start, end] of stretches(model, text, terms)) {
    if (end <= done) continue;
    // Pairs overlap: 催收 and 收上 of 催收上门 are one mark.
    if (!mark || start > done) {
      mark = element("mark");
      out.append(text.slice(done, start), mark);
      done = start;
    }
    mark.append(text.slice(done, end));
    done = end;
  }
  out.append(text.slice(done));
  return out;
}

// The part of a section where the most different words stand close together, from the start of their sentence.
function excerpt(model, text, terms) {
  const size = EXCERPT[model.index.lang];
  const all = stretches(model, text, terms);
  let best = 0, from = 0;
  for (const [start] of all) {
    const near = new Map();
    for (const [s, e, weight] of all) if (s >= start && e <= start + size / 2) near.set(text.slice(s, e), weight);
    const value = [...near.values()].reduce((sum, weight) => sum + weight, 0);
    if (value > best) [best, from] = [value, start];
  }
  const lead = text.slice(Math.max(0, from - size / 2), from);
  const sentence = lead.search(/[^。！？；.?!]*$/);
  if (from > size / 2) from -= sentence > 0 ? lead.length - sentence : Math.min(12, lead.length - lead.lastIndexOf(" ") - 1);
  else from = 0;
  let to = Math.min(text.length, from + size);
  if (to < text.length) to = Math.max(to - 12, text.lastIndexOf(" ", to));
  const part = text.slice(from, to).trim();
  return element("p", from ? "…" : "", marked(model, part, terms), to < text.length ? "…" : "");
}

// One page of the result with the sections that answer best.
export function result(model, hit, terms, root) {
  const [url, title, description] = model.pages[hit.page];
  const address = new URL(url, root).href;
  const link = (href, text) => {
    const made = element("a", marked(model, text, terms));
    made.href = href;
    return made;
  };
  const sections = hit.sections.map((number) => model.sections[number]);
  const intro = sections.find(([, anchor, , text]) => !anchor && stretches(model, text, terms).length);
  const head = element("p", link(address, title));
  head.className = "search-hit";
  const item = element("li", head);
  item.append(intro ? excerpt(model, intro[3], terms) : element("p", marked(model, description, terms)));
  const inner = sections
    .filter(([, anchor]) => anchor)
    .map(([, anchor, heading, text]) => element("li", link(`${address}#${anchor}`, heading), excerpt(model, text, terms)));
  if (inner.length) item.append(element("ul", ...inner));
  return item;
}
