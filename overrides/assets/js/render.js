// Result -> tree of nodes [tag, {attributes}, ...children]; text is text, so nothing typed can become markup.
// Twin of macros/render_result.py: the same tree from the same result. Each type of block is one function.
import {day, fill, months, percent, percent_exact, plain_yuan, prose_money, yuan} from "./number_format.js";
import {to_day} from "./engine/dates.js";
import {position} from "./engine/limits.js";
import {divide_half_up} from "./engine/money.js";

/** Value at "rate.roots.0"; null where anything on the way is missing. */
export const at = (from, path) => path.split(".").reduce((o, key) => o?.[key] ?? null, from);

/** Whether an entry's `if` (path: value) and `has` (paths that are not empty) are true of a result. */
export const fits = (entry, result) => Object.keys(entry.if).every((path) => at(result, path) === entry.if[path])
  && entry.has.every((path) => { const value = at(result, path); return value !== null && value.length !== 0; });

/** A value in words. spec: "path format". */
export function show(scope, spec, def, words) {
  const [path, as] = spec.split(" ");
  return format(at(scope, path), as, def, words);
}

const PLAIN = {
  rate: (value) => percent(value, 2),
  rate1: (value) => percent(value, 1),
  exact: percent_exact,
  rates: (value, words) => value.map((root) => percent(root.nominal_annual_rate_ppm, 2)).join(words.join),
  money: (value, words) => fill(words.money, yuan(value)),
  plain_money: yuan,
  prose_money,
  day,
  date: (value, words) => fill(words.weekday_day, day(value, words), words.weekdays.split(" ")[(Number(to_day(value)) + 3) % 7]),
  months,
  length: (value) => String(value.length),
};
// These stand in line under each other; everything else begins at the left.
const FIGURES = /^(money|plain_money|prose_money|rate|rate1|exact|count)$/;

function format(value, as, def, words) {
  if (value === null || value === undefined) return "";
  if (PLAIN[as]) return PLAIN[as](value, words);
  if (as.startsWith("name.")) return def.names[as.slice(5)][value];
  if (as.startsWith("names.")) return value.map((key) => def.names[as.slice(6)][key]).join(words.join);
  return String(value);
}

/** The first answer that fits. */
export function answer(def, words, result) {
  const found = def.answers.find((entry) => fits(entry, result));
  return fill(found.text, ...found.with.map((spec) => show(result, spec, def, words)));
}

const filled = (it, scope, text) => fill(text.text, ...text.with.map((spec) => show(scope, spec, it.def, it.words)));
const rows_at = (it, path) => at(it.result, path) || [];
const scroll = (kind, label, it, table) => ["div", {class: `table-scroll calc__${kind}`, role: "region", tabindex: "0", "aria-label": fill(it.words.scroll, it.of + label)}, table];
const head = (labels, figures) => ["thead", {}, ["tr", {}, ...labels.map((label, i) => ["th", {scope: "col", ...(figures[i] ? {class: "num"} : {})}, label])]];
const titled = (block, node) => [...(block.title ? [["h4", {}, block.title]] : []), node];

function summary(block, it) {
  const columns = (block.columns || [{at: ""}]).filter((column) => !column.at || at(it.result, column.at) !== null);
  const scopes = columns.map((column) => (column.at ? at(it.result, column.at) : it.result));
  const rows = block.rows.filter((row) => scopes.some((scope) => at(scope, row.value.split(" ")[0]) !== null)).map((row) => ["tr", {},
    ["th", {scope: "row"}, row.label, ...(row.note ? [["small", {}, row.note]] : [])],
    ...scopes.map((scope) => ["td", {class: "num"}, show(scope, row.value, it.def, it.words)])]);
  const caption = ["caption", {}, block.title];
  if (!block.columns) return [["table", {class: "calc__summary"}, caption, ["tbody", {}, ...rows]]];
  return [scroll("side", block.title, it, ["table", {class: "calc__summary"}, caption, head([it.words.side, ...columns.map((column) => column.label)], [false, ...columns.map(() => true)]), ["tbody", {}, ...rows]])];
}

function figure(block, it, kind, height, drawn) {
  const id = `${it.start}-${kind}`;
  return [["figure", {class: "calc__bars"},
    ["figcaption", {}, block.title],
    ["svg", {role: "img", "aria-label": block.title, "aria-describedby": id, width: "100%", height}, ...drawn],
    ["p", {id}, filled(it, it.result, {text: block.takeaway, with: block.with})]]];
}

// Horizontal bars from zero; lengths in whole tenths of a per cent of the longest, labels and values as text beside them.
function bars(block, it) {
  const sizes = block.parts.map((part) => at(it.result, part.value));
  if (sizes.some((size) => size === null || size < 0n) || !sizes.some(Boolean)) return [];
  const shown = block.parts.map((part, i) => ({...part, size: sizes[i]})).filter((part) => part.size > 0n);
  const longest = shown.reduce((most, part) => (part.size > most ? part.size : most), 1n);
  return figure(block, it, "bars", `${4 * shown.length}em`, shown.flatMap((part, i) => {
    const tenths = (part.size * 1000n + longest / 2n) / longest;
    return [
      ["text", {x: "0", y: `${4 * i + 1}em`}, part.label],
      ["text", {x: "0", y: `${4 * i + 2}.2em`}, PLAIN.money(part.size, it.words)],
      ["rect", {class: `bar bar--${part.tone}`, x: "0", y: `${4 * i + 2}.6em`, height: ".8em", width: `${tenths / 10n}.${tenths % 10n}%`}],
    ];
  }));
}

// Lines over the rows, from zero. The text keeps its size: only the inner picture is stretched to the width.
function chart(block, it) {
  const rows = rows_at(it, block.rows), {series} = block, last = rows.length - 1;
  let most = 0n;
  for (const row of rows) for (const {value} of series) if (row[value] > most) most = row[value];
  if (last < 1 || most <= 0n) return [];
  const line = (part) => ({class: `curve curve--${part.tone}`}), money = (value) => PLAIN.money(value, it.words);
  const top = 2 * series.length + 1, period = (number) => fill(it.words.chart_period, number);
  return figure(block, it, "chart", `${top + 14}em`, [
    ...series.flatMap((part, i) => [
      ["line", {...line(part), x1: "0", x2: "2em", y1: `${2 * i}.7em`, y2: `${2 * i}.7em`}],
      ["text", {x: "2.6em", y: `${2 * i + 1}em`}, fill(it.words.chart_label, part.label, money(rows[last][part.value] || 0n))]]),
    ["text", {x: "0", y: `${top}em`}, money(most)],
    ["svg", {x: "0", y: `${top}.6em`, width: "100%", height: "11em", viewBox: "0 0 1000 1000", preserveAspectRatio: "none"},
      ["path", {class: "axis", d: "M0 0V1000H1000", fill: "none", "vector-effect": "non-scaling-stroke"}],
      ...series.map((part) => ["polyline", {...line(part),
        points: rows.map((row, i) => `${Math.floor(i * 1000 / last)},${1000n - (row[part.value] || 0n) * 1000n / most}`).join(" "),
        fill: "none", "vector-effect": "non-scaling-stroke"}])],
    ["text", {x: "0", y: `${top + 13}em`}, period(1)],
    ["text", {x: "100%", y: `${top + 13}em`, "text-anchor": "end"}, period(rows.length)],
  ]);
}

// A long table is made row by row when it is painted (see element() in outcome.js).
class Rows {
  constructor(count, row) { this.tag = "tbody"; this.lazy = count; this.row = row; }
  toJSON() { return [this.tag, {}, ...Array.from({length: this.lazy}, (_, i) => this.row(i))]; }
}

const empty = (value) => value === null || value === undefined || value === 0n || value === 0 || value.length === 0;

function table(block, it) {
  const rows = rows_at(it, block.rows);
  const used = block.columns.filter(({value}) => rows.some((row) => !empty(row[value])));
  if (!rows.length || !used.length) return [];
  const cells = used.map(({value, as}, i) => {
    const tag = i ? "td" : "th", attributes = i ? (FIGURES.test(as) ? {class: "num"} : {}) : {scope: "row"};
    if (as === "message") return (row) => [tag, attributes, ...message(row, it)];
    return (row) => [tag, attributes, format(row[value], as, it.def, it.words)];
  });
  const body = new Rows(rows.length, (i) => ["tr", {}, ...cells.map((cell) => cell(rows[i]))]);
  const whole = scroll("plan", block.title, it, ["table", {class: "calc__table"}, ["caption", {}, block.title], head(used.map((column) => column.label), used.map(({as}, i) => i && FIGURES.test(as))), body]);
  return [block.open ? whole : ["details", {}, ["summary", {}, block.title], whole]];
}

function message(row, it) {
  const given = it.def.messages[row.key];
  return [filled(it, row, given), ...given.chips.flatMap((id) => {
    const {href, text, force, badge, report} = it.def.chips[id];
    return [" ", ["span", {class: "law"}, ["a", {class: "law__name", href}, text], ["span", {class: `badge badge--${force}`}, badge], ...(report ? [" ", report] : [])]];
  })];
}

function messages(block, it) {
  const rows = rows_at(it, block.rows);
  return rows.length ? titled(block, ["ul", {}, ...rows.map((row) => ["li", {}, ...message(row, it)])]) : [];
}

function events(block, it) {
  const rows = rows_at(it, block.rows);
  return rows.length ? titled(block, ["ol", {class: "calc__events"}, ...rows.map((row) => {
    const date = row[block.date];
    return ["li", {}, ...(date ? [["time", {datetime: date}, PLAIN.date(date, it.words)]] : []), ["p", {}, ...message(row, it)],
      ...(row[block.notes] || []).map((note) => ["p", {class: "calc__caveat"}, ...message(note, it)])];
  })]) : [];
}

const letter_lines = (parts, it, words) => parts.filter((part) => fits(part, it.result)).flatMap((part) =>
  (part.each ? rows_at(it, part.each) : [it.result]).map((scope) => fill(part.text, ...part.with.map((spec) => show(scope, spec, it.def, words)))));

function letter(block, it) {
  const lines = letter_lines(block.chinese, it, it.def.words_zh);
  // Collectors and lenders read Chinese; the English page says what each paragraph means.
  const meaning = letter_lines(block.english || [], it, it.words).filter(Boolean).map((line) => ["p", {}, line]);
  return [["h4", {}, block.title], ...(block.note ? [["p", {}, block.note]] : []),
    ["textarea", {class: "calc__letter-text", rows: String(Math.min(2 * lines.length + 2, 24)), lang: "zh-Hans", spellcheck: "false", "aria-label": it.of + block.title}, lines.join("\n")],
    ...(meaning.length ? [["div", {class: "calc__meaning"}, ...meaning]] : []), ...hand_over(block.hand_over, it)];
}

// Links that carry sums, and nothing else, into a letter of the letters page, one for each row.
function hand_over(over, it) {
  const rows = over ? rows_at(it, over.rows) : [];
  return rows.length ? [["p", {}, over.lead], ["ul", {}, ...rows.map((row) => {
    const sums = Object.entries(over.sums).map(([key, path]) => [key, path in row ? row[path] : at(it.result, path)]);
    const given = sums.filter(([, fen]) => fen !== null).map(([key, fen]) => `&${key}=${plain_yuan(fen)}`).join("");
    // In a tab of its own, so that what was typed stays where it is.
    return ["li", {}, ["a", {href: `${over.page}#v=1&l=${over.letter}${given}`, rel: "noopener", target: "_blank"}, fill(over.text, ...over.with.map((spec) => show(row, spec, it.def, it.words)))]];
  })]] : [];
}

const method = (block, it) => [["h4", {}, it.words.how], ["ul", {}, ...it.result.conventions.map((key) => ["li", {}, it.def.conventions[key]])]];
const note = (block) => [["p", {class: "calc__end"}, block.text]];

// What a line says in numbers, or why it says none.
function line_number(line, it) {
  const {words} = it;
  if (line.status === "line") {
    const rate = percent_exact(line.rate_ppm);
    return line.lpr_ppm === null ? rate : fill(line.lpr_source === "typed" ? words.times_lpr_typed : words.times_lpr, rate, line.value, percent(line.lpr_ppm, 2));
  }
  if (line.status === "transition" && line.parts[0].rate_ppm === null) return fill(words.status_transition_open, day(line.parts[0].until, words));
  if (line.status === "transition") return fill(words.status_transition, day(line.parts[0].until, words), percent_exact(line.parts[0].rate_ppm));
  const detail = /^(date_needed|information)$/.test(line.status) ? it.def.limits[line.limit_id].display : line.first_date ? day(line.first_date, words) : "";
  return fill(words["status_" + line.status], detail);
}

function legal_lines(block, it) {
  const {lines, words, def} = it, given = def.lines;
  if (!lines.length) return [];
  const types = [...new Set(lines.map((line) => line.lender_type))];
  // A rule that holds for every lender stands under no type.
  const named = types.filter((type) => def.lender_types[type]);
  const rates = given.compare.map((part) => [part.label, at(it.result, part.value)]).filter(([, rate]) => rate !== null);
  const told = new Set();
  const card = (line) => {
    const limit = def.limits[line.limit_id], nodes = [["strong", {}, limit.name], " ", ["span", {class: `badge badge--${limit.force}`}, limit.badge], " ",
      ["a", {href: `#lim-${line.limit_id}`}, words.basis],
      ["p", {class: "calc__line"}, fill(words.lines_number, line_number(line, it))]];
    if (line.rate_ppm !== null && rates.length) {
      nodes.push(["p", {}, rates.map(([label, rate]) =>
        fill(words.lines_place, fill(label, percent(divide_half_up(rate, 1000000n), 2)), words[position(rate, line.rate_ppm)])).join(words.lines_join)]);
    }
    if (line.allowed_fen !== undefined && line.allowed_fen !== null) {
      nodes.push(["p", {}, fill(words.lines_money, PLAIN.money(line.allowed_fen, words), PLAIN.money(line.excess_fen, words))]);
    }
    nodes.push(["p", {}, words["invoked_" + line.invoked] || words.invoked_other]);
    if (line.stand_in) nodes.push(["p", {}, words.stand_in]);
    // A line that several types of lender share is explained once.
    if (!told.has(line.limit_id)) nodes.push(["p", {class: "calc__caveat"}, limit.caveat], ...(limit.report ? [["p", {}, limit.report]] : []));
    told.add(line.limit_id);
    return ["li", {}, ...nodes];
  };
  return [["h4", {}, words.lines], ...(named.length > 1 ? [["p", {}, words.lines_unknown]] : []),
    ...(rates.length && given.note ? [["p", {}, given.note]] : []),
    ...types.flatMap((type) => [...(types.length > 1 && def.lender_types[type] ? [["h5", {}, def.lender_types[type]]] : []),
      ["ul", {class: "calc__lines"}, ...lines.filter((line) => line.lender_type === type).map(card)]]),
    ["p", {class: "calc__end"}, given.end]];
}

const BLOCKS = {summary, bars, chart, table, messages, events, letter, method, note, lines: legal_lines};

/** Everything below the answer. start, of: start of ids and of region names, so that two results can stand on one page. */
export function detail(def, words, result, lines, start, of = "") {
  const it = {def, words, result, lines, start, of};
  return def.blocks.filter((block) => fits(block, result)).flatMap((block) => BLOCKS[block.type](block, it));
}
