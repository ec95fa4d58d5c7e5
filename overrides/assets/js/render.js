// Result -> tree of nodes [tag, {attributes}, ...children]; text is text, so nothing typed can become markup.
// Twin of macros/render_result.py: the same tree from the same result.
import {day, fill, percent, percent_exact, yuan} from "./number_format.js";
import {position} from "./engine/limits.js";

/** Value at "rate.roots.0"; null where anything on the way is missing. */
export const at = (from, path) => path.split(".").reduce((o, key) => o?.[key] ?? null, from);

/** A value in words. spec: "path format". */
export function show(result, spec, words) {
  const [path, as] = spec.split(" ");
  return format(at(result, path), as, words);
}

function format(value, as, words) {
  if (value === null) return "";
  if (as === "rate") return percent(value, 2);
  if (as === "rate1") return percent(value, 1);
  if (as === "exact") return percent_exact(value);
  if (as === "rates") return value.map((root) => percent(root.nominal_annual_rate_ppm, 2)).join(words.join);
  if (as === "money") return fill(words.money, yuan(value));
  if (as === "plain_money") return yuan(value);
  return String(value);
}

/** The first answer that fits. */
export function answer(def, words, result) {
  const fits = ({if: wanted, has}) => Object.keys(wanted).every((key) => result[key] === wanted[key]) && has.every((path) => at(result, path) !== null);
  const found = def.answers.find(fits);
  return fill(found.text, ...found.with.map((spec) => show(result, spec, words)));
}

const scroll = (kind, label, of, words, table) => ["div", {class: `table-scroll calc__${kind}`, role: "region", tabindex: "0", "aria-label": fill(words.scroll, of + label)}, table];
const head = (labels) => ["thead", {}, ["tr", {}, ...labels.map((label) => ["th", {scope: "col"}, label])]];

function summary(def, words, result) {
  const rows = def.summary.filter((row) => at(result, row.value.split(" ")[0]) !== null);
  return ["table", {class: "calc__summary"}, ["caption", {}, words.summary],
    ["tbody", {}, ...rows.map((row) => ["tr", {},
      ["th", {scope: "row"}, row.label, ...(row.note ? [["small", {}, row.note]] : [])],
      ["td", {class: "num"}, show(result, row.value, words)]])]];
}

// Horizontal bars from zero; lengths in whole tenths of a per cent of the longest, labels and values as text beside them.
function bars(def, words, result, id) {
  const {title, takeaway, with: specs, parts} = def.bars;
  const values = parts.map((part) => at(result, part.value));
  if (values.some((value) => value === null || value < 0n) || result.status !== "one") return [];
  const shown = parts.map((part, i) => ({...part, size: values[i]})).filter((part) => part.size > 0n);
  const longest = shown.reduce((most, part) => (part.size > most ? part.size : most), 1n);
  const drawn = shown.flatMap((part, i) => {
    const tenths = (part.size * 1000n + longest / 2n) / longest;
    return [
      ["text", {x: "0", y: `${4 * i + 1}em`}, part.label],
      ["text", {x: "0", y: `${4 * i + 2}.2em`}, format(part.size, "money", words)],
      ["rect", {class: `bar bar--${part.tone}`, x: "0", y: `${4 * i + 2}.6em`, height: ".8em", width: `${tenths / 10n}.${tenths % 10n}%`}],
    ];
  });
  return [["figure", {class: "calc__bars"},
    ["figcaption", {}, title],
    ["svg", {role: "img", "aria-label": title, "aria-describedby": `${id}-bars`, width: "100%", height: `${4 * shown.length}em`}, ...drawn],
    ["p", {id: `${id}-bars`}, fill(takeaway, ...specs.map((spec) => show(result, spec, words)))]]];
}

function plan(def, words, result, of) {
  const {title, columns} = def.rows;
  const used = columns.filter((column) => result.rows.some((row) => row[column.value] !== null && row[column.value] !== 0n));
  return scroll("plan", title, of, words, ["table", {class: "calc__table"}, ["caption", {}, title], head(used.map((column) => column.label)),
    ["tbody", {}, ...result.rows.map((row) => ["tr", {}, ...used.map((column, i) =>
      [i ? "td" : "th", i ? {class: "num"} : {scope: "row"}, format(row[column.value], column.as, words)])])]]);
}

// What a line says in numbers, or why it says none.
function line_number(line, words, limits) {
  if (line.status === "line") {
    const rate = percent_exact(line.rate_ppm);
    return line.lpr_ppm === null ? rate : fill(line.lpr_source === "typed" ? words.times_lpr_typed : words.times_lpr, rate, line.value, percent(line.lpr_ppm, 2));
  }
  if (line.status === "transition") return fill(words.status_transition, day(line.parts[0].until, words), percent_exact(line.parts[0].rate_ppm));
  const detail = line.status === "date_needed" ? limits[line.limit_id].display : line.first_date ? day(line.first_date, words) : "";
  return fill(words["status_" + line.status], detail);
}

function lines_part(def, words, result, lines, of) {
  const rate = result.rate, several = new Set(lines.map((line) => line.lender_type)).size > 1;
  const place = (line, kind) => ["td", {}, line.rate_ppm === null ? words.no_comparison : words[position(rate[kind + "_e12"], line.rate_ppm)]];
  const labels = [...(several ? [words.lines_type] : []), words.lines_line, words.lines_number,
    ...(rate ? [fill(words.lines_simple, percent(rate.nominal_annual_rate_ppm, 2)), fill(words.lines_compound, percent(rate.effective_annual_rate_ppm, 2))] : [])];
  const row = (line) => ["tr", {}, ...(several ? [["th", {scope: "row"}, def.lender_types[line.lender_type]]] : []),
    [several ? "td" : "th", several ? {} : {scope: "row"}, def.limits[line.limit_id].name], ["td", {}, line_number(line, words, def.limits)],
    ...(rate ? [place(line, "nominal_annual_rate"), place(line, "effective_annual_rate")] : [])];
  const note = (line) => {
    const limit = def.limits[line.limit_id], used = words["invoked_" + line.invoked] || words.invoked_other;
    return ["li", {}, ["strong", {}, limit.name], " ", ["span", {class: `badge badge--${limit.force}`}, limit.badge], " ",
      ["a", {href: `#lim-${line.limit_id}`}, words.basis],
      ["p", {}, used], ...(line.stand_in ? [["p", {}, words.stand_in]] : []), ["p", {class: "calc__caveat"}, limit.caveat], ...(limit.report ? [["p", {}, limit.report]] : [])];
  };
  const once = lines.filter((line, i) => lines.findIndex((other) => other.limit_id === line.limit_id) === i);
  return [["h4", {}, words.lines], ...(several ? [["p", {}, words.lines_unknown]] : []),
    scroll("beside", words.lines, of, words, ["table", {class: "calc__table"}, ["caption", {}, words.lines], head(labels), ["tbody", {}, ...lines.map(row)]]),
    ...(rate ? [["p", {}, words.lines_both]] : []),
    ["ul", {class: "calc__lines"}, ...once.map(note)], ["p", {class: "calc__end"}, words.lines_end]];
}

/** Everything below the answer. id, of: start of ids and of region names, so that two results can stand on one page. */
export function detail(def, words, result, lines, id, of = "") {
  return [
    summary(def, words, result), ...bars(def, words, result, id), plan(def, words, result, of),
    ["h4", {}, words.how],
    ["ul", {}, ...result.conventions.map((key) => ["li", {}, words["convention_" + key]])],
    ...(lines.length ? lines_part(def, words, result, lines, of) : []),
    ["p", {class: "calc__end"}, words.assumptions],
  ];
}
