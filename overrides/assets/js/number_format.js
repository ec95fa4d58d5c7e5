// Integers and dates as readers write them. Twin of macros/number_format.py.

/** Put values in place of %s, one after the other; a value is never read as a pattern. */
export const fill = (text, ...values) => text.replace(/%s/g, () => values.shift() ?? "");

const split = (value, unit) => {
  const size = value < 0n ? -value : value;
  return [value < 0n ? "−" : "", size / unit, size % unit];
};
const group = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");

/** Fen -> "12,000.00". */
export function yuan(fen) {
  const [sign, whole, part] = split(BigInt(fen), 100n);
  return `${sign}${group(whole)}.${String(part).padStart(2, "0")}`;
}

/** Fen -> "12000" for an address: no groups, decimals only where there are any. */
export const plain_yuan = (fen) => yuan(fen).replace(/,/g, "").replace("−", "-").replace(/\.00$/, "");

/** Ppm -> "35.93%": rounded half-up in size to `places` (0 to 4). */
export function percent(ppm, places) {
  const unit = 10n ** BigInt(4 - places), [sign, size] = split(BigInt(ppm), 1n);
  const [, whole, part] = split((size + unit / 2n) / unit, 10n ** BigInt(places));
  return `${sign}${group(whole)}${places ? "." + String(part).padStart(places, "0") : ""}%`;
}

/** Ppm -> "18.25%": every digit, no closing zeros. */
export const percent_exact = (ppm) => percent(ppm, 4).replace(/\.?0+%$/, "%");

/** "2026-03-01" -> a day in words; "2026-03" stays a month. */
export function day(iso, words) {
  const [year, month, date] = iso.split("-"), names = words.months.split(" ");
  const text = date ? words.day : words.day.replace(/ ?%d ?日?/, "");
  return text.replace("%y", year).replace("%m", names[month - 1]).replace("%d", +date);
}

/** 27 -> "2 years 3 months"; each unit has a form for one and a form for more. */
export function months(count, words) {
  const years = Number(count) / 12 | 0, rest = Number(count) % 12;
  const one = (number, unit) => fill(words[unit].split("|").slice(number === 1 ? 0 : -1)[0], number);
  if (years && rest) return fill(words.span, one(years, "year_count"), one(rest, "month_count"));
  return years ? one(years, "year_count") : one(rest, "month_count");
}

/** Money inside a sentence: 9000 元 / ¥9,000; decimals only where there are any. */
export function prose_money(fen, words) {
  const text = yuan(fen).replace(/\.00$/, "");
  return fill(words.lang === "zh" ? "%s 元" : "¥%s", words.lang === "zh" ? text.replace(/,/g, "") : text);
}
