// The ranking of the search: twin of `Model` in macros/search_index.py, where the reasons stand. Same names, same order
// of the same floating-point operations, so that both give equal scores; a test compares them. No page, no network here.

const VOWEL = /[aeiouy]/;
const IRREGULAR = {
  paid: "pay", repaid: "repay", lent: "lend", owed: "owe", owing: "owe", sued: "sue", suing: "sue",
  died: "die", dying: "die", lied: "lie", lying: "lie", broke: "break", broken: "break",
};
const FIRST = [["ment", 3], ["ness", 3], ["ful", 3], ["ly", 4]];
const SECOND = [["ing", 3], ["ion", 3], ["ed", 3]];
const THIRD = [["er", 3], ["or", 3]];

function cut(word, endings) {
  for (const [ending, left] of endings) {
    const rest = word.slice(0, -ending.length);
    if (!word.endsWith(ending) || rest.length < left || !VOWEL.test(rest)) continue;
    if (ending !== "ion" || "st".includes(rest.at(-1))) return rest;
  }
  return word;
}

export function stem(word) {
  let w = Object.hasOwn(IRREGULAR, word) ? IRREGULAR[word] : word;
  if (w.length < 4 || !/^[a-z]+$/.test(w)) return w;
  if (w.length > 4 && /ie[sd]$/.test(w)) w = `${w.slice(0, -3)}y`;
  else if (w.endsWith("sses")) w = w.slice(0, -2);
  else if (/[^sui]s$/.test(w)) w = w.slice(0, -1);
  w = cut(w, FIRST);
  let shorter = cut(w, SECOND);
  if (shorter !== w && shorter.at(-1) === shorter.at(-2) && !"lsz".includes(shorter.at(-1))) shorter = shorter.slice(0, -1);
  w = cut(shorter, THIRD);
  if (w.length > 3 && w.endsWith("e")) w = w.slice(0, -1);
  if (w.length > 3 && w.endsWith("y")) w = `${w.slice(0, -1)}i`;
  return w;
}

const is_han = (c) => (c >= "\u3400" && c <= "\u9fff") || c === "\u3007";
const is_latin = (c) => (c >= "a" && c <= "z") || (c >= "0" && c <= "9");

// Runs of Han characters or of Latin letters and digits: {han, text, at: [start of each character], end}.
function runs(text, simplified) {
  const out = [];
  let open = null;
  let position = 0;
  for (const whole of text) {
    for (const part of whole.normalize("NFKD").toLowerCase().replace(/\p{Mn}/gu, "")) {
      const c = simplified.get(part) ?? part;
      const han = is_han(c);
      if (han || is_latin(c)) {
        if (open !== han) out.push({ han, text: "", at: [], end: 0 });
        const run = out.at(-1);
        run.text += c;
        run.at.push(position);
        run.end = position + whole.length;
        open = han;
      } else if (!"'\u2019".includes(c) || open !== false) open = null;
    }
    position += whole.length;
  }
  return out;
}

// Terms with the stretch of text they stand in: [term, start, end].
export function terms(text, simplified) {
  const out = [];
  for (const run of runs(text, simplified)) {
    if (!run.han) {
      out.push([stem(run.text), run.at[0], run.end]);
      continue;
    }
    for (let i = 0; i < run.text.length; i++) {
      out.push([run.text[i], run.at[i], run.at[i] + 1]);
      if (i) out.push([run.text.slice(i - 1, i + 1), run.at[i - 1], run.at[i] + 1]);
    }
  }
  return out;
}

function log2(x) {
  let n = 0, f = 0.5;
  while (x >= 2) {
    x = x / 2;
    n += 1;
  }
  for (let i = 0; i < 12; i++) {
    x = x * x;
    if (x >= 2) {
      x = x / 2;
      n += f;
    }
    f = f / 2;
  }
  return n;
}

function distance(a, b, limit) {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let two_before, before, row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    [two_before, before, row] = [before, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      let best = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, two_before[j - 2] + 1);
      row.push(best);
    }
  }
  return Math.min(row[b.length], limit + 1);
}

const get = (map, key, make) => {
  if (!map.has(key)) map.set(key, make());
  return map.get(key);
};
const find_sequence = (words, phrase) => {
  for (let start = 0; start + phrase.length <= words.length; start++) {
    if (phrase.every((word, i) => words[start + i] === word)) return start;
  }
  return -1;
};
const by_score = (a, b) => b[1] - a[1] || a[0] - b[0];

export class Model {
  constructor(index) {
    this.index = index;
    this.w = index.weights;
    const to = [...index.simplify[1]];
    this.simplified = new Map([...index.simplify[0]].map((c, i) => [c, to[i]]));
    this.pages = index.pages;
    this.sections = index.sections;
    this.in_page = new Map();
    this.in_section = new Map();
    this.words = new Map();
    this.page_length = this.pages.map(() => [0, 0, 0]);
    this.section_length = this.sections.map(() => [0, 0, 0]);
    const seen = new Set();
    this.sections.forEach(([page, , heading, text], s) => {
      if (!seen.has(page)) {
        seen.add(page);
        this.add(page, s, 0, this.pages[page][1]);
        this.add(page, s, 0, this.pages[page][3]);
        this.add(page, s, 1, this.pages[page][2]);
        this.add(page, s, 2, this.pages[page][4]);
      }
      this.add(page, s, 1, heading);
      this.add(page, s, 2, text);
    });
    const mean = (lengths) => [0, 1, 2].map((f) => lengths.reduce((sum, x) => sum + x[f], 0) / lengths.length);
    this.mean_page = mean(this.page_length);
    this.mean_section = mean(this.section_length);
    this.groups = index.synonyms.map(([says, means]) => [says.map((s) => this.compact(s)), means]);
    this.distress = index.distress.map((s) => this.compact(s));
    this.ignore = index.ignore.map((s) => this.compact(s));
    this.quiet = new Set(this.ignore.filter(([han]) => !han).map(([, stems]) => stems[0]));
    this.lexicon = new Set();
    for (const phrase of [...index.synonyms.flatMap(([says, means]) => [...says, ...means]), ...index.distress]) {
      this.learn(phrase);
      for (const [term] of terms(phrase, this.simplified)) this.lexicon.add(term);
    }
    this.readings = new Map();
    for (const syllable of Object.keys(index.pinyin)) {
      for (const c of index.pinyin[syllable]) get(this.readings, c, () => []).push(syllable);
    }
    this.by_sound = new Map();
    if (this.readings.size) {
      for (const term of this.in_section.keys()) {
        if (term.length !== 2 || !is_han(term[0]) || !this.subject(term)) continue;
        for (const a of this.readings.get(term[0]) ?? []) {
          for (const b of this.readings.get(term[1]) ?? []) get(this.by_sound, `${a} ${b}`, () => []).push(term);
        }
      }
    }
  }

  learn(text) {
    for (const run of runs(text, this.simplified)) {
      if (!run.han && !this.words.has(run.text)) this.words.set(run.text, stem(run.text));
    }
  }

  add(page, section, place, text) {
    for (const [term] of terms(text, this.simplified)) {
      get(get(this.in_page, term, () => new Map()), page, () => [0, 0, 0])[place] += 1;
      get(get(this.in_section, term, () => new Map()), section, () => [0, 0, 0])[place] += 1;
      this.page_length[page][place] += 1;
      this.section_length[section][place] += 1;
    }
    this.learn(text);
  }

  compact(text) {
    const pieces = runs(text, this.simplified);
    if (pieces.some((run) => run.han)) return [pieces.map((run) => run.text).join(""), []];
    return ["", pieces.map((run) => stem(run.text))];
  }

  idf(term) {
    const n = this.sections.length;
    const df = this.in_section.get(term)?.size ?? 0;
    return log2(1 + (n - df + 0.5) / (df + 0.5));
  }

  bm25(counts, length, mean) {
    let x = 0;
    if (counts[0]) x += this.w.title * counts[0];
    if (counts[1]) x += (this.w.heading * counts[1]) / (1 - this.w.norm_heading + (this.w.norm_heading * length[1]) / mean[1]);
    if (counts[2]) x += (this.w.body * counts[2]) / (1 - this.w.norm_body + (this.w.norm_body * length[2]) / mean[2]);
    return x / (this.w.k1 + x);
  }

  spelled(word, typing) {
    const own = stem(word);
    if (this.in_section.has(own) || this.lexicon.has(own)) return [[own, 1]];
    if (/^\d+$/.test(word) || word.length < 3) return [];
    if (typing) {
      const begun = [...this.words].filter(([w]) => w.startsWith(word)).map(([, s]) => [s, this.w.prefix]);
      if (begun.length) return begun.slice(0, 8);
    }
    let best = word.length < 5 ? 0 : word.length < 8 ? 1 : 2;
    let found = new Map();
    for (const [w, s] of best ? this.words : []) {
      const d = w.length > 3 ? distance(word, w, best) : best + 1;
      if (d < best) [best, found] = [d, new Map()];
      if (d === best) found.set(s, this.w.typo);
    }
    return [...found].slice(0, 4);
  }

  syllables(word) {
    const known = this.index.pinyin;
    word = word.replaceAll("v", "u");
    const cut_from = (start) => {
      if (start === word.length) return [];
      for (let size = 6; size; size--) {
        const piece = word.slice(start, start + size);
        if (piece.length !== size || !Object.hasOwn(known, piece)) continue;
        const rest = cut_from(start + size);
        if (rest) return [piece, ...rest];
      }
      return null;
    };
    return cut_from(0) ?? [];
  }

  heard(first, second, a, b) {
    const out = new Map();
    for (const x of first) {
      for (const y of second) {
        for (const term of this.by_sound.get(`${x} ${y}`) ?? []) {
          out.set(term, term[0] === a || term[1] === b || !a ? this.w.homophone : this.w.homophone_both);
        }
      }
    }
    return [...out];
  }

  subject(term) {
    const found = this.in_section.get(term);
    return this.lexicon.has(term) || [...found.values()].some((counts) => counts[0] || counts[1]);
  }

  understand(query) {
    query = query.slice(0, this.w.max_query);
    const pieces = runs(query, this.simplified);
    const flat = pieces.map((run) => run.text).join("");
    const typing = pieces.length > 0 && !pieces.at(-1).han && pieces.at(-1).end === query.length;

    const latin = [];
    pieces.forEach((run, number) => {
      if (run.han) return;
      const options = this.spelled(run.text, typing && number === pieces.length - 1);
      const exact = options.length > 0 && options[0][1] === 1;
      latin.push({ own: stem(run.text), options, sounds: exact || !this.by_sound.size ? [] : this.syllables(run.text), groups: [] });
    });
    const stems = latin.map((x) => (x.options.length ? x.options[0][0] : x.own));

    const inside = Array.from(flat, () => []);
    const groups = new Map();
    this.groups.forEach(([says, means], g) => {
      for (const [han_phrase, stem_phrase] of says) {
        const start = han_phrase ? flat.indexOf(han_phrase) : find_sequence(stems, stem_phrase);
        if (start < 0) continue;
        if (han_phrase) for (let i = 0; i < han_phrase.length; i++) inside[start + i].push(g);
        else for (const x of latin.slice(start, start + stem_phrase.length)) x.groups.push(g);
        if (!groups.has(g)) groups.set(g, means.flatMap((meaning) => this.meaning(meaning)));
      }
    });
    const dropped = Array.from(flat, () => false);
    for (const [han_phrase] of this.ignore) {
      let start = han_phrase ? flat.indexOf(han_phrase) : -1;
      while (start >= 0) {
        for (let i = start; i < start + han_phrase.length; i++) if (!inside[i].length) dropped[i] = true;
        start = flat.indexOf(han_phrase, start + han_phrase.length);
      }
    }

    let distress = false;
    for (const [han_phrase, stem_phrase] of this.distress) {
      const start = han_phrase ? flat.indexOf(han_phrase) : find_sequence(stems, stem_phrase);
      if (start < 0) continue;
      distress = true;
      if (han_phrase) dropped.fill(true, start, start + han_phrase.length);
      else for (const x of latin.slice(start, start + stem_phrase.length)) x.said = true;
    }

    const units = [];
    let spoken = [];
    let number = 0;
    let at = 0;
    for (const run of pieces) {
      if (run.han) {
        this.speak(units, spoken);
        spoken = [];
        this.han_units(units, run.text, at, dropped, inside);
      } else {
        const x = latin[number++];
        if (x.sounds.length && !x.groups.length) spoken = [...spoken, ...x.sounds];
        else if (!x.said && (x.groups.length || !this.quiet.has(x.own))) {
          this.speak(units, spoken);
          spoken = [];
          units.push(this.unit(this.quiet.has(x.own) ? [] : x.options, 1, x.groups));
        }
      }
      at += run.text.length;
    }
    this.speak(units, spoken);

    const weights = new Map();
    const weigh = ([term, weight]) => weights.set(term, Math.max(weights.get(term) ?? 0, weight));
    for (const unit of units) unit.options.filter(([term]) => this.in_section.has(term)).forEach(weigh);
    for (const group of groups.values()) group.forEach(weigh);
    return { units, weights, groups, distress };
  }

  meaning(text) {
    const found = terms(text, this.simplified)
      .map(([term]) => term)
      .filter((term) => (term.length > 1 || !is_han(term)) && this.in_section.has(term) && !this.quiet.has(term));
    return found.map((term) => [term, (this.w.synonym * 2) / (found.length + 1)]);
  }

  unit(options, share, groups) {
    const exact = options.length > 0 && options[0][1] === 1;
    const importance = exact ? this.idf(options[0][0]) : this.w.unknown * this.idf("");
    if (groups.length) options = options.map(([term, weight]) => [term, weight * this.w.explained]);
    return { options, importance: importance * share, groups };
  }

  speak(units, syllables) {
    if (syllables.length === 1) units.push(this.unit([], 1, []));
    for (let i = 1; i < syllables.length; i++) {
      units.push(this.unit(this.heard([syllables[i - 1]], [syllables[i]], "", ""), 1, []));
    }
  }

  han_units(units, run, at, dropped, inside) {
    const n = run.length;
    const exact = (i) =>
      i > 0 && i < n && !dropped[at + i - 1] && !dropped[at + i] && this.in_section.has(run.slice(i - 1, i + 1));
    for (let i = 0; i < n; i++) {
      if (dropped[at + i]) continue;
      const alone = (i === 0 || dropped[at + i - 1]) && (i === n - 1 || dropped[at + i + 1]);
      if (alone) {
        const options = this.in_section.has(run[i]) ? [[run[i], 1]] : [];
        units.push(this.unit(options, n > 1 ? 0.5 : 1, inside[at + i]));
      } else if (i && !dropped[at + i - 1]) {
        const a = run[i - 1], b = run[i];
        const both = inside[at + i - 1].filter((g) => inside[at + i].includes(g));
        const left = exact(i - 1), right = exact(i + 1);
        if (exact(i)) units.push(this.unit([[a + b, 1]], 1, both));
        else if (!left || !right) {
          let heard = both.length ? [] : this.heard(this.readings.get(a) ?? [], this.readings.get(b) ?? [], a, b);
          if (left) heard = heard.filter(([term]) => term[0] === a);
          if (right) heard = heard.filter(([term]) => term[1] === b);
          units.push(this.unit(heard, left || right ? this.w.seam : 1, both));
        }
      }
    }
  }

  answers(asked, page) {
    let total = 0, answered = 0, needed = this.w.coverage;
    for (const unit of asked.units) {
      let best = 0;
      for (const [term, weight] of unit.options) {
        if (!this.in_page.get(term)?.has(page)) continue;
        const subject = asked.units.length === 1 || this.in_section.get(term).size > 2 || this.subject(term);
        best = Math.max(best, weight * (subject ? 1 : this.w.incidental));
      }
      for (const g of unit.groups) {
        const pinned = this.index.synonyms[g][2] === page;
        if (!pinned && !asked.groups.get(g).some(([term]) => this.in_page.get(term).has(page))) continue;
        best = Math.max(best, this.w.synonym);
        needed = this.w.coverage_known;
      }
      total += unit.importance;
      answered += unit.importance * best;
    }
    return total ? answered / total / needed : 0;
  }

  /** What a page's score is multiplied by. */
  standing(page, pinned) {
    if (pinned.has(page)) return this.w.pinned;
    return this.index.background.some((section) => this.index.pages[page][0].startsWith(section)) ? this.w.background : 1;
  }

  search(query) {
    const asked = this.understand(query);
    const page_score = new Map();
    const section_score = new Map();
    const collect = (scores, found, value, lengths, mean) => {
      for (const [key, counts] of found) scores.set(key, (scores.get(key) ?? 0) + value * this.bm25(counts, lengths[key], mean));
    };
    for (const [term, weight] of asked.weights) {
      const value = weight * this.idf(term);
      collect(page_score, this.in_page.get(term), value, this.page_length, this.mean_page);
      collect(section_score, this.in_section.get(term), value, this.section_length, this.mean_section);
    }
    const best_section = new Map();
    for (const [s, score] of section_score) {
      const page = this.sections[s][0];
      best_section.set(page, Math.max(best_section.get(page) ?? 0, score));
    }
    const pinned = new Set([...asked.groups.keys()].map((g) => this.index.synonyms[g][2]));
    const answered = new Map([...page_score.keys()].map((page) => [page, this.answers(asked, page)]));
    let scored = [...page_score]
      .filter(([page]) => answered.get(page) >= this.w.beside)
      .map(([page, score]) => [
        page, (score + this.w.section_share * best_section.get(page)) * this.standing(page, pinned),
      ])
      .sort(by_score);
    const best = Math.max(...scored.filter(([page]) => answered.get(page) >= 1).map(([, score]) => score));
    scored = best > 0 ? scored.filter(([, score]) => score >= this.w.cut * best).slice(0, this.w.max_pages) : [];
    if (asked.distress) {
      const page = this.index.distress_page;
      scored = [[page, page_score.get(page) ?? 0], ...scored.filter((x) => x[0] !== page).slice(0, this.w.max_pages - 1)];
    }
    const hits = scored.map(([page, score]) => {
      const found = [...section_score].filter(([s]) => this.sections[s][0] === page).sort(by_score);
      const sections = found.filter(([, v]) => v >= found[0][1] / 2).slice(0, this.w.max_sections).map(([s]) => s);
      return { page, score, sections };
    });
    return { distress: asked.distress, terms: asked.weights, hits };
  }
}
