// Form -> engine -> result, for every calculator: what is its own stands in the page as JSON (data/calculators/).
// Nothing is stored or sent. Typed text and the #fragment are hostile: they reach the page as text only.
import {fill, percent_exact, yuan, day} from "./number_format.js";

// One line for each module of engine/ that a calculator names.
const FORMULAS = {true_cost: () => import("./engine/true_cost.js")};
const IN_APP = /MicroMessenger|QQ\/|Weibo/i;
const el = (id) => document.getElementById("calc-" + id);
const SVG = /^(svg|text|rect)$/;

function dom(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const [tag, attributes, ...children] = node;
  const element = SVG.test(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const name in attributes) element.setAttribute(name, attributes[name]);
  element.append(...children.map(dom));
  return element;
}

function start(root) {
  const part = (name) => root.querySelector(".calc__" + name);
  const def = JSON.parse(root.querySelector("script").textContent), {words, fields} = def;
  const form = root.querySelector("form"), title = document.title;
  // Only radio buttons have a name: a form that is not ready yet could send nothing even by accident.
  const control = (id) => form.elements[id] || el(id);
  let parts, kept = "";

  // The arithmetic comes on the first touch: the first view stays light, and a reader who only reads loads none of it.
  const load = () => (parts ??= Promise.all([import("./parse.js"), import("./render.js"), FORMULAS[def.module](), import("./engine/limits.js")])
    .catch((error) => { parts = null; throw error; }));

  const raw = (field) => control(field.id).value;
  const label = (field) => el(field.id + "-label").firstChild.data.trim();
  const wrong = (field, key, params) => fill(words[key] || words.rule_other, label(field), ...params);

  // Show and hide what hangs on another field. `after`: once that field holds a day later than the one named.
  function refresh(parse) {
    for (const field of fields) {
      const {show} = field;
      if (!show) continue;
      const other = control(show.field).value, place = el(field.id + "-field");
      if (show.is) place.hidden = other !== show.is;
      else if (parse) place.hidden = !(parse.parse_date(other).value > def[show.after]);
    }
  }

  function say(field, got) {
    const money = field.kind === "money" || field.kind === "fees";
    if (field.kind === "list") {
      const total = got.value.reduce((sum, row) => sum + row.amount_fen, 0n), {skipped} = got;
      return [fill(words.understood_list, got.value.length, fill(words.money, yuan(total))),
        ...(skipped.length ? [fill(words.skipped, skipped.length, skipped.slice(0, 5).map(([number, text]) => `${number} “${text}”`).join(words.join))] : []),
        ...got.notes.map((key) => words["note_" + key])].join(" ");
    }
    if (!got.said) return "";
    const value = money ? fill(words.money, yuan(got.value)) : field.kind === "date" ? day(got.value, words) : field.kind === "rate" ? percent_exact(got.value) : got.value;
    const key = got.said === "rounded" ? `rounded_${money ? "money" : "rate"}` : got.said;
    return fill(words["understood_" + key], value, ...(field.kind === "rate" ? got.params.map(percent_exact) : []));
  }

  function put(into, path, value) {
    const keys = path.split("."), last = keys.pop();
    keys.reduce((o, key) => (o[key] ??= {}), into)[last] = value;
  }

  // Read every visible field -> {inputs for the engine, values by id, short text for the link, mistakes}.
  function read(parse) {
    const inputs = {}, values = {}, link = [], mistakes = [];
    const bad = (field, key, params = []) => mistakes.push([field.id, key === "wrong_empty" && field.missing ? field.missing : wrong(field, key, params)]);
    const one = (field, text, read_as) => {
      const got = read_as(text);
      if (!got.ok) {
        if (got.error !== "empty" || !field.optional) bad(field, "wrong_" + got.error, got.params);
        return null;
      }
      if (field.kind !== "list" && field.max && (got.value < BigInt(field.min || 0) || got.value > BigInt(field.max))) {
        const as = {money: (v) => fill(words.money, yuan(v)), fees: (v) => fill(words.money, yuan(v)), rate: percent_exact}[field.kind] || String;
        bad(field, "wrong_range", [as(field.min || 0), as(field.max)]);
        return null;
      }
      el(field.id + "-said").textContent = say(field, got);
      return got;
    };
    for (const field of fields) {
      if (el(field.id + "-field").hidden) continue;
      const {id, kind, short} = field;
      let value, text;
      if (kind === "choice") value = text = raw(field);
      else if (kind === "list") {
        const got = one(field, raw(field), (typed) => parse.parse_list(typed, values[field.after], field.max));
        value = got && got.value;
        text = got && value.map((row) => (row.date ? row.date.replace(/-/g, "") + ":" : "") + plain(row.amount_fen)).join(";");
      } else if (kind === "fees") {
        value = [];
        for (const item of field.items) {
          const got = one({...item, kind, max: field.max, optional: true}, control(item.id).value, parse.parse_money), when = control(item.id + "-when").value;
          if (!got || !got.value) continue;
          value.push({kind: item.id, when, amount_fen: got.value});
          link.push(`${short}.${item.id}=${plain(got.value)}${when}`);
        }
      } else {
        const got = one(field, raw(field), parse["parse_" + kind]);
        value = got && got.value;
        text = got && {money: plain, rate: (v) => percent_exact(v).replace(/,/g, "")}[kind]?.(value) || String(value);
      }
      values[id] = value;
      if (field.to && value !== null) put(inputs, field.to, value);
      if (text && value !== null && value !== field.usual) link.push(`${short}=${encodeURIComponent(text)}`);
    }
    const list = fields.find((field) => field.kind === "list"), dates = list && values[list.id];
    if (dates && dates[0].date && values[list.after] === null && !mistakes.some(([id]) => id === list.after)) {
      mistakes.push([list.after, fields.find((field) => field.id === list.after).missing]);
    }
    return {inputs, values, link: `v=${def.version}&` + link.join("&"), mistakes};
  }
  const plain = (fen) => yuan(fen).replace(/,/g, "").replace("−", "-").replace(/\.00$/, "");

  function clear_messages() {
    document.title = title;
    part("errors").hidden = true;
    for (const note of form.querySelectorAll(".field__error, .field__said")) note.textContent = "";
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  function focus_field(id) {
    const fold = el(id).closest("details");
    if (fold) fold.open = true;
    el(id).focus();
  }

  function complain(mistakes) {
    document.title = words.error_title + title;
    const box = part("errors");
    box.firstElementChild.textContent = mistakes.length === 1 ? words.errors_one : fill(words.errors_many, mistakes.length);
    box.lastElementChild.replaceChildren(...mistakes.map(([id, text]) => {
      const line = dom(["li", {}, id ? ["a", {href: "#calc-" + id}, text] : text]);
      if (id) {
        line.firstChild.addEventListener("click", (event) => { event.preventDefault(); focus_field(id); });
        el(id + "-error").textContent = text;
        el(id).setAttribute("aria-invalid", "true");
        const fold = el(id).closest("details");
        if (fold) fold.open = true;
      }
      return line;
    }));
    box.hidden = false;
    box.focus();
  }

  function empty() {
    kept = "";
    part("answer").replaceChildren();
    part("detail").replaceChildren();
    for (const name of ["heading", "actions", "out"]) part(name).hidden = true;
  }

  async function run() {
    clear_messages();
    empty();
    let parse, render, engine, limits;
    try { [parse, render, engine, limits] = await load(); } catch { return complain([["", words.not_loaded]]); }
    refresh(parse);
    const {inputs, values, link, mistakes} = read(parse);
    if (mistakes.length) return complain(mistakes);
    let result, lines = [];
    try {
      result = engine[def.function](inputs);
      if (def.lines) {
        const {lender, contract_date, disbursement_date, typed_lpr} = def.lines;
        lines = limits.comparison_lines(values[lender], values[contract_date], def.limits, def.lpr, def.lpr_verified_until,
          values[typed_lpr] ?? null, values[disbursement_date] ?? null, result.within_one_month);
      }
    } catch (error) {
      const field = error.field && fields.find(({to, id}) => id === def.lines?.[error.field] || (to && error.field.startsWith(to)));
      if (!field) return complain([["", words.failed]]);
      return complain([[field.id, wrong(field, "rule_" + error.rule, [])]]);
    }
    part("answer").replaceChildren(dom(["p", {}, render.answer(def, words, result)]));
    part("detail").replaceChildren(...render.detail(def, words, result, lines, "calc-own").map(dom));
    part("heading").hidden = part("actions").hidden = false;
    kept = link;
    part("heading").focus();
  }

  // Give the reader a text: on the clipboard where that is allowed, else selected in a field.
  async function hand_over(text, note) {
    const out = el("out");
    part("out").hidden = false;
    out.value = text;
    out.focus();
    out.select();
    try { await navigator.clipboard.writeText(text); note ||= words.copied; } catch { note ||= words.press_long; }
    part("message").textContent = note;
  }

  const title_and_answer = () => [title, part("answer").textContent];

  // A cell that a spreadsheet could take for a formula gets an apostrophe; a plain number loses its groups instead.
  function cell(text) {
    if (/^−?[\d,]+(\.\d+)?$/.test(text)) return text.replace(/,/g, "").replace("−", "-");
    return `"${(/^[=+\-@\t\r]/.test(text) ? "'" : "") + text.replace(/"/g, '""')}"`;
  }

  function csv() {
    const rows = [...part("detail").querySelectorAll("tr")].map((row) => [...row.cells].map((c) => cell(c.textContent)).join(","));
    return "\ufeff" + [...title_and_answer().map(cell), ...rows].join("\r\n") + "\r\n";
  }

  const actions = {
    copy: () => hand_over([...title_and_answer(), part("detail").innerText, location.href.split("#")[0]].join("\n\n")),
    csv() {
      if (IN_APP.test(navigator.userAgent)) return hand_over(csv().slice(1), words.in_app);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([csv()], {type: "text/csv"}));
      link.download = root.dataset.calculator + ".csv";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    },
    print: () => window.print(),
    link: () => hand_over(location.href.split("#")[0] + "#" + kept),
    clear() {
      form.reset();
      clear_messages();
      empty();
      load().then(([parse]) => refresh(parse), () => refresh());
      if (location.hash.startsWith("#v=")) history.replaceState(null, "", location.pathname + location.search);
      el(fields[0].id).focus();
    },
  };

  // A link of this or another version fills the form; what it holds goes through the same checks as typed text.
  async function open_link() {
    if (!location.hash.startsWith("#v=")) return;
    const given = new URLSearchParams(location.hash.slice(1, 12000)), set = (id, text) => {
      const usual = control(id).value;
      control(id).value = text;
      // A choice that does not exist leaves a list empty.
      if (!control(id).value) control(id).value = usual;
    };
    form.reset();
    for (const {id, kind, short, items} of fields) {
      const text = given.get(short);
      if (kind === "fees") for (const item of items) {
        const [, sum, when] = /^([^a-z]*)([a-z]*)$/.exec(given.get(`${short}.${item.id}`) || "") || [];
        if (!sum) continue;
        el(item.id).value = sum.slice(0, 40);
        set(item.id + "-when", when);
        el(item.id).closest("details").open = true;
      } else if (text) {
        set(id, kind === "list" ? text.replace(/;/g, "\n").replace(/^(\d{4})(\d\d)(\d\d):/gm, "$1-$2-$3 ") : text.slice(0, 60));
      }
    }
    await run();
    if (given.get("v") !== def.version) part("answer").append(dom(["p", {}, words.link_other]));
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); run(); });
  // Only a choice moves fields at once; typed ones wait for the press, or the button would slip from under the finger.
  form.addEventListener("change", (event) => { if (event.target.matches("[type=radio], select")) refresh(); });
  form.addEventListener("focusin", () => load().catch(() => {}), {once: true});
  root.addEventListener("click", (event) => actions[event.target.dataset.do]?.());
  addEventListener("hashchange", open_link);
  part("needs").hidden = true;
  form.hidden = false;
  part("go").type = "submit";
  refresh();
  open_link();
}

document.querySelectorAll("[data-calculator]").forEach(start);
