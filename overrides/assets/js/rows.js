// The rows of a table field: add, remove and fill them. Rows are numbered from 0 in ids, from 1 for the reader.
import {fill} from "./number_format.js";

/** place: the element around the rows; field: its part of the definition. */
export function rows(place, field) {
  const all = () => place.querySelectorAll(".row"), add_button = place.querySelector("[data-do=add]");
  const cell = (i, column) => document.getElementById(`calc-${field.id}-${i}-${column.id}`);
  const name = (i) => fill(field.row, i + 1);
  const own = new RegExp(`calc-${field.id}-\\d+`, "g");

  function number(row, i) {
    for (const element of [row, ...row.querySelectorAll("[id], [for], [aria-describedby]")]) {
      for (const key of ["id", "for", "aria-labelledby", "aria-describedby"]) {
        const value = element.getAttribute(key);
        if (value) element.setAttribute(key, value.replace(own, `calc-${field.id}-${i}`));
      }
    }
    row.querySelector(".row__name").textContent = name(i);
  }

  function append() {
    const rows = all(), row = rows[0].cloneNode(true);
    for (const input of row.querySelectorAll("input")) input.value = input.defaultValue;
    for (const select of row.querySelectorAll("select")) select.value = (select.querySelector("[selected]") || select.options[0]).value;
    for (const invalid of row.querySelectorAll("[aria-invalid]")) invalid.removeAttribute("aria-invalid");
    for (const note of row.querySelectorAll(".field__error, .field__said")) note.textContent = "";
    number(row, rows.length);
    rows[rows.length - 1].after(row);
    return row;
  }

  function resize(count) {
    while (all().length > count) all()[all().length - 1].remove();
    while (all().length < count) append();
    add_button.disabled = count >= field.max;
  }

  // A choice goes by its value or by the words that the reader sees.
  function set(control, text) {
    if (control.matches("select")) {
      const wanted = text.trim(), options = [...control.options];
      const found = options.find((option) => option.value === wanted || option.text === wanted) || (wanted && options.find((option) => option.text.includes(wanted)));
      if (found) control.value = found.value;
    } else control.value = text;
  }

  return {
    name,
    count: () => all().length,
    resize,
    add() {
      if (all().length >= field.max) return;
      append().querySelector("input, select").focus();
      add_button.disabled = all().length >= field.max;
    },
    /** The row that takes its place gets the focus: no keyboard comes up, and its name is read out. */
    remove(row) {
      const at = [...all()].indexOf(row);
      if (all().length === 1) append();
      row.remove();
      all().forEach(number);
      add_button.disabled = false;
      (all()[at] || all()[at - 1]).focus();
    },
    /** Texts for rows from `start` on; undefined leaves a cell as it is. Returns how many rows found room. */
    fill(start, texts) {
      const room = Math.min(texts.length, field.max - start);
      if (all().length < start + room) resize(start + room);
      for (let i = 0; i < room; i++) {
        field.columns.forEach((column, k) => { if (texts[i][k] !== undefined) set(cell(start + i, column), texts[i][k]); });
      }
      return room;
    },
  };
}
