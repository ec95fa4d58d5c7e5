// The contact log at work; fetched by log.js. Entries stay in memory; they go into this browser's storage only while the
// reader has ticked so. Typed text, files and what was kept reach the page as text only.
import {FIELDS, contact_log, from_csv, missing_from, pack, read_entry, to_csv, unpack} from "./log-core.js";
import {fill} from "./number_format.js";
import {element, hand_out} from "./outcome.js";

// Rows painted at once; the rest comes when asked for, or for paper.
const AT_ONCE = 50;
const SAVE_AFTER_MS = 200;
const BIGGEST_FILE = 20_000_000;

/** Takes over a log. data: the page's JSON; key: name in the browser's storage; today(): the reader's day; refresh(): fields that hang on others. */
export function attach({root, data: {lang, words, limits, names}, key: KEY, today, refresh}) {
  const own = names[lang === "en" ? 1 : 0], title = document.title;
  const find = (selector) => root.querySelector(selector), control = (field) => find("#log-" + field), button = (name) => find(`[data-do=${name}]`);
  const says = find(".calc__message"), keep = find("#log-keep");
  let log = contact_log(limits), table = null, shown = 0, changing = null, removed = null, unsaved = false, saving = 0;

  const when = ({date, time}) => (time ? `${date} ${time}` : date);
  const how_text = ({how, people}) => own.how[how] + (people ? ` · ${fill(people === "1" ? words.person : words.people, people)}` : "");
  const name_of = (entry) => `${when(entry)} ${own.how[entry.how]}`;
  const say = (message, undo = false) => { says.textContent = message; button("undo").hidden = !undo; };

  // The table ---------------------------------------------------------------------------------------------------------

  const entry_at = (row) => log.entries[log.entries.length - 1 - row];
  const rows = () => table.querySelector("tbody").rows;

  function line(entry) {
    const small = (part) => ["div", {}, part], doing = (name, label) => ["button", {type: "button", "data-do": name, "aria-label": fill(words.of, label, name_of(entry))}, label];
    return element(["tr", {},
      ["th", {scope: "row"}, ["time", {datetime: when(entry).replace(" ", "T")}, when(entry)], ...(log.is_quiet(entry) ? [" ", ["span", {class: "log__night"}, words.night]] : [])],
      ["td", {}, how_text(entry)],
      ["td", {}, ...[entry.loan, entry.who, entry.number].filter(Boolean).map(small)],
      ["td", {}, ["div", {class: "log__words"}, entry.words], ...(entry.file ? [["small", {}, entry.file]] : [])],
      ["td", {class: "log__do"}, doing("change", words.change), doing("remove", words.remove)]]);
  }

  function fill_rows(upto) {
    const fresh = document.createDocumentFragment();
    for (; shown < Math.min(upto, log.entries.length); shown++) fresh.append(line(entry_at(shown)));
    table.querySelector("tbody").append(fresh);
    head_and_foot();
  }

  function head_and_foot() {
    const all = log.entries.length;
    find(".log__heading").textContent = fill(words.count, all);
    find(".log__nothing").hidden = all > 0;
    find(".log__place").hidden = !all;
    find(".log__window").textContent = shown < all ? fill(words.out_of_window, shown, all) : "";
    button("more").hidden = shown >= all;
    for (const name of ["csv", "copy", "print"]) button(name).disabled = !all;
    count();
  }

  function draw() {
    const head = [words.when, own.columns.how, words.party, words.said, words.do].map((label) => ["th", {scope: "col"}, label]);
    table = element(["table", {class: "log__table"}, ["caption", {}, words.table], ["thead", {}, ["tr", {}, ...head]], ["tbody", {}]]);
    const box = element(["div", {class: "table-scroll", role: "region", tabindex: "0", "aria-label": fill(words.scroll, words.table)}]);
    box.append(table);
    find(".log__place").replaceChildren(box);
    shown = 0;
    fill_rows(AT_ONCE);
  }

  // Puts an entry in without touching the other rows.
  function put(entry) {
    const at = log.add(entry), row = log.entries.length - 1 - at;
    if (row <= shown && (row < shown || shown < AT_ONCE)) {
      rows()[row] ? rows()[row].before(line(entry)) : table.querySelector("tbody").append(line(entry));
      shown++;
      // The window keeps its size, or every entry of a long evening would make the next one slower.
      if (shown > AT_ONCE && shown % AT_ONCE === 1) { rows()[--shown].remove(); }
    }
    head_and_foot();
    touched();
  }

  function take(entry) {
    const row = log.entries.length - 1 - log.remove(entry);
    if (row < shown) {
      rows()[row].remove();
      shown--;
      if (shown < log.entries.length && shown < AT_ONCE) fill_rows(shown + 1);
    }
    head_and_foot();
    touched();
    return row;
  }

  // Counts ------------------------------------------------------------------------------------------------------------

  function count() {
    const got = log.counts(), days = ({latest}) => latest.map((day) => (day.loan ? fill(words.day_count_loan, day.date, day.loan, day.count) : fill(words.day_count, day.date, day.count))).join(words.join);
    const per_day = (one) => (one.count ? [fill(words.days_over, one.count), fill(words.latest, days(one))] : [words.days_none]);
    const lines = {
      quiet: [fill(words.in_hours, got.quiet.count), ...(got.quiet.count ? [fill(words.latest, got.quiet.latest.map(when).join(words.join))] : [])],
      talk: per_day(got.talk), notice: per_day(got.notice), missed: per_day(got.missed),
      third: [!got.third.all ? words.counted_none : fill(words.thirds, got.third.all, got.third.early)],
      visit: [!got.visits.all ? words.counted_none : fill(words.visits, got.visits.all, got.visits.few, got.visits.unknown)],
    };
    const over = {quiet: got.quiet.count, talk: got.talk.count, notice: got.notice.count, missed: got.missed.count, third: got.third.early, visit: got.visits.few};
    for (const item of root.querySelectorAll("[data-count]")) {
      const id = item.dataset.count, place = item.querySelector(".log__count"), said = log.entries.length ? lines[id].join(lang === "en" ? " " : "") : "";
      if (place.textContent !== said) place.textContent = said;
      place.classList.toggle("log__count--over", log.entries.length > 0 && over[id] > 0);
    }
    return lines;
  }

  // Keeping -----------------------------------------------------------------------------------------------------------

  function save() {
    clearTimeout(saving);
    saving = 0;
    try {
      localStorage.setItem(KEY, pack(log.entries));
      unsaved = false;
      return true;
    } catch {
      // No room, or a browser that allows none: what was kept before stays as it was.
      keep.checked = false;
      unsaved = log.entries.length > 0;
      say(words.keep_failed);
      return false;
    }
  }
  function touched() {
    unsaved = log.entries.length > 0;
    // Writing thousands of entries takes longer than a key may wait.
    if (keep.checked && !saving) saving = setTimeout(save, SAVE_AFTER_MS);
  }
  const save_now = () => { if (saving) save(); };
  function forget() {
    clearTimeout(saving);
    saving = 0;
    try { localStorage.removeItem(KEY); } catch { return false; }
    return true;
  }

  function replace(entries) {
    log = contact_log(limits);
    for (const entry of entries) log.add(entry);
    removed = null;
    stop_change();
    draw();
  }

  // Another window of this site wrote, or deleted, what is kept.
  addEventListener("storage", ({key, newValue}) => {
    if (!keep.checked || (key !== KEY && key !== null)) return;
    const entries = newValue === null ? [] : unpack(newValue);
    if (!entries) return;
    clearTimeout(saving);
    saving = 0;
    keep.checked = newValue !== null;
    replace(entries);
    unsaved = false;
    say(newValue === null ? words.elsewhere_deleted : words.elsewhere);
  });
  addEventListener("pagehide", save_now);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save_now(); });
  addEventListener("beforeunload", (event) => {
    save_now();
    const typed = FIELDS.some((field) => !["date", "how"].includes(field) && control(field).value.trim());
    if (unsaved || typed) event.preventDefault();
  });

  // What another window has kept meanwhile joins what is here, rather than being written over.
  function start_keeping() {
    const kept = unpack(localStorage.getItem(KEY)), more = kept ? missing_from(log.entries, kept) : [];
    for (const entry of more) log.add(entry);
    if (more.length) draw();
    return save();
  }
  function set_keeping() {
    if (keep.checked) {
      try { if (start_keeping()) say(words.kept); } catch { save(); }
    } else {
      unsaved = log.entries.length > 0;
      say(forget() ? words.unkept : words.delete_failed);
    }
  }

  // The form ----------------------------------------------------------------------------------------------------------

  const label = (field) => own.columns[field];
  const wrong = ([field, error, params]) => fill(words["wrong_" + error] || words.wrong_how, label(field), ...params);

  function clear_errors() {
    document.title = title;
    find(".calc__errors").hidden = true;
    for (const note of root.querySelectorAll(".field__error:not(:empty)")) note.textContent = "";
    for (const field of root.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  }

  function complain(mistakes) {
    document.title = words.error_title + title;
    const box = find(".calc__errors");
    box.firstElementChild.textContent = mistakes.length === 1 ? words.errors_one : fill(words.errors_many, mistakes.length);
    box.lastElementChild.replaceChildren(...mistakes.map((mistake) => {
      const [field] = mistake, said = wrong(mistake), item = element(["li", {}, ["a", {href: `#log-${field}`}, said]]);
      item.firstChild.addEventListener("click", (event) => { event.preventDefault(); control(field).focus(); });
      find(`#log-${field}-error`).textContent = said;
      control(field).setAttribute("aria-invalid", "true");
      return item;
    }));
    box.hidden = false;
    box.focus();
  }

  // Who calls once calls again: what names them stays in the form after an entry, what was said does not.
  function empty(fields) {
    for (const field of fields) control(field).value = field === "date" ? today() : "";
  }

  function set_button() {
    find(".calc__go").textContent = changing ? words.change_go : add_label;
    button("cancel").hidden = !changing;
  }
  const add_label = find(".calc__go").textContent;

  function stop_change() {
    changing = null;
    set_button();
  }

  function submit() {
    clear_errors();
    const typed = Object.fromEntries(FIELDS.map((field) => [field, control(field).value]));
    const {entry, mistakes} = read_entry(typed, today());
    if (mistakes.length) return complain(mistakes);
    if (changing) {
      take(changing);
      put(entry);
      stop_change();
      empty(FIELDS.filter((field) => field !== "how"));
      say(fill(words.changed, name_of(entry)));
      return;
    }
    put(entry);
    empty(["time", "people", "words", "file"]);
    say(fill(words.added, name_of(entry), log.entries.length));
  }

  // Giving away and taking in -------------------------------------------------------------------------------------------

  const out = {place: find(".calc__out"), area: find("#log-out"), note: says, words};

  function as_text() {
    const of = (entry, field) => (entry[field] ? [fill(words.line, own.columns[field], entry[field])] : []);
    const lines = count(), rules = [...root.querySelectorAll("[data-count]")].map((item) =>
      fill(words.line, [...item.querySelectorAll("strong, .log__limit .num")].filter((one) => !one.closest("[popover]")).map((one) => one.textContent).join(" · "), lines[item.dataset.count].join(lang === "en" ? " " : "")));
    return [words.text_title, [words.text_counts, ...rules].join("\n"),
      ...log.entries.map((entry) => [
        when(entry) + (log.is_quiet(entry) ? ` (${words.night})` : "") + " " + how_text(entry),
        ...["loan", "who", "number", "words", "file"].flatMap((field) => of(entry, field))].join("\n"))].join("\n\n");
  }

  async function read_file(file) {
    if (file.size > BIGGEST_FILE) return say(words.import_big);
    let given;
    try {
      const bytes = await file.arrayBuffer();
      try { given = new TextDecoder("utf-8", {fatal: true}).decode(bytes); }
      // Chinese Excel saves CSV in the national encoding.
      catch { given = new TextDecoder("gb18030").decode(bytes); }
    } catch { return say(words.import_failed); }
    const got = from_csv(given, names, today());
    if (!got.ok) return say(fill(words["wrong_" + got.error], ...got.params));
    const fresh = missing_from(log.entries, got.entries), some = got.problems.slice(0, 5);
    const skipped = got.problems.length ? [fill(words.skipped, got.problems.length, some.map(([number, ...mistake]) => fill(words.skipped_line, number, wrong(mistake))).join(words.join))] : [];
    if (!got.entries.length) return say([words.import_nothing, ...skipped].join(" "));
    for (const entry of fresh) log.add(entry);
    draw();
    if (fresh.length) touched();
    say([fill(words.imported, got.entries.length, fresh.length, got.entries.length - fresh.length), ...skipped].join(" "));
  }

  function print(what) {
    document.documentElement.dataset.print = what;
    window.print();
  }
  addEventListener("beforeprint", () => { if (document.documentElement.dataset.print !== "paper") fill_rows(log.entries.length); });
  addEventListener("afterprint", () => { delete document.documentElement.dataset.print; });

  const row_of = (target) => [...rows()].indexOf(target.closest("tr"));
  const focus_row = (row) => (rows()[Math.min(row, shown - 1)]?.querySelector("[data-do=change]") || find(".log__heading")).focus();

  const actions = {
    now() {
      control("date").value = today();
      control("time").value = new Date().toTimeString().slice(0, 5);
    },
    cancel() { clear_errors(); stop_change(); empty(FIELDS.filter((field) => field !== "how")); say(""); control("date").focus(); },
    empty() { clear_errors(); empty(FIELDS.filter((field) => field !== "how")); say(words.emptied); control("date").focus(); },
    change(target) {
      changing = entry_at(row_of(target));
      clear_errors();
      for (const field of FIELDS) control(field).value = changing[field];
      refresh();
      set_button();
      say("");
      control("date").focus();
    },
    remove(target) {
      removed = entry_at(row_of(target));
      if (changing === removed) stop_change();
      focus_row(take(removed));
      say(fill(words.removed, name_of(removed)), true);
    },
    undo() {
      if (!removed) return;
      put(removed);
      say(fill(words.restored, name_of(removed)));
      removed = null;
      find(".log__heading").focus();
    },
    more() { const first = shown; fill_rows(shown + AT_ONCE); focus_row(first); },
    csv() { hand_out(out, to_csv(log.entries, own), {name: "contact-log.csv", type: "text/csv", mark: "\ufeff"}); unsaved = false; },
    copy: () => hand_out(out, as_text()),
    print: () => print("log"),
    paper: () => print("paper"),
    delete() { find(".log__sure").hidden = false; button("delete-no").focus(); },
    "delete-no"() { find(".log__sure").hidden = true; button("delete").focus(); },
    "delete-yes"() {
      const gone = forget();
      keep.checked = false;
      replace([]);
      unsaved = false;
      clear_errors();
      empty(FIELDS.filter((field) => field !== "how"));
      out.place.hidden = true;
      out.area.value = "";
      find(".log__sure").hidden = true;
      say(gone ? words.deleted : words.delete_failed);
      button("delete").focus();
    },
  };

  find(".log__list").hidden = false;
  let kept = null;
  try { kept = localStorage.getItem(KEY); } catch { /* no storage: nothing is kept */ }
  const entries = kept === null ? [] : unpack(kept);
  if (entries) for (const entry of entries) log.add(entry);
  if (kept !== null) keep.checked = entries !== null;
  draw();
  if (kept !== null) say(entries ? fill(words.loaded, entries.length) : words.unreadable);
  return {submit, set_keeping, read_file, act: (action, target) => actions[action](target)};
}
