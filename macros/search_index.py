"""Search: the index of one language, and the reference of the ranking that the browser runs.

`build_index` turns the built HTML of the pages into one small JSON document: the plain text of every section, the
character tables and the synonyms. Postings are not stored. The browser derives them from the text on first use, in a
few milliseconds, because the text has to travel for the excerpts anyway and gzip cannot remove what postings repeat.
When the index of a language passes about 150 KB with gzip (some fifty pages), move the texts to a second file.

`Model` is the twin of `overrides/assets/js/search-core.js`: same names, same order of the same floating-point
operations (+ - * / only; `log2` is our own, since libraries differ in the last bit), so that both give equal scores
and one order. A test compares them.

Scores: BM25F over title, h2 and body. Han runs are cut into overlapping pairs, Latin words are lower-cased and
stemmed. Terms are joined by a soft OR, so whole questions work; a page must answer a share of the question to be
shown, so questions about something else find nothing.
"""
from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Callable, Iterable, Sequence

# --- weights: they travel in the index, so the browser has no copy that could differ ----------------------------------
WEIGHTS = {
    # BM25F: weight of a word by where it stands; how soon repetition stops counting (k1); how much long fields are held
    # back (b; titles are not).
    "title": 6, "heading": 3, "body": 1, "k1": 1.2, "norm_heading": 0.5, "norm_body": 0.7,
    # A word found in another shape. A pair that sounds the same counts less when neither character is the typed one; a
    # Latin word may be a slip away or still being typed.
    "homophone": 0.7, "homophone_both": 0.5, "typo": 0.6, "prefix": 0.5, "synonym": 0.8,
    # A word of a phrase that a synonym explains: the explanation counts more than its words.
    "explained": 0.5,
    # For the page that a synonym names as its best answer.
    "pinned": 1.5,
    # For pages that explain: whoever is in trouble is to find what to do before how it came about.
    "background": 0.93,
    # How much a page's best section adds to the page's own score.
    "section_share": 0.5,
    # Importance within the question, against a rare word of ours: a word in no page; a pair of characters that only joins
    # a known word to the next one.
    "unknown": 0.7, "seam": 0.25,
    # How far a word answers that stands in one or two sections and in no heading, when more was asked: it is seldom
    # the subject.
    "incidental": 0.6,
    # Share of the question that a page must answer to be shown; the same where a synonym speaks for the page.
    "coverage": 0.4, "coverage_known": 0.1,
    # Share of that with which a page may stand beside one that answers.
    "beside": 0.5,
    # Pages below this share of the best score are noise.
    "cut": 0.2,
    "max_pages": 8, "max_sections": 3, "max_query": 200,
}


# Sections of pages that explain and do not tell what to do.
BACKGROUND = ["learn/", "platforms/", "data/", "glossary/"]


# --- text -> terms (twins in search-core.js) ------------------------------------------------------------------------
def simplify_map(pair: Sequence[str]) -> dict[str, str]:
    """Traditional character -> simplified, from the two parallel strings of the index."""
    return dict(zip(pair[0], pair[1]))


def normalise(text: str, simplified: dict[str, str]) -> list[tuple[str, int]]:
    """Characters in one form with their position in `text`: full-width, accents, case, traditional characters."""
    out = []
    for position, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character).lower():
            if unicodedata.category(part) != "Mn":
                out.append((simplified.get(part, part), position))
    return out


def is_han(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character == "\u3007"


def is_latin(character: str) -> bool:
    return "a" <= character <= "z" or "0" <= character <= "9"


def runs(text: str, simplified: dict[str, str]) -> list[tuple[bool, list[tuple[str, int]]]]:
    """Runs of Han characters (True) and of Latin letters and digits (False); an apostrophe does not end a word."""
    out: list[tuple[bool, list[tuple[str, int]]]] = []
    open_run: bool | None = None
    for character, position in normalise(text, simplified):
        han = is_han(character)
        if han or is_latin(character):
            if open_run is not han:
                out.append((han, []))
            out[-1][1].append((character, position))
            open_run = han
        elif character not in "'\u2019" or open_run is not False:
            open_run = None
    return out


IRREGULAR = {
    "paid": "pay", "repaid": "repay", "lent": "lend", "owed": "owe", "owing": "owe", "sued": "sue", "suing": "sue",
    "died": "die", "dying": "die", "lied": "lie", "lying": "lie", "broke": "break", "broken": "break",
}
_VOWEL = re.compile("[aeiouy]")
_FIRST = (("ment", 3), ("ness", 3), ("ful", 3), ("ly", 4))  # ending, letters that must be left
_SECOND = (("ing", 3), ("ion", 3), ("ed", 3))
_THIRD = (("er", 3), ("or", 3))


def _cut(word: str, endings: tuple) -> str:
    """Take off the first ending that fits and leaves a stem with a vowel."""
    for ending, left in endings:
        rest = word[: len(word) - len(ending)]
        if word.endswith(ending) and len(rest) >= left and _VOWEL.search(rest):
            if ending != "ion" or rest[-1] in "st":
                return rest
    return word


def stem(word: str) -> str:
    """A light English stemmer: plural, -ed, -ing, -ion, -er, -or, -ment, -ness, -ful, -ly, final e and y.

    It only has to give the forms of one word one key; the key need not be a word.

    >>> [stem(w) for w in "collector collectors collecting collection harassment lawful families".split()]
    ['collect', 'collect', 'collect', 'collect', 'harass', 'law', 'fami']
    """
    w = IRREGULAR.get(word, word)
    if len(w) < 4 or not w.isalpha():
        return w
    if len(w) > 4 and (w.endswith("ies") or w.endswith("ied")):
        w = w[:-3] + "y"
    elif w.endswith("sses"):
        w = w[:-2]
    elif w.endswith("s") and w[-2] not in "sui":
        w = w[:-1]
    w = _cut(w, _FIRST)
    shorter = _cut(w, _SECOND)
    if shorter != w and shorter[-1] == shorter[-2] and shorter[-1] not in "lsz":
        shorter = shorter[:-1]  # stopped -> stop
    w = _cut(shorter, _THIRD)
    if len(w) > 3 and w.endswith("e"):
        w = w[:-1]
    if len(w) > 3 and w.endswith("y"):
        w = w[:-1] + "i"
    return w


def terms(text: str, simplified: dict[str, str]) -> list[tuple[str, int, int]]:
    """Terms of a text with the positions of their first and last character: Han pairs and singles, stems."""
    out = []
    for han, run in runs(text, simplified):
        if han:
            for i, (character, position) in enumerate(run):
                out.append((character, position, position))
                if i:
                    out.append((run[i - 1][0] + character, run[i - 1][1], position))
        else:
            out.append((stem("".join(c for c, _ in run)), run[0][1], run[-1][1]))
    return out


def log2(x: float) -> float:
    """Binary logarithm of x >= 1 to 12 bits, from + * / alone: equal to the last bit in Python and JavaScript."""
    n, f = 0.0, 0.5
    while x >= 2:
        x = x / 2
        n += 1
    for _ in range(12):
        x = x * x
        if x >= 2:
            x = x / 2
            n += f
        f = f / 2
    return n


def distance(a: str, b: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap two neighbours) from a to b; limit + 1 when there are more."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        two_before, before, row = before, row, [i]
        for j in range(1, len(b) + 1):
            same = a[i - 1] == b[j - 1]
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (0 if same else 1))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, two_before[j - 2] + 1)
            row.append(best)
    return min(row[len(b)], limit + 1)


@dataclass
class Unit:
    """One piece of the question: the terms that would answer it, each with a weight."""

    options: list[tuple[str, float]]
    importance: float
    groups: list[int] = field(default_factory=list)


@dataclass
class Understood:
    """A question put into terms: what to look for, how much each counts, what it is about."""

    units: list[Unit]
    weights: dict[str, float]
    groups: dict[int, list[tuple[str, float]]]
    distress: bool


class Model:
    """Postings and tables derived from an index. Twin of `Model` in search-core.js."""

    def __init__(self, index: dict) -> None:
        self.index = index
        self.w = index["weights"]
        self.simplified = simplify_map(index["simplify"])
        self.pages = index["pages"]
        self.sections = index["sections"]
        self.in_page: dict[str, dict[int, list[int]]] = {}
        self.in_section: dict[str, dict[int, list[int]]] = {}
        self.words: dict[str, str] = {}
        self.page_length = [[0, 0, 0] for _ in self.pages]
        self.section_length = [[0, 0, 0] for _ in self.sections]
        self.first_section: dict[int, int] = {}
        for s, (page, _anchor, heading, text) in enumerate(self.sections):
            if page not in self.first_section:
                self.first_section[page] = s
                self._add(page, s, 0, self.pages[page][1])
                self._add(page, s, 0, self.pages[page][3])
                self._add(page, s, 1, self.pages[page][2])
                self._add(page, s, 2, self.pages[page][4])
            self._add(page, s, 1, heading)
            self._add(page, s, 2, text)
        self.mean_page = [sum(x[f] for x in self.page_length) / len(self.pages) for f in range(3)]
        self.mean_section = [sum(x[f] for x in self.section_length) / len(self.sections) for f in range(3)]
        # Words of the synonyms count as known, so that a slip in one of them is mended too.
        self.groups = [([self.compact(s) for s in says], means) for says, means, _ in index["synonyms"]]
        self.distress = [self.compact(s) for s in index["distress"]]
        self.ignore = [self.compact(s) for s in index["ignore"]]
        self.quiet = {stems[0] for han, stems in self.ignore if not han}
        self.lexicon: set[str] = set()
        for phrase in [p for says, means, _ in index["synonyms"] for p in says + means] + index["distress"]:
            self._learn(phrase)
            self.lexicon.update(t for t, _, _ in terms(phrase, self.simplified))
        self.readings: dict[str, list[str]] = {}
        for syllable, characters in index["pinyin"].items():
            for character in characters:
                self.readings.setdefault(character, []).append(syllable)
        self.by_sound: dict[str, list[str]] = {}
        if self.readings:
            for term in self.in_section:
                # Only subjects: every pair sounds like some accidental one.
                if len(term) == 2 and is_han(term[0]) and self.subject(term):
                    for a in self.readings.get(term[0], []):
                        for b in self.readings.get(term[1], []):
                            self.by_sound.setdefault(a + " " + b, []).append(term)

    def _learn(self, text: str) -> None:
        for han, run in runs(text, self.simplified):
            if not han:
                word = "".join(c for c, _ in run)
                self.words.setdefault(word, stem(word))

    def _add(self, page: int, section: int, place: int, text: str) -> None:
        for term, _, _ in terms(text, self.simplified):
            counts = self.in_page.setdefault(term, {}).setdefault(page, [0, 0, 0])
            counts[place] += 1
            counts = self.in_section.setdefault(term, {}).setdefault(section, [0, 0, 0])
            counts[place] += 1
            self.page_length[page][place] += 1
            self.section_length[section][place] += 1
        self._learn(text)

    def compact(self, text: str) -> tuple[str, list[str]]:
        """A phrase in the form it is looked for: (characters without gaps, []) with Han in it, else ("", stems)."""
        pieces = runs(text, self.simplified)
        if any(han for han, _ in pieces):
            return "".join(c for _, run in pieces for c, _ in run), []
        return "", [stem("".join(c for c, _ in run)) for _, run in pieces]

    def idf(self, term: str) -> float:
        n = len(self.sections)
        df = len(self.in_section.get(term, ()))
        return log2(1 + (n - df + 0.5) / (df + 0.5))

    def bm25(self, counts: list[int], length: list[int], mean: list[float]) -> float:
        """Saturated frequency of one term in one page or section."""
        x = 0.0
        if counts[0]:
            x += self.w["title"] * counts[0]
        if counts[1]:
            x += self.w["heading"] * counts[1] / (1 - self.w["norm_heading"] + self.w["norm_heading"] * length[1] / mean[1])
        if counts[2]:
            x += self.w["body"] * counts[2] / (1 - self.w["norm_body"] + self.w["norm_body"] * length[2] / mean[2])
        return x / (self.w["k1"] + x)

    # -- the question ------------------------------------------------------------------------------------------------
    def spelled(self, word: str, typing: bool) -> list[tuple[str, float]]:
        """Stems for a typed Latin word: itself where known, else words it begins, else words a slip away."""
        own = stem(word)
        if own in self.in_section or own in self.lexicon:
            return [(own, 1.0)]
        if word.isdigit() or len(word) < 3:
            return []
        if typing:
            found = [(s, self.w["prefix"]) for w, s in self.words.items() if w.startswith(word)]
            if found:
                return found[:8]
        # The nearest known words. Short ones have too many neighbours to guess.
        best = 0 if len(word) < 5 else 1 if len(word) < 8 else 2
        found: dict[str, float] = {}
        for w, s in self.words.items() if best else ():
            d = distance(word, w, best) if len(w) > 3 else best + 1
            if d < best:
                best, found = d, {}
            if d == best:
                found[s] = self.w["typo"]
        return list(found.items())[:4]

    def syllables(self, word: str) -> list[str]:
        """`cuishou` -> [cui, shou]; [] when the word is not made of syllables that occur. Longest first, backing up."""
        known = self.index["pinyin"]
        word = word.replace("v", "u")  # keyboards write v for the u with two dots

        def cut(start: int) -> list[str] | None:
            if start == len(word):
                return []
            for size in range(6, 0, -1):
                piece = word[start : start + size]
                if len(piece) == size and piece in known:
                    rest = cut(start + size)
                    if rest is not None:
                        return [piece] + rest
            return None

        return cut(0) or []

    def heard(self, first: list[str], second: list[str], a: str, b: str) -> list[tuple[str, float]]:
        """Pairs of the index that sound like a + b, given their readings."""
        out: dict[str, float] = {}
        for x in first:
            for y in second:
                for term in self.by_sound.get(x + " " + y, []):
                    half = term[0] == a or term[1] == b or not a
                    out[term] = self.w["homophone"] if half else self.w["homophone_both"]
        return list(out.items())

    def subject(self, term: str) -> bool:
        """Whether a term is one of the site's subjects: in a title, heading, description or synonym."""
        found = self.in_section[term]
        return term in self.lexicon or any(counts[0] or counts[1] for counts in found.values())

    def understand(self, query: str) -> Understood:
        query = query[:self.w["max_query"]]
        pieces = runs(query, self.simplified)
        flat = "".join(c for _, run in pieces for c, _ in run)
        typing = bool(pieces) and not pieces[-1][0] and pieces[-1][1][-1][1] == len(query) - 1

        # Latin words first, since phrases are looked for in their mended form.
        latin: list[dict] = []
        for number, (han, run) in enumerate(pieces):
            if not han:
                word = "".join(c for c, _ in run)
                options = self.spelled(word, typing and number == len(pieces) - 1)
                exact = bool(options) and options[0][1] == 1.0
                sounds = [] if exact or not self.by_sound else self.syllables(word)
                latin.append({"own": stem(word), "options": options, "sounds": sounds, "groups": [], "said": False})
        stems = [x["options"][0][0] if x["options"] else x["own"] for x in latin]

        inside: list[list[int]] = [[] for _ in flat]  # groups whose phrase covers this character
        groups: dict[int, list[tuple[str, float]]] = {}
        for g, (says, means) in enumerate(self.groups):
            for han_phrase, stem_phrase in says:
                if han_phrase:
                    start = flat.find(han_phrase)
                    if start < 0:
                        continue
                    for i in range(start, start + len(han_phrase)):
                        inside[i].append(g)
                else:
                    start = find_sequence(stems, stem_phrase)
                    if start < 0:
                        continue
                    for x in latin[start : start + len(stem_phrase)]:
                        x["groups"].append(g)
                if g not in groups:
                    groups[g] = [t for meaning in means for t in self.meaning(meaning)]
        # Words that say nothing about the subject do not count. (A question made of nothing else finds nothing: what the
        # search says then is a better answer to "what do I do" than any list of pages.)
        dropped = [False] * len(flat)
        for han_phrase, _ in self.ignore:
            start = flat.find(han_phrase) if han_phrase else -1
            while start >= 0:
                for i in range(start, start + len(han_phrase)):
                    if not inside[i]:
                        dropped[i] = True
                start = flat.find(han_phrase, start + len(han_phrase))
        # Words of distress have their answer; only what was asked beside them is looked for.
        distress = False
        for han_phrase, stem_phrase in self.distress:
            start = flat.find(han_phrase) if han_phrase else find_sequence(stems, stem_phrase)
            if start < 0:
                continue
            distress = True
            if han_phrase:
                dropped[start : start + len(han_phrase)] = [True] * len(han_phrase)
            for x in latin[start : start + len(stem_phrase)] if stem_phrase else ():
                x["said"] = True

        units: list[Unit] = []
        at = 0
        spoken: list[str] = []  # syllables of Latin words in a row: `cui shou` is `cuishou`
        number = 0
        for han, run in pieces:
            if han:
                self.speak(units, spoken)
                spoken = []
                self.han_units(units, "".join(c for c, _ in run), at, dropped, inside)
            else:
                x = latin[number]
                number += 1
                if x["sounds"] and not x["groups"]:
                    spoken = spoken + x["sounds"]
                elif not x["said"] and (x["groups"] or x["own"] not in self.quiet):
                    self.speak(units, spoken)
                    spoken = []
                    options = [] if x["own"] in self.quiet else x["options"]
                    units.append(self.unit(options, 1.0, x["groups"]))
            at += len(run)
        self.speak(units, spoken)

        weights: dict[str, float] = {}
        for unit in units:
            for term, weight in unit.options:
                if term in self.in_section:
                    weights[term] = max(weights.get(term, 0.0), weight)
        for group in groups.values():
            for term, weight in group:
                weights[term] = max(weights.get(term, 0.0), weight)
        return Understood(units, weights, groups, distress)

    def meaning(self, text: str) -> list[tuple[str, float]]:
        """Terms for one word that the pages use; a long word does not count more than a short one."""
        found = [t for t, first, last in terms(text, self.simplified) if first < last or not is_han(t)]
        found = [t for t in found if t in self.in_section and t not in self.quiet]
        return [(t, self.w["synonym"] * 2 / (len(found) + 1)) for t in found]

    def unit(self, options: list[tuple[str, float]], share: float, groups: list[int]) -> Unit:
        """A piece of the question with its importance: rare words tell more than common ones."""
        exact = bool(options) and options[0][1] == 1.0
        importance = self.idf(options[0][0]) if exact else self.w["unknown"] * self.idf("")
        if groups:
            options = [(term, weight * self.w["explained"]) for term, weight in options]
        return Unit(options, importance * share, groups)

    def speak(self, units: list[Unit], syllables: list[str]) -> None:
        """Pieces for typed pinyin; one syllable alone could be anything."""
        if len(syllables) == 1:
            units.append(self.unit([], 1.0, []))
        for i in range(1, len(syllables)):
            units.append(self.unit(self.heard([syllables[i - 1]], [syllables[i]], "", ""), 1.0, []))

    def han_units(self, units: list[Unit], run: str, at: int, dropped: list[bool], inside: list[list[int]]) -> None:
        """Pairs of one run of Han characters; a character left alone by dropped words counts half."""
        n = len(run)
        # exact[i]: the pair (i - 1, i) is in a page.
        exact = [False] * (n + 1)
        for i in range(1, n):
            exact[i] = not dropped[at + i - 1] and not dropped[at + i] and run[i - 1 : i + 1] in self.in_section
        for i in range(n):
            if dropped[at + i]:
                continue
            alone = (i == 0 or dropped[at + i - 1]) and (i == n - 1 or dropped[at + i + 1])
            if alone:
                options = [(run[i], 1.0)] if run[i] in self.in_section else []
                units.append(self.unit(options, 0.5 if n > 1 else 1.0, inside[at + i]))
            elif i and not dropped[at + i - 1]:
                a, b = run[i - 1], run[i]
                both = [g for g in inside[at + i - 1] if g in inside[at + i]]
                if exact[i]:
                    units.append(self.unit([(a + b, 1.0)], 1.0, both))
                elif exact[i - 1] and exact[i + 1]:
                    continue  # only the seam between two words
                else:
                    heard = [] if both else self.heard(self.readings.get(a, []), self.readings.get(b, []), a, b)
                    # A character that belongs to a known pair is right; the other one may be the wrong one.
                    if exact[i - 1]:
                        heard = [x for x in heard if x[0][0] == a]
                    if exact[i + 1]:
                        heard = [x for x in heard if x[0][1] == b]
                    units.append(self.unit(heard, self.w["seam"] if exact[i - 1] or exact[i + 1] else 1.0, both))

    # -- the answer --------------------------------------------------------------------------------------------------
    def answers(self, asked: Understood, page: int) -> float:
        """Share of the question that a page answers, against the share it must answer: 1 or more is enough."""
        total, answered = 0.0, 0.0
        needed = self.w["coverage"]
        for unit in asked.units:
            best = 0.0
            for term, weight in unit.options:
                if page in self.in_page.get(term, ()):
                    subject = len(asked.units) == 1 or len(self.in_section[term]) > 2 or self.subject(term)
                    best = max(best, weight * (1.0 if subject else self.w["incidental"]))
            for g in unit.groups:
                pinned = self.index["synonyms"][g][2] == page
                if pinned or any(page in self.in_page[term] for term, _ in asked.groups[g]):
                    best = max(best, self.w["synonym"])
                    needed = self.w["coverage_known"]
            total += unit.importance
            answered += unit.importance * best
        return answered / total / needed if total else 0.0

    def standing(self, page: int, pinned: set[int]) -> float:
        """What a page's score is multiplied by."""
        if page in pinned:
            return self.w["pinned"]
        return self.w["background"] if self.pages[page][0].startswith(tuple(self.index["background"])) else 1

    def search(self, query: str) -> dict:
        """Pages and their sections, best first.

        Returns:
            {"distress": bool, "terms": {term: weight}, "hits": [{"page", "score", "sections": [section numbers]}]}
        """
        asked = self.understand(query)
        page_score: dict[int, float] = {}
        section_score: dict[int, float] = {}
        for term, weight in asked.weights.items():
            value = weight * self.idf(term)
            for page, counts in self.in_page[term].items():
                gain = value * self.bm25(counts, self.page_length[page], self.mean_page)
                page_score[page] = page_score.get(page, 0.0) + gain
            for section, counts in self.in_section[term].items():
                gain = value * self.bm25(counts, self.section_length[section], self.mean_section)
                section_score[section] = section_score.get(section, 0.0) + gain
        best_section: dict[int, float] = {}
        for section, score in section_score.items():
            page = self.sections[section][0]
            best_section[page] = max(best_section.get(page, 0.0), score)
        pinned = {self.index["synonyms"][g][2] for g in asked.groups}
        answered = {page: self.answers(asked, page) for page in page_score}
        scored = [
            (page, (score + self.w["section_share"] * best_section[page]) * self.standing(page, pinned))
            for page, score in page_score.items()
            if answered[page] >= self.w["beside"]
        ]
        scored.sort(key=lambda x: (-x[1], x[0]))
        # One page must answer; then pages that answer in part may stand beside it.
        best = max([score for page, score in scored if answered[page] >= 1], default=float("inf"))
        scored = [x for x in scored if x[1] >= self.w["cut"] * best][: self.w["max_pages"]]
        if asked.distress:
            help_page = self.index["distress_page"]
            own = page_score.get(help_page, 0.0)
            scored = [(help_page, own)] + [x for x in scored if x[0] != help_page][: self.w["max_pages"] - 1]
        hits = []
        for page, score in scored:
            found = [(s, v) for s, v in section_score.items() if self.sections[s][0] == page]
            found.sort(key=lambda x: (-x[1], x[0]))
            found = [s for s, v in found if v >= found[0][1] / 2][: self.w["max_sections"]]
            hits.append({"page": page, "score": score, "sections": found})
        return {"distress": asked.distress, "terms": asked.weights, "hits": hits}


def find_sequence(words: list[str], phrase: list[str]) -> int:
    """Where `phrase` stands in `words`, or -1."""
    for start in range(len(words) - len(phrase) + 1):
        if words[start : start + len(phrase)] == phrase:
            return start
    return -1


def search(index: dict, query: str) -> list[str]:
    """Addresses of the pages found, best first."""
    model = Model(index)
    return [model.pages[hit["page"]][0] for hit in model.search(query)["hits"]]


# --- HTML -> sections -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PageSource:
    """One built page.

    Attributes:
        url: Address relative to the root of the language: "visits/rules/", "" for the home page.
        title: The page's title (front matter).
        description: The page's description (front matter).
        html: Built HTML of the article.
    """

    url: str
    title: str
    description: str
    html: str


_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_SKIP_TAGS = frozenset("script style template nav svg select datalist noscript math dialog".split())
# Beside the marks meant for us: the line that stands on every help page, and references in the text, which are kept
# apart (`cited`): in an excerpt they would stand between the reader and the sentence.
_SKIP_CLASSES = frozenset("no-search references headerlink distress badge law why".split())
_INLINE = frozenset("a abbr b bdi code data em i kbd mark q s small span strong sub sup time u wbr button".split())


class _Sections:
    """Collects [anchor, heading, text]: the part before the first heading, then each h2 and h3 with an id."""

    def __init__(self) -> None:
        self.sections: list[list] = [["", [], []]]
        self.title: list[str] = []
        self.cited: list[str] = []
        self._citing = False
        self._skip: tuple[str, int] | None = None  # tag that started the skipped part, how many of it are open
        self._heading: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if self._skip:
            if tag == self._skip[0]:
                self._skip = (tag, self._skip[1] + 1)
            if given.get("class") == "law__name":
                self._citing = True
                self.cited.append("")
            return
        classes = set((given.get("class") or "").split())
        hidden = "hidden" in given or "popover" in given
        working = tag == "button" and "popovertarget" not in given  # a word with an explanation is a button too
        if tag in _SKIP_TAGS or hidden or working or classes & _SKIP_CLASSES:
            if tag not in _VOID:
                self._skip = (tag, 1)
            return
        if tag == "h1":
            self._heading = tag
        elif tag in ("h2", "h3") and given.get("id"):
            self.sections.append([given["id"], [], []])
            self._heading = tag
        elif tag not in _INLINE:
            self._put(" ")

    def handle_endtag(self, tag: str) -> None:
        if self._skip:
            self._citing = False
            if tag == self._skip[0]:
                left = self._skip[1] - 1
                self._skip = (tag, left) if left else None
            return
        if tag == self._heading:
            self._heading = None
        elif tag not in _INLINE:
            self._put(" ")

    def handle_data(self, data: str) -> None:
        if self._citing:
            self.cited[-1] += data
        elif not self._skip:
            self._put(data)

    def _put(self, text: str) -> None:
        place = self.sections[-1][2]
        if self._heading:
            place = self.title if self._heading == "h1" else self.sections[-1][1]
        place.append(text)


_TOKEN = re.compile(r"""<(/?)([a-z][\w-]*)((?:"[^"]*"|[^">])*)>|<!--.*?-->|([^<]+)""", re.S)
_ATTRIBUTE = re.compile(r"""([\w:-]+)(?:="([^"]*)")?""")
_SPACE = re.compile(r"[\s\u200b\u00ad]+")


def _tidy(parts: Iterable[str]) -> str:
    return _SPACE.sub(" ", "".join(parts)).strip()


def sections_of(html: str) -> tuple[str, list[tuple[str, str, str]], str]:
    """The h1; (anchor, heading, plain text) of the part before the first h2 or h3 and of each one with an id; what the
    page cites, each once."""
    parser = _Sections()
    # What a build has written quotes every attribute and closes every tag, so a pattern reads it, four times as fast as the
    # parser for anybody's HTML whose handlers these are.
    for end, tag, given, text in _TOKEN.findall(html):
        if not tag:
            parser.handle_data(unescape(text))
        elif end:
            parser.handle_endtag(tag)
        else:
            parser.handle_starttag(tag, _ATTRIBUTE.findall(given))
    found = [(anchor, _tidy(heading), _tidy(text)) for anchor, heading, text in parser.sections]
    return _tidy(parser.title), found, _tidy(" ".join(dict.fromkeys(parser.cited)))


# --- tables ---------------------------------------------------------------------------------------------------------
def _package_file(package: str, name: str) -> Path:
    """A data file of an installed package, without importing the package: pypinyin alone takes 0.2 s to import."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed: it is in requirements.txt.")
    path = Path(spec.submodule_search_locations[0]) / name
    if not path.is_file():
        raise FileNotFoundError(f"{path}: this release of {package} has no {name}. Pin the one in requirements.txt.")
    return path


@lru_cache(maxsize=1)
def _traditional() -> dict[str, str]:
    """Traditional character -> its first simplified form."""
    table = {}
    for line in _package_file("opencc", "dictionary/TSCharacters.txt").read_text("utf-8").splitlines():
        left, _, right = line.partition("\t")
        first = right.split(" ")[0] if right else ""
        if len(left) == 1 and len(first) == 1 and left != first:
            table[left] = first
    return table


@lru_cache(maxsize=1)
def _readings() -> dict[str, str]:
    return json.loads(_package_file("pypinyin", "pinyin_dict.json").read_text("utf-8"))


# Common characters with a second reading that differs by more than the tone. The package lists rare readings as well.
_SECOND_READING = dict(
    pair.split(":")
    for pair in """还:huan 行:hang 长:zhang 重:chong 得:dei 了:liao 着:zhao 地:de 都:du 调:tiao 传:zhuan 率:shuai 藏:zang 差:chai
    给:ji 会:kuai 觉:jiao 卡:qia 乐:yue 没:mo 曾:ceng 弹:tan 系:ji 折:she 大:dai 单:shan 说:shui 降:xiang 参:shen 解:xie
    提:di 校:jiao 厦:xia 约:yao 数:shuo 种:chong 据:ju 熟:shou 谁:shei 这:zhei 那:nei 宿:xiu 期:qi 合:he""".split()
)


@lru_cache(maxsize=None)
def toneless(character: str) -> tuple[str, ...]:
    """The usual readings of a character without tones; the u with two dots is written u."""
    reading = _readings().get(str(ord(character)), "").split(",")[0]
    plain = "".join(c for c in unicodedata.normalize("NFKD", reading) if c.isascii() and c.isalpha())
    second = _SECOND_READING.get(character, plain)
    return tuple(r for r in dict.fromkeys((plain, second)) if r)


def _common_characters() -> Iterable[str]:
    """The 3,755 characters of level 1 of GB/T 2312: what a reader may type in place of the right one."""
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                return


def _tables(subjects: Iterable[str], bodies: Iterable[str], lang: str) -> tuple[list[str], dict[str, str]]:
    """(traditional, simplified) as parallel strings, and pinyin -> characters, cut down to what is needed.

    Args:
        subjects: Titles, headings, descriptions and synonyms: only their words are found by sound.
        bodies: All other text.
        lang: "zh" or "en".
    """
    traditional = _traditional()
    in_subjects = {traditional.get(c, c) for text in subjects for c in text if is_han(c)}
    in_texts = in_subjects | {traditional.get(c, c) for text in bodies for c in text if is_han(c)}
    pairs = sorted((t, s) for t, s in traditional.items() if s in in_texts)
    simplify = ["".join(t for t, _ in pairs), "".join(s for _, s in pairs)]
    if lang != "zh":
        return simplify, {}
    sounds = {r for c in in_subjects for r in toneless(c)}
    by_sound: dict[str, list[str]] = {}
    for character in sorted(in_texts | set(_common_characters())):
        for reading in toneless(character):
            if reading in sounds:
                by_sound.setdefault(reading, []).append(character)
    return simplify, {s: "".join(by_sound[s]) for s in sorted(by_sound)}


# --- the index ------------------------------------------------------------------------------------------------------
def load_synonyms(path: Path) -> dict:
    """Read data/search/synonyms.yml, strictly.

    Raises:
        ValueError: Lists every mistake: not what data/schemas/synonyms.json asks for, a key twice, or one phrase in two
            entries (which of them would be meant?).
    """
    import yaml
    from jsonschema import Draft202012Validator

    class Strict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        """Of two equal keys YAML silently keeps the last."""

    def mapping(loader, node):
        keys = [key.value for key, _ in node.value]
        for key, _ in node.value:
            if keys.count(key.value) > 1:
                problems.append(f'line {key.start_mark.line + 1}: "{key.value}" stands twice. Keep one.')
        return dict(loader.construct_pairs(node, deep=True))

    Strict.add_constructor("tag:yaml.org,2002:map", mapping)
    problems: list[str] = []
    found = yaml.load(path.read_text("utf-8"), Loader=Strict)
    schema = json.loads((path.parent.parent / "schemas" / "synonyms.json").read_text("utf-8"))
    for error in Draft202012Validator(schema).iter_errors(found):
        where = " > ".join(map(str, error.absolute_path)) or "the file"
        hint = " Quote it." if error.validator == "type" else ""
        problems.append(f"{where}: {error.message}.{hint}")
    if not problems:
        seen: dict[str, str] = {}
        for entry in found["synonyms"]:
            for phrase in [*entry["say"]["zh"], *entry["say"]["en"]]:
                other = seen.setdefault(phrase.lower(), entry["id"])
                if other != entry["id"]:
                    problems.append(f'{entry["id"]}: "{phrase}" also stands in {other}. Keep it in one entry.')
    if problems:
        raise ValueError("\n".join(f"data/search/synonyms.yml: {problem}" for problem in sorted(set(problems))))
    return found


def build_index(pages: Sequence[PageSource], lang: str, synonyms: dict) -> dict:
    """The index of one language.

    Args:
        pages: In the order of the navigation, which decides between equal scores.
        lang: "zh" or "en".
        synonyms: What `load_synonyms` returned.
    Returns:
        A document for `dumps`: pages [url, h1, description, title where it differs, laws cited], sections [page, anchor, heading, text], the tables and
        the synonyms. Phrases of both languages go into both indexes: a reader of the English pages may type Chinese.
    Raises:
        ValueError: A page that the synonyms name is not among the pages.
    """
    listed, sections = [], []
    for number, page in enumerate(pages):
        title, parts, cited = sections_of(page.html)
        # The h1 says what the page answers; the title, kept plain for the browser's tab, is searched as well.
        listed.append([page.url, title or page.title, page.description, page.title if title and title != page.title else "", cited])
        for position, (anchor, heading, text) in enumerate(parts):
            if text or anchor or len(parts) == 1 or position == 0:
                sections.append([number, anchor, heading, text])
    urls = [p.url for p in pages]

    def number_of(address: str, where: str) -> int:
        if address in urls:
            return urls.index(address)
        raise ValueError(f"data/search/synonyms.yml: {where}: no {lang} page has the address {address!r}. Name one that exists.")

    # A word of the other language is one more way to say it.
    other = "en" if lang == "zh" else "zh"
    groups = [
        [sorted({*entry["say"]["zh"], *entry["say"]["en"], *entry["means"][other]}), entry["means"][lang],
         number_of(entry["page"], entry["id"]) if "page" in entry else -1]
        for entry in synonyms["synonyms"]
    ]
    distress = synonyms["distress"]["say"]["zh"] + synonyms["distress"]["say"]["en"]
    ignore = sorted(synonyms["ignore"]["zh"], key=lambda s: (-len(s), s)) + sorted(synonyms["ignore"]["en"])
    subjects = [p for says, means, _ in groups for p in says + means] + distress + ignore
    subjects += [t for p in listed for t in p[1:4]] + [s[2] for s in sections]
    simplify, pinyin = _tables(subjects, [p[4] for p in listed] + [s[3] for s in sections], lang)
    return {
        "background": BACKGROUND,
        "distress": distress,
        "distress_page": number_of(synonyms["distress"]["page"], "distress"),
        "ignore": ignore,
        "lang": lang,
        "pages": listed,
        "pinyin": pinyin,
        "sections": sections,
        "simplify": simplify,
        "synonyms": groups,
        "weights": WEIGHTS,
    }


def only_pages(index: dict, wanted: Callable[[str], bool]) -> dict:
    """The index of some of the pages, by their address; the page for distress has to be among them.

    Raises:
        KeyError: It is not.
    """
    numbers: dict[int, int] = {}
    for old, page in enumerate(index["pages"]):
        if wanted(page[0]):
            numbers[old] = len(numbers)
    return index | {
        "pages": [index["pages"][old] for old in numbers],
        "sections": [[numbers[number], *rest] for number, *rest in index["sections"] if number in numbers],
        "synonyms": [[says, means, numbers.get(page, -1)] for says, means, page in index["synonyms"]],
        "distress_page": numbers[index["distress_page"]],
    }


def dumps(index: dict) -> str:
    """The index as the file the browser reads: compact, keys sorted, equal bytes for equal pages."""
    return json.dumps(index, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
