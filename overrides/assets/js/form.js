// Form -> engine inputs -> result, for every calculator; fetched by calculator.js on the first touch.
import {day, fill, percent_exact, plain_yuan, yuan} from "./number_format.js";
import * as parse from "./parse.js";
import * as render from "./render.js";
import {comparison_lines} from "./engine/limits.js";
import {csv, element, hand_out, holds_letter, paint, plain_text, prepare} from "./outcome.js";
import {rows} from "./rows.js";

const TEXT_LENGTH = 40;
// Shorter than a finger takes from the last key to the button.
const PAUSE_MS = 100;
// Below the button: a note, the heading of the result and the first lines of the answer.
const ROOM_PX = 220;
const RATES = /^(rate|daily_rate|percent)$/;
const revive = (value) => ("int" in value ? BigInt(value.int) : value.text);
// Figures as a link holds them.
const short_text = (kind, value) => (kind === "money" ? plain_yuan(value) : RATES.test(kind) ? percent_exact(value).replace(/,/g, "") : String(value));

function put(into, path, value) {
  const keys = path.split("."), last = keys.pop();
  keys.reduce((o, key) => (o[key] ??= {}), into)[last] = value;
}

/** Takes over a calculator. control, el: how calculator.js finds fields; engine: the module with the formula. */
export function attach({root, form, def, engine, control, el, refresh}) {
  const {fields, words} = def, title = document.title, parts = {}, part = (name) => (parts[name] ??= root.querySelector(".calc__" + name));
  const tables = {};
  for (const field of fields) if (field.kind === "table") tables[field.id] = rows(el(field.id), field);
  // What stands on the page now: {result, tree, link, painted}; the last sum, {key: what went into it, result, answer, tree,
  // prepared}; and the last reading of the form, {state: what stood in it, given, worked}.
  let shown = null, worked_out = null, considered = null;
  // For which texts the fields were last shown and hidden by the press; whether an answer to it would stand on the screen.
  let refreshed = null, room = false;

  const raw = (id) => control(id).value;
  const label = (id) => el(id + "-label").firstChild.data.trim();
  const visible = (field) => !el(field.id + "-field").closest("[hidden]");
  const sum_of_money = (fen) => fill(words.money, yuan(fen));

  // Reading ---------------------------------------------------------------------------------------------------------

  // What was understood, where that is more than what was typed.
  function understood(kind, got, unit) {
    if (kind === "list") {
      const total = got.value.reduce((sum, row) => sum + row.amount_fen, 0n);
      return [fill(words.understood_list, got.value.length, sum_of_money(total)), ...skipped(got.skipped), ...got.notes.map((key) => words["note_" + key])].join(" ");
    }
    const {said, value} = got;
    if (!said) return "";
    if (kind === "money") return fill(words[`understood_${said === "rounded" ? "rounded_" : ""}money`], sum_of_money(value));
    if (kind === "date") return fill(words.understood_date, day(value, words));
    if (kind === "count") return fill(words.understood_count, value, unit);
    const key = kind === "rate" && said !== "rounded" ? said : (said === "rounded" ? "rounded_" : "") + kind;
    return fill(words["understood_" + key], percent_exact(value), ...got.params.map(percent_exact));
  }

  const skipped = (lines) => (lines.length ? [fill(words.skipped, lines.length, lines.slice(0, 5).map(([number, text]) => `${number} “${text}”`).join(words.join))] : []);

  // Reads every visible field and changes nothing: {inputs, values by id, link, mistakes: [[id, text]], said: [[id, text]],
  // places: for tables and fees, the id that a row of the inputs came from}.
  function read() {
    const inputs = {}, values = {}, link = [], mistakes = [], said = [], places = {};

    // One typed value -> parse's answer, or null. item: field or column; box: its control; name: what the reader calls it.
    function one(item, id, box, name, read_as) {
      const typed = box.value, got = read_as(typed), {kind} = item;
      const bad = (key, params) => void mistakes.push([id, key === "wrong_empty" && item.missing ? name(item.missing) : fill(words[key], name(label(id)), ...params)]);
      if (!got.ok) {
        if (got.error !== "empty" || !item.optional) bad("wrong_" + got.error, got.params);
        return null;
      }
      if (typeof got.value === "bigint" && item.max && (got.value < BigInt(item.min || 0) || got.value > BigInt(item.max))) {
        const as = kind === "money" || kind === "fees" ? sum_of_money : RATES.test(kind) ? percent_exact : String;
        bad("wrong_range", [as(item.min || 0), as(item.max)]);
        return null;
      }
      // Thirty rows of "12,000.00" need no thirty lines that say so.
      const obvious = item.id && item.id !== id && got.said === "money" && /^\s*\d[\d,]*(\.\d*)?\s*$/.test(typed);
      if (!obvious) said.push([id, understood(kind === "fees" ? "money" : kind, got, kind === "count" && box.dataset.unit)]);
      return got;
    }

    function plain(item, id, box, name) {
      const {kind} = item, more = kind === "count" ? box.dataset.unit : TEXT_LENGTH;
      if (kind === "choice") return box.value;
      return one(item, id, box, name, (typed) => parse["parse_" + kind](typed, more))?.value ?? null;
    }

    function table(field) {
      const found = [], texts = [], from = (places[field.id] = []), count = tables[field.id].count();
      for (let i = 0; i < count; i++) {
        const ids = field.columns.map(({id}) => `${field.id}-${i}-${id}`), boxes = ids.map(el);
        if (!field.columns.some(({kind}, k) => kind !== "choice" && /\S/.test(boxes[k].value))) continue;
        const row = {}, cells = [], in_row = (text) => fill(words.table_cell, tables[field.id].name(i), text);
        field.columns.forEach((column, k) => {
          const value = plain(column, ids[k], boxes[k], in_row);
          put(row, column.to, value);
          if (!column.private) cells.push(value === null ? "" : short_text(column.kind, value).replace(/[,;]/g, " "));
        });
        found.push(row);
        from.push(i);
        texts.push(cells.join(",").replace(/,+$/, ""));
      }
      if (!found.length && !field.optional) mistakes.push([field.id, field.missing || fill(words.wrong_empty, label(field.id))]);
      return [found.length ? found : null, texts.join(";")];
    }

    const itself = (text) => text;
    for (const field of fields) {
      if (!visible(field)) continue;
      const {id, kind, short} = field;
      let value = null, text;
      if (kind === "list") {
        value = one(field, id, control(id), itself, (typed) => parse.parse_list(typed, values[field.after], field.max))?.value ?? null;
        text = value && value.map((row) => (row.date ? row.date.replace(/-/g, "") + ":" : "") + plain_yuan(row.amount_fen)).join(";");
      } else if (kind === "table") {
        [value, text] = table(field);
      } else if (kind === "fees") {
        value = [];
        places[id] = [];
        for (const item of field.items) {
          const got = one({kind, max: field.max, optional: true}, item.id, el(item.id), itself, parse.parse_money), when = raw(item.id + "-when");
          if (!got || !got.value) continue;
          value.push({kind: item.id, when, amount_fen: got.value});
          places[id].push(item.id);
          link.push(`${short}.${item.id}=${plain_yuan(got.value)}${when}`);
        }
      } else {
        value = plain(field, id, control(id), itself);
        text = value !== null && (kind !== "choice" || value !== field.usual) && short_text(kind, value);
      }
      values[id] = value;
      if (field.to && value !== null) put(inputs, field.to, value);
      if (text) link.push(`${short}=${encodeURIComponent(text)}`);
    }
    for (const {id, kind, after} of fields) {
      const day_missing = kind === "list" && after && values[id]?.[0].date && values[after] === null && !mistakes.some(([at]) => at === after);
      if (day_missing) mistakes.push([after, fields.find((field) => field.id === after).missing]);
    }
    return {inputs, values, link: `v=${def.version}&` + link.join("&"), mistakes, said, places};
  }

  // Working out -----------------------------------------------------------------------------------------------------

  function work_out({inputs, values}) {
    const key = JSON.stringify([inputs, values], (_, value) => (typeof value === "bigint" ? String(value) : value));
    if (worked_out?.key === key) return worked_out;
    for (const path in def.constants) {
      // A constant fills a group of inputs that the reader gave; it does not make one.
      const parent = path.split(".").slice(0, -1).reduce((o, name) => o?.[name], inputs);
      if (parent) put(inputs, path, revive(def.constants[path]));
    }
    if (def.calendar) inputs[def.calendar.to] = def.calendar.data;
    const result = engine[def.function](inputs);
    let lines = [];
    if (def.lines && values[def.lines.lender]) {
      const {lender, contract_date, disbursement_date, typed_lpr, purpose, measure} = def.lines, value = (id) => values[id] ?? null;
      lines = comparison_lines(values[lender], value(contract_date), def.limits, def.lpr, def.lpr_verified_until,
        value(typed_lpr), value(disbursement_date), result.within_one_month ?? null, purpose);
      if (measure) lines = engine[measure](result, lines);
    }
    const tree = render.detail(def, words, result, lines, "calc-own");
    worked_out = {key, result, answer: render.answer(def, words, result), tree, has_letter: holds_letter(tree), prepared: null};
    return worked_out;
  }

  const typed = () => JSON.stringify([...form.elements].map((one) => (one.type === "radio" ? one.checked : one.value)));

  // All that a press needs, worked out once for what stands in the form: {given, worked: null where something is wrong}.
  function consider(text) {
    const state = text + fields.map(visible);
    if (considered?.state === state) return considered;
    const given = read();
    let worked = null;
    if (!given.mistakes.length) {
      try { worked = work_out(given); } catch (error) { given.mistakes.push(explain(error, given)); }
    }
    considered = {state, given, worked};
    return considered;
  }

  // Where the engine's refusal belongs: [id, text]. A path such as debts.3.balance_fen leads to its cell.
  function explain({field: path, rule}, {places}) {
    if (!path) return ["", words.failed];
    const within = (one, other) => one === other || one.startsWith(other + ".");
    const fits = fields.filter((field) => visible(field) && field.to && (within(path, field.to) || within(field.to, path)));
    const field = fields.find(({id}) => id === def.lines?.[path]) || fits.sort((a, b) => b.to.length - a.to.length)[0];
    if (!field) return ["", words.failed];
    const [row, ...rest] = path.slice((field.to || "").length + 1).split("."), from = places[field.id]?.[row];
    let {id} = field, item = field, name = (text) => text;
    if (field.kind === "fees") id = from ?? field.items[0].id;
    else if (field.kind === "table" && from !== undefined) {
      item = field.columns.find(({to}) => to === rest.join(".")) || field.columns[0];
      id = `${id}-${from}-${item.id}`;
      name = (text) => fill(words.table_cell, tables[field.id].name(from), text);
    }
    if (rule === "required" && item.missing) return [id, name(item.missing)];
    return [id, fill(def.rules?.[rule] || words["rule_" + rule] || words.rule_other, name(label(id)))];
  }

  // Showing ---------------------------------------------------------------------------------------------------------

  // The press touches only what changes: a node that is set, to the same text even, is laid out and painted again.
  const hide = (place, yes) => { if (place.hidden !== yes) place.hidden = yes; };
  const told = new Set(), marked = new Set();

  /** Messages at the fields: texts by the id of their place. Every other one goes, and every mark of a mistake. */
  function tell(texts) {
    if (document.title !== title) document.title = title;
    hide(part("errors"), true);
    for (const note of told) {
      if (texts.has(note.id.slice(5))) continue;
      note.textContent = "";
      told.delete(note);
    }
    for (const field of marked) field.removeAttribute("aria-invalid");
    marked.clear();
    for (const [id, text] of texts) write(id, text);
  }

  function write(id, text) {
    const note = el(id);
    told.add(note);
    if (note.textContent !== text) note.textContent = text;
  }

  function focus_field(id) {
    const place = el(id), fold = place.closest("details");
    if (fold) fold.open = true;
    (place.matches("fieldset:not([tabindex])") ? place.querySelector("input") : place).focus();
  }

  function complain(mistakes) {
    document.title = words.error_title + title;
    const box = part("errors");
    box.firstElementChild.textContent = mistakes.length === 1 ? words.errors_one : fill(words.errors_many, mistakes.length);
    box.lastElementChild.replaceChildren(...mistakes.map(([id, text]) => {
      const line = element(["li", {}, id ? ["a", {href: "#calc-" + id}, text] : text]);
      if (id) {
        line.firstChild.addEventListener("click", (event) => { event.preventDefault(); focus_field(id); });
        if (!el(id).matches("fieldset, .rows")) {
          el(id).setAttribute("aria-invalid", "true");
          marked.add(el(id));
        }
        const fold = el(id).closest("details");
        if (fold) fold.open = true;
      }
      return line;
    }));
    box.hidden = false;
    box.focus();
  }

  function forget() {
    shown?.painted.stop();
    shown = null;
    hide(part("out"), true);
  }

  function empty() {
    forget();
    part("detail").replaceChildren();
    part("detail").removeAttribute("aria-busy");
    part("detail").classList.remove("calc__detail--waiting");
    part("answer").replaceChildren();
    for (const name of ["heading", "actions"]) part(name).hidden = true;
  }

  function run() {
    const text = typed();
    if (refreshed !== text) refresh(parse.parse_date);
    refreshed = text;
    const {given, worked} = consider(text), {mistakes} = given;
    tell(new Map([...given.said.filter(([, text]) => text).map(([id, text]) => [id + "-said", text]),
      ...mistakes.filter(([id]) => id).map(([id, text]) => [id + "-error", text])]));
    if (!worked) {
      empty();
      return complain(mistakes);
    }
    part("answer").replaceChildren(element(["p", {}, worked.answer]));
    // Moving the focus has the page laid out at once, to scroll it; where that is not needed it comes after the answer is painted.
    const go_there = () => part("heading").focus(), later = room;
    room = false;
    // The same figures stay as they are, with what the reader opened, and changed in a letter.
    if (shown?.tree === worked.tree) {
      hide(part("out"), true);
      return go_there();
    }
    forget();
    shown = {...worked, link: given.link, painted: paint(part("detail"), worked.prepared || prepare(worked.tree), later ? go_there : null)};
    worked.prepared = null;
    hide(part("heading"), false);
    hide(part("actions"), false);
    const letter = root.querySelector("[data-do=letter]");
    if (letter) hide(letter, !worked.has_letter);
    if (!later) go_there();
  }

  // Worked out in a pause of the typing, so that the press finds it done.
  let pause = 0;
  function work_ahead() {
    const {worked} = consider(typed());
    if (worked && shown?.tree !== worked.tree) worked.prepared ??= prepare(worked.tree);
  }
  const ahead = () => {
    clearTimeout(pause);
    pause = setTimeout(() => (window.requestIdleCallback || setTimeout)(work_ahead), PAUSE_MS);
  };
  for (const kind of ["input", "change"]) form.addEventListener(kind, ahead);
  // A finger lies on the button for longer than most sums take.
  root.querySelector(".calc__go").addEventListener("pointerdown", ({currentTarget}) => {
    room = innerHeight - currentTarget.getBoundingClientRect().bottom > ROOM_PX;
    work_ahead();
  });

  // Tables ----------------------------------------------------------------------------------------------------------

  function paste(target, text) {
    const [, id, row, column] = /^calc-(.+)-(\d+)-([\w-]+)$/.exec(target.id), field = fields.find((one) => one.id === id);
    const got = parse.parse_table(text, field.columns, field.columns.findIndex((one) => one.id === column));
    const filled = tables[id].fill(+row, got.rows), note = [fill(words.table_pasted, filled), ...skipped(got.skipped)];
    if (got.extra) note.push(words.table_extra);
    if (filled < got.rows.length) note.push(fill(words.table_full, field.max));
    write(id + "-said", note.join(" "));
    ahead();
  }

  // Giving away -----------------------------------------------------------------------------------------------------

  const out = {place: part("out"), area: el("out"), note: part("message"), words};
  const title_and_answer = () => [title, part("answer").textContent];
  const name = root.dataset.calculator;
  const table_of = (target) => tables[target.closest(".rows").id.slice(5)];

  const actions = {
    add: (target) => table_of(target).add(),
    remove: (target) => table_of(target).remove(target.closest(".row")),
    letter: () => {
      shown.painted.complete();
      hand_out(out, root.querySelector(".calc__detail .calc__letter-text").value);
    },
    copy: () => hand_out(out, [...title_and_answer(), plain_text(shown.tree), location.href.split("#")[0]].join("\n\n")),
    csv: () => hand_out(out, csv(title_and_answer(), shown.tree), {name: name + ".csv", type: "text/csv", mark: "\ufeff"}),
    ics: async () => hand_out(out, (await import("./ics.js")).ics(def, words, shown.result), {name: name + ".ics", type: "text/calendar"}),
    link: () => hand_out(out, location.href.split("#")[0] + "#" + shown.link),
    print: () => window.print(),
  };
  addEventListener("beforeprint", () => {
    shown?.painted.complete();
    for (const fold of part("detail").querySelectorAll("details")) fold.open = true;
  });

  function clear() {
    for (const id in tables) tables[id].resize(fields.find((field) => field.id === id).start || 2);
    tell(new Map());
    empty();
    worked_out = considered = refreshed = null;
    refresh(parse.parse_date);
    if (location.hash.startsWith("#v=")) history.replaceState(null, "", location.pathname + location.search);
    form.querySelector("input, select, textarea").focus();
  }

  // Links -----------------------------------------------------------------------------------------------------------

  // What a link holds goes through the same checks as typed text.
  function open_link() {
    const given = new URLSearchParams(location.hash.slice(1, 12000)), version = given.get("v");
    const set = (id, text) => {
      const usual = raw(id);
      control(id).value = text;
      // A choice that does not exist leaves a list empty.
      if (control(id).matches?.("select") && !raw(id)) control(id).value = usual;
    };
    form.reset();
    for (const field of fields) {
      const {id, kind, short, items, usual} = field, text = given.get(short);
      if (kind === "fees") for (const item of items) {
        const [, sum, when] = /^([^a-z]*)([a-z]*)$/.exec(given.get(`${short}.${item.id}`) || "") || [];
        if (!sum) continue;
        set(item.id, sum.slice(0, 40));
        set(item.id + "-when", when);
        el(item.id).closest("details")?.setAttribute("open", "");
      } else if (kind === "table") {
        const found = (text || "").split(";").slice(0, field.max).map((line) => {
          const cells = line.split(",");
          return field.columns.map((column) => (column.private ? undefined : cells.shift()?.slice(0, 60)));
        });
        tables[id].resize(field.start || 2);
        if (text) tables[id].fill(0, found);
      } else if (text) {
        set(id, kind === "list" ? text.replace(/;/g, "\n").replace(/^(\d{4})(\d\d)(\d\d):/gm, "$1-$2-$3 ") : text.slice(0, 60));
      } else if (usual && kind !== "choice" && version === def.version) {
        // The sender had emptied it.
        set(id, "");
      }
    }
    run();
    if (version === def.version) return;
    const since = /^\d{1,4}$/.test(version) && +version < +def.version ? (def.changes || []).filter((change) => +change.version > +version) : [];
    part("answer").append(...(since.length ? since.map(({text}) => text) : [words.link_other]).map((text) => element(["p", {}, text])));
  }

  return {run, open_link, paste, clear, act: (action, target) => actions[action](target)};
}
