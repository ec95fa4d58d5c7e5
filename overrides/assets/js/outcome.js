// Tree of a result -> page, text and CSV; and how a reader gets a text out. See render.js for the tree.

const SVG = /^(svg|text|rect|line|polyline|path|g)$/;
const IN_APP = /MicroMessenger|QQ\/|Weibo/i;
// Parts of a result painted at once: the figures in short and a picture fill a screen.
const FIRST_SCREEN = 2;
// Rows painted at once, more than a table's window shows; the last one comes with them, so that columns have their width.
const AT_ONCE = 24;
// Laying rows out takes the browser four times as long as making them takes us; together it stays below 8 ms.
const CHUNK_MS = 1.5;

const rows_of = (body, from = 0, to = body.lazy) => Array.from({length: to - from}, (_, i) => body.row(from + i));
const children = (node) => ("lazy" in node ? rows_of(node) : node.slice(2));
const tag_of = (node) => node.tag || node[0];

const after_paint = (work) => requestAnimationFrame(() => setTimeout(work));

/** One node as an element. long: takes table bodies whose rows come later. */
export function element(node, long = []) {
  if (typeof node === "string") return document.createTextNode(node);
  const name = tag_of(node), made = SVG.test(name) ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  if ("lazy" in node) {
    const {lazy, row} = node;
    if (lazy <= AT_ONCE + 1) {
      made.append(...rows_of(node).map((one) => element(one)));
      return made;
    }
    // The last row has a body of its own, since rows that are put in before others make the browser style those anew.
    const both = document.createDocumentFragment(), end = document.createElement(node.tag);
    made.append(...rows_of(node, 0, AT_ONCE).map((one) => element(one)));
    end.append(element(row(lazy - 1)));
    both.append(made, end);
    long.push({body: made, row, next: AT_ONCE, last: lazy - 1});
    return both;
  }
  const [, attributes, ...inside] = node;
  for (const key in attributes) made.setAttribute(key, attributes[key]);
  for (const child of inside) made.append(typeof child === "string" ? child : element(child, long));
  return made;
}

/** Nodes as elements that stand nowhere yet, for paint: {made, long}. */
export function prepare(nodes) {
  const long = [];
  return {made: nodes.map((node) => element(node, long)), long};
}

/**
 * Puts a prepared result in its place, in three steps: the press paints the answer alone, the next frame the first screen, then
 * comes what stands below it, and long tables get their rows in pauses. Until the second step an older result keeps its room
 * unseen, so that nothing below it moves twice. after_answer(): called once the answer is painted. complete(): all of it now;
 * stop(): no more of it.
 */
export function paint(place, {made, long}, after_answer = null) {
  const rows = document.createDocumentFragment();
  let later = [], waiting = 0, begun = false, stopped = false;
  place.setAttribute("aria-busy", "true");
  place.classList.add("calc__detail--waiting");

  function begin() {
    begun = true;
    later = made.slice(FIRST_SCREEN);
    for (const node of later) node.hidden = true;
    place.replaceChildren(...made);
    place.classList.remove("calc__detail--waiting");
  }
  function go_on(until) {
    while (long.length && performance.now() < until) {
      const one = long[0];
      while (one.next < one.last && performance.now() < until) rows.append(element(one.row(one.next++)));
      one.body.append(rows);
      if (one.next === one.last) long.shift();
    }
  }
  const pause = (work) => { waiting = window.requestIdleCallback ? requestIdleCallback(work, {timeout: 300}) : setTimeout(work, 20); };
  // Busy until the last row stands.
  const rest = () => { if (long.length) pause(step); else place.removeAttribute("aria-busy"); };
  const step = () => {
    go_on(performance.now() + CHUNK_MS);
    rest();
  };
  const show_all = () => { for (const node of later.splice(0)) node.hidden = false; };
  after_paint(() => {
    if (stopped) return;
    after_answer?.();
    if (!begun) begin();
    after_paint(() => {
      if (stopped) return;
      show_all();
      rest();
    });
  });
  return {
    complete() {
      if (!begun) begin();
      show_all();
      go_on(Infinity);
      rest();
    },
    stop() {
      stopped = true;
      long.length = 0;
      (window.cancelIdleCallback || clearTimeout)(waiting);
    },
  };
}

const text_of = (node) => (typeof node === "string" ? node : children(node).map(text_of).join(""));
// Everything of one kind below some nodes, in order.
const all = (nodes, tag) => nodes.flatMap((node) => (typeof node === "string" ? [] : tag_of(node) === tag ? [node] : all(children(node), tag)));

/** Whether a result has a letter in it, which the reader may have changed. */
export const holds_letter = (nodes) => all(nodes, "textarea").length > 0;

const LINES = /^(p|li|h\d|tr|caption|figcaption|summary)$/;
/** The result as text, a line for each paragraph and a tab between cells; pictures and letters have their own ways. */
export function plain_text(nodes) {
  return nodes.flatMap((node) => {
    if (typeof node === "string") return node.trim() ? [node] : [];
    const tag = tag_of(node);
    if (tag === "svg" || tag === "textarea") return [];
    if (tag === "tr") return [children(node).map(text_of).join("\t")];
    // A list's item may hold paragraphs.
    if (LINES.test(tag) && !children(node).some((child) => typeof child !== "string" && LINES.test(tag_of(child)))) return [text_of(node)];
    if (tag !== "li") return [plain_text(children(node))];
    const inside = children(node), first = inside.findIndex((child) => typeof child !== "string" && LINES.test(tag_of(child)));
    return [inside.slice(0, first).map(text_of).join(""), plain_text(inside.slice(first))].filter(Boolean);
  }).filter(Boolean).join("\n");
}

// A cell that a spreadsheet could take for a formula gets an apostrophe; a plain number loses its groups instead.
function cell(text) {
  if (/^−?[\d,]+(\.\d+)?$/.test(text)) return text.replace(/,/g, "").replace("−", "-");
  return `"${(/^[=+\-@\t\r]/.test(text) ? "'" : "") + text.replace(/"/g, '""')}"`;
}

/** Every table of a result as one CSV: some lines above, then each table below its caption. */
export function csv(lines, nodes) {
  const tables = all(nodes, "table").flatMap((table) => ["", ...all([table], "caption").map((caption) => cell(text_of(caption))),
    ...all([table], "tr").map((row) => children(row).map((one) => cell(text_of(one))).join(","))]);
  return [...lines.map(cell), ...tables].join("\r\n") + "\r\n";
}

/**
 * Give the reader a text: as a file where one is named and can be saved, else on the clipboard, else selected in a field.
 * out: {place, area, note, words}; file: {name, type, mark: what a file begins with} or null.
 */
export async function hand_out({place, area, note, words}, text, file = null) {
  const in_app = file && IN_APP.test(navigator.userAgent);
  if (file && !in_app) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.mark || "", text], {type: file.type}));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    return;
  }
  place.hidden = false;
  area.value = text;
  area.focus();
  area.select();
  let said = in_app && words.in_app;
  try { await navigator.clipboard.writeText(text); said ||= words.copied; } catch { said ||= words.press_long; }
  note.textContent = said;
}
