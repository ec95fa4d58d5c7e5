// The form of one letter: blanks of a text -> fields, and back into an editable text that is copied, saved or printed;
// fetched by letters.js. Nothing is stored or sent, and what is typed reaches the page as text only.
import {fill, yuan} from "./number_format.js";
import {hand_out} from "./outcome.js";
import {parse_money} from "./parse.js";

const {fields, words} = JSON.parse(document.getElementById("letters-data").textContent);
const by_id = Object.fromEntries(Object.entries(fields).map(([blank, field]) => [field.id, {...field, blank: `【${blank}】`}]));
const BLANKS = /【[^【】\n]{1,20}】/g;
const MOST = {line: 60, long: 600};
const FILE_TYPE = "text/plain;charset=utf-8";

// What was typed, by field: one value serves every letter of the page.
const typed = {};

function make(tag, attributes = {}, ...inside) {
  const element = document.createElement(tag);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.append(...inside);
  return element;
}

// A paragraph of the page -> pieces: text, or {id} where a blank stands.
const pieces = (node) => [...node.childNodes].map((child) =>
  (child.nodeType === Node.TEXT_NODE ? child.data : child.nodeName === "BR" ? "\n" : {id: child.dataset.field}));

// Figures and Latin words stand apart from Chinese characters.
const HAN = /[\u3400-\u9fff]/, LATIN = /[A-Za-z0-9%¥]/;
function join(before, next) {
  const a = before.slice(-1), b = next.slice(0, 1);
  return before + ((HAN.test(a) && LATIN.test(b)) || (LATIN.test(a) && HAN.test(b)) ? " " : "") + next;
}

// Invisible and control characters away: they would let a text show another order than it has.
const plain = (text, kind) => {
  const visible = text.replace(/\r\n?/g, "\n").replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|(?!\n)[\u0000-\u001f\u007f]/g, (c) => (c === "\t" ? " " : ""));
  return (kind === "long" ? visible : visible.replace(/\s+/g, " ")).trim();
};

/** One letter: builds its form and keeps form, text and paper together. settle() writes what the page knows into it. */
export function open(section) {
  const letter = section.dataset.letter, place = section.querySelector(".letter__form"), paper = section.querySelector(".letter__paper");
  const key = (id) => `letter-${letter}-${id}`;
  const parts = [...section.querySelectorAll("[data-part]")].sort((a, b) => a.dataset.part - b.dataset.part)
    .map((node) => ({option: node.dataset.option, on: !("off" in node.dataset), pieces: pieces(node)}));
  const heading = paper.querySelector(".letter__heading").textContent, closing = {on: true, pieces: pieces(paper.querySelector(".letter__closing"))};
  // What stands in the letter now for each field; the text itself once the reader has changed it.
  let edited = false;
  const values = {};
  const all = [...parts, closing];
  const ids = [...new Set(all.flatMap((part) => part.pieces.map((piece) => piece.id).filter(Boolean)))];

  const form = make("form", {autocomplete: "off", novalidate: ""});
  const note = make("p", {class: "letter__said", role: "status"}), left = make("p", {class: "letter__left"});
  const area = make("textarea", {id: key("text"), class: "letter__text", rows: "18", lang: "zh-Hans", spellcheck: "false", autocomplete: "off"});
  const controls = {}, boxes = {};

  const compose = () => [heading, ...all.filter((part) => part.on).map((part) =>
    part.pieces.reduce((text, piece) => join(text, piece.id ? values[piece.id] || by_id[piece.id].blank : piece), ""))].join("\n\n");

  function show_left() {
    const found = area.value.match(BLANKS) || [];
    left.textContent = found.length ? fill(words.left, found.length, [...new Set(found)].map((blank) => fields[blank.slice(1, -1)]?.label ?? blank).join(words.join)) : words.complete;
  }
  function show() {
    if (!edited) area.value = compose();
    show_left();
  }
  function show_boxes() {
    for (const id of ids) boxes[id].hidden = !all.some((part) => part.on && part.pieces.some((piece) => piece.id === id));
  }

  // One field -> its value for the letter; what cannot be read leaves the blank as it is and says so.
  function read(id) {
    const {kind} = by_id[id], control = controls[id], text = plain(control.value, kind), error = document.getElementById(key(id + "-error")), said = document.getElementById(key(id + "-said"));
    let value = text, wrong = "", understood = "";
    if (kind === "money" && text) {
      const got = parse_money(text);
      value = got.ok ? yuan(got.value).replace(/\.00$/, "") : "";
      if (!got.ok) wrong = words.wrong;
      else if (value !== text) understood = fill(words.money, value);
    } else if ([...text].length > MOST[kind]) [value, wrong] = ["", fill(words.long, MOST[kind])];
    error.textContent = wrong;
    if (wrong) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
    said.textContent = understood;
    return value;
  }
  function take(id) {
    const before = values[id] || "";
    values[id] = read(id);
    typed[id] = controls[id].value;
    if (edited && values[id] !== before) {
      // The reader's own words are never overwritten; a blank that still stands is.
      const {blank} = by_id[id], at = area.value;
      if (values[id] && at.includes(blank)) area.value = at.split(blank).reduce((text, next) => join(join(text, values[id]), next));
      else note.textContent = words.edited;
    }
    show();
  }

  function field(id) {
    const {kind, label, hint} = by_id[id], name = kind === "money" ? fill(words.unit, label) : label;
    const notes = [hint && key(id + "-hint"), key(id + "-error"), key(id + "-said")].filter(Boolean).join(" ");
    const shared = {id: key(id), autocomplete: "off", autocapitalize: "off", spellcheck: "false", "aria-describedby": notes};
    const control = (controls[id] = kind === "long" ? make("textarea", {...shared, rows: "4"}) : make("input", {...shared, type: "text", ...(kind === "money" ? {inputmode: "decimal"} : {})}));
    control.addEventListener("input", () => take(id));
    return (boxes[id] = make("div", {class: "field"}, make("label", {for: key(id)}, name),
      ...(hint ? [make("p", {class: "field__hint", id: key(id + "-hint")}, hint)] : []), make("p", {class: "field__error", id: key(id + "-error")}), control,
      make("p", {class: "field__said", id: key(id + "-said")})));
  }

  const options = parts.map((part, index) => [part, index]).filter(([part]) => part.option).map(([part, index]) => {
    const box = make("input", {type: "checkbox", id: key("part-" + index)});
    box.checked = box.defaultChecked = part.on;
    box.addEventListener("change", () => {
      part.on = box.checked;
      show_boxes();
      if (edited) note.textContent = words.edited;
      show();
    });
    return make("label", {class: "check"}, box, make("span", {}, part.option));
  });

  function today() {
    const now = new Date();
    return `${now.getFullYear()} 年 ${now.getMonth() + 1} 月 ${now.getDate()} 日`;
  }
  // The form from what the page knows: typed in another letter, or the reader's own day.
  function settle() {
    for (const id of ids) {
      controls[id].value = typed[id] ?? (by_id[id].usual === "today" ? today() : "");
      values[id] = read(id);
    }
    show_boxes();
    show();
  }

  // Paper as it will be printed: the text as it stands, with its blanks marked.
  function set_paper() {
    const lines = area.value.split("\n");
    paper.replaceChildren(...lines.filter((line) => line.trim()).map((line, index) => {
      const row = make("p", index ? {} : {class: "letter__heading"});
      let at = 0;
      for (const match of line.matchAll(BLANKS)) {
        row.append(line.slice(at, match.index), make("mark", {class: "blank"}, match[0]));
        at = match.index + match[0].length;
      }
      row.append(line.slice(at));
      return row;
    }));
  }

  async function give(file) {
    const out = {place: note, area, note, words}, text = area.value;
    note.textContent = "";
    // A field that cannot be written in brings up no keyboard.
    area.readOnly = true;
    await hand_out(out, file ? text.replace(/\n/g, "\r\n") : text, file);
    area.readOnly = false;
    if (file) area.value = text;
    note.textContent = [note.textContent || words.saved, (text.match(BLANKS) || []).length ? left.textContent : ""].filter(Boolean).join(" ");
  }

  const actions = {
    copy: () => give(null),
    save: () => give({name: `letter-${letter}.txt`, type: FILE_TYPE, mark: "\ufeff"}),
    print() {
      set_paper();
      section.classList.add("letter--print");
      document.body.classList.add("print-letter");
      addEventListener("afterprint", () => {
        section.classList.remove("letter--print");
        document.body.classList.remove("print-letter");
      }, {once: true});
      print();
    },
    again() {
      edited = false;
      note.textContent = "";
      show();
    },
    clear() {
      form.reset();
      for (const id of ids) delete typed[id];
      parts.forEach((part, index) => { if (part.option) part.on = document.getElementById(key("part-" + index)).checked; });
      edited = false;
      settle();
      note.textContent = words.cleared;
    },
  };

  const buttons = Object.keys(actions).map((action) => {
    const button = make("button", {type: "button", "data-do": action}, words[action]);
    button.addEventListener("click", actions[action]);
    return button;
  });
  const text_box = make("div", {class: "field"}, make("label", {for: key("text")}, words.text), area);
  area.addEventListener("input", () => {
    edited = true;
    show_left();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(
    ...(options.length ? [make("fieldset", {}, make("legend", {class: "calc__legend"}, words.options), ...options)] : []),
    make("p", {class: "field__hint"}, words.optional), ...ids.map(field), text_box, left,
    make("div", {class: "calc__buttons"}, ...buttons), note, make("p", {class: "calc__private"}, words.private));
  place.append(form);
  settle();
  place.hidden = false;
  section.classList.add("letter--filling");
  section.querySelector(".letter__fold").open = true;
  section.querySelector(".letter__start").hidden = true;
  // Whoever prints from the browser's menu gets the letter as it stands too.
  addEventListener("beforeprint", set_paper);
  return {settle, first: () => form.querySelector("input, textarea")};
}

/** Sums from an address, given: URLSearchParams. Only money fields have a key there; what is no sum is left aside. */
export function take_sums(given) {
  for (const {id, short, kind} of Object.values(by_id)) {
    const text = short && kind === "money" && (given.get(short) || "").slice(0, 40);
    if (text && parse_money(text).ok) typed[id] = text;
  }
}
