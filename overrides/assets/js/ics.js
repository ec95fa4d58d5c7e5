// A calendar file (RFC 5545) from the rows that a calculator's `ics` names: all-day events with a reminder.
// A phone's calendar is seen by others, so a title says no more than the row's own short message.

import { fill } from "./number_format.js";
import { at, show } from "./render.js";

const LINE = 75; // octets, without the line break (RFC 5545, 3.1)
// 9 in the morning three days before, counted back from the midnight at which the day begins.
const REMINDER = "-P2DT15H";

const octets = (sign) => {
  const code = sign.codePointAt();
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
};

/** TEXT of RFC 5545, 3.3.11; control characters other than a line break have no place in it. */
const escaped = (text) => text.replace(/\r\n?/g, "\n").replace(/[\0-\x09\x0b-\x1f\x7f]/g, " ")
  .replace(/[\\;,]/g, (sign) => `\\${sign}`).replace(/\n/g, "\\n");

/** A content line cut into lines of at most 75 octets, never inside a character; a cut line goes on after a space. */
export function folded(line) {
  const lines = [];
  let part = "", size = 0;
  for (const sign of line) {
    if (size + octets(sign) > LINE) {
      lines.push(part);
      part = " ";
      size = 1;
    }
    part += sign;
    size += octets(sign);
  }
  return [...lines, part].join("\r\n");
}

/**
 * The calendar as text, "" if there is no row.
 * def: the page's definition; def.ics = {rows: path, date: key of a row}. A row's message is the title of its event.
 * stamp: when the file was made, 20261124T080000Z; the day of the result unless given, so that the same result gives the same file.
 */
export function ics(def, words, result, stamp = `${result.today.replace(/-/g, "")}T000000Z`) {
  const rows = at(result, def.ics.rows) ?? [];
  if (!rows.length) return "";
  const note = def.names.ics?.note;
  const lines = [
    "BEGIN:VCALENDAR", "VERSION:2.0", `PRODID:-//Clear Account//Dates//${words.lang.toUpperCase()}`, "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
  ];
  for (const row of rows) {
    const { text, with: specs } = def.messages[row.key];
    const title = escaped(fill(text, ...specs.map((spec) => show(row, spec, def, words))));
    const day = row[def.ics.date];
    lines.push(
      "BEGIN:VEVENT",
      // The same date of the same kind is the same event: a file opened twice does not fill the calendar twice.
      `UID:${day}-${result.kind}-${row.key}@clear-account`,
      `DTSTAMP:${stamp}`,
      `DTSTART;VALUE=DATE:${day.replace(/-/g, "")}`,
      `SUMMARY:${title}`,
      ...(note ? [`DESCRIPTION:${escaped(note)}`] : []),
      "TRANSP:TRANSPARENT",
      "BEGIN:VALARM", "ACTION:DISPLAY", `DESCRIPTION:${title}`, `TRIGGER:${REMINDER}`, "END:VALARM",
      "END:VEVENT",
    );
  }
  return [...lines, "END:VCALENDAR"].map(folded).join("\r\n") + "\r\n";
}
