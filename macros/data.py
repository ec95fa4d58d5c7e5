"""Read data/, check it, and hand it out as one frozen Facts object.

Every mistake in data/ ends in a DataError that lists all of them, each with file, line and remedy:

    data/lpr.csv, line 14: effective_date is "2024-7-22". Write dates as YYYY-MM-DD: 2024-07-22.
    data/laws.yml, line 12: civil-code: source "civil-cod" is not in data/sources.yml. Did you mean "civil-code"?

The module is pure: it reads files below one root and knows no clock, no language and no page.
"""
from __future__ import annotations

import csv
import datetime as dt
import difflib
import functools
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import yaml
from jsonschema import Draft202012Validator, validators

from . import letters
from .articles import article_name

LANGUAGES = ("zh", "en")

# Which grades of which scale may be printed. "reported" = only together with who reported it.
# law.md: A25, A26 compared word by word with a public text; B second-hand; C not verified.
# regulation.md: A official text, A- quoted alike by two sources, B two second-hand sources, C one, D none.
# hotlines.yml: A official, B two independent sources (listed with the entry), C one or an old source, D none.
_GRADES: Mapping[str, Mapping[str, str]] = {
    "law.md": {"A": "print", "A25": "print", "A26": "print", "B": "reported", "C": "never"},
    "regulation.md": {
        "A": "print", "A-": "print", "A/B": "reported", "A-/B": "reported", "B+": "reported", "B": "reported",
        "B-": "reported", "C": "reported", "D": "never",
    },
    "hotlines.yml": {"A": "print", "A/B": "print", "B": "print", "C": "reported", "D": "never"},
}
# Facts that rest on one report must say so; B- is two weak ones and reads as "reported".
_ONE_REPORT = {("regulation.md", "C"), ("hotlines.yml", "C")}

_ISO_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_LOOSE_DAY = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
_YAML_DATE = re.compile(r"^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}.*)?$")
_YAML_INT = re.compile(r"^-?(?:0|[1-9]\d*)$")
_YAML_OTHER_NUMBER = re.compile(r"^[-+]?(?:\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+|\d+(?::\d{1,2})+|0[0-7xob][\da-fA-F_]*)$")
_YAML_BOOL_LIKE = {"yes", "no", "on", "off"}
_YAML_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
ARTICLE_NOTATION = re.compile(
    r"^(?:(?P<article>\d+)(?:-(?P<extra>[1-9]))?|(?P<word>[a-z][a-z0-9]*(?:-[a-z0-9]+)*))"
    r"(?:\.(?P<paragraph>\d+))?(?:\((?P<item>\d+)\))?$"
)
# In the wording of complaints.yml and myths.yml: {12378}, {12321:name}, {limit:credit_complaint}, {limit:answer_period:2}.
_PLACEHOLDER = re.compile(r"\{(?:limit:(?P<limit>[a-z0-9_-]+)(?::(?P<index>\d+))?|(?P<channel>[a-z0-9_-]+)(?P<name>:name)?)\}")
# In the wording of timeline.yml: {series/row/column}.
PUBLISHED_FIGURE = re.compile(r"\{(?P<series>[a-z0-9-]+)/(?P<row>[^/{}]+)/(?P<column>[a-z0-9_]+)\}")
_TYPED_TERM = re.compile(r"\d+ ?(?:个工作日|小时|[日天年])|\d+ (?:working )?(?:day|year|hour|month)s?\b")

# The number of a clause in wording that should name the clause by its key: 第 22 条, 第二十二条, 5.3, art. 22.
_TYPED_CLAUSE = re.compile(r"第 ?[\d一二三四五六七八九十百]+ ?[条款项]|\b\d+\.\d+\b|\b(?:art\.|article|clause) ?\d+", re.I)


class DataError(ValueError):
    """Something in data/ is wrong, or a page asks for a fact that data/ does not hold.

    Attributes:
        problems: One message per mistake, each with file, line (where there is one) and remedy.
    """

    def __init__(self, problems: str | Iterable[str]):
        self.problems = [problems] if isinstance(problems, str) else list(problems)
        head = "" if len(self.problems) == 1 else f"{len(self.problems)} mistakes in data/:\n"
        super().__init__(head + "\n".join(self.problems))


class LprError(DataError):
    """No loan prime rate can be given for a day."""


class LprTooEarly(LprError):
    """The day lies before the first rate of the reformed LPR."""


class LprNotVerified(LprError):
    """The day lies after the last day for which the rate was checked; it must not be carried on."""


# Grades ------------------------------------------------------------------------


def _treatment(confidence: Mapping) -> str:
    return _GRADES.get(confidence["scale"], {}).get(confidence["grade"], "never")


def publishable(confidence: Mapping, publish: str = "ready") -> bool:
    """Whether a fact of this grade may stand on a page at all.

    Args:
        confidence: {grade, scale}; the scale names whose grades they are.
        publish: "ready", "with_caution" or "hold".
    """
    return publish != "hold" and _treatment(confidence) != "never"


def needs_reporter(confidence: Mapping) -> bool:
    """Whether the fact may only be printed together with who reported it."""
    return _treatment(confidence) == "reported"


def one_report_only(confidence: Mapping) -> bool:
    """Whether the page must say that there is only one report."""
    return (confidence["scale"], confidence["grade"]) in _ONE_REPORT


def expires_of(fact: Mapping) -> str | None:
    """Last day (YYYY-MM-DD, inclusive) on which a fact holds, or None if it has no end.

    A law ends with its in_force.until; a draft or a repealed text says so by its badge and has no expiry of its own.
    """
    if fact.get("expires"):
        return fact["expires"]
    if fact.get("status") == "in-force":
        return fact.get("in_force", {}).get("until")
    return None


# Facts -------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """Everything in data/, checked. Mappings keep the order of the files."""

    sources: Mapping[str, dict]
    laws: Mapping[str, dict]
    limits: Mapping[str, dict]
    hotlines: Mapping[str, dict]
    glossary: Mapping[str, dict]
    lpr: tuple[dict, ...]
    lpr_notes: Mapping[str, object]
    checks: Mapping[str, dict]
    holidays: Mapping[str, dict]
    ui: Mapping[str, dict]
    calculators: Mapping[str, dict]
    complaints: Mapping[str, dict]
    myths: Mapping[str, dict]
    letters: Mapping[str, dict]
    audit: Mapping[str, dict]
    renumbering: Mapping[str, dict]
    brief: Mapping[str, dict]
    series: Mapping[str, dict]
    timeline: Mapping[str, dict]

    def law(self, law_id: str, article: str | None = None) -> dict:
        """An instrument, or one of its articles as written in laws.yml.

        Raises:
            DataError: The id or the article is not there; the message offers the nearest ones.
        """
        law = _find(self.laws, law_id, f'law("{law_id}")', "data/laws.yml")
        if article is None:
            return law
        if article in law["articles"]:
            return law["articles"][article]
        match = ARTICLE_NOTATION.match(article)
        if not match:
            raise DataError(
                f'article "{article}" of {law_id} cannot be read. '
                'Write "47(3)" for item 3, "78.2" for paragraph 2, "50.1(5)" for both, "293-1" for 第二百九十三条之一.'
            )
        # The nearest key first: same article, other paragraph or item.
        base = (match["article"] or match["word"]) + (f"-{match['extra']}" if match["extra"] else "")
        same = [key for key in law["articles"] if re.match(rf"{re.escape(base)}(?![\d-])", key)]
        raise DataError(
            f'article "{article}" of {law_id} is not in data/laws.yml. '
            + _nearest(article, same or law["articles"], "Add it there with a sentence in zh and en.")
        )

    def limit(self, limit_id: str) -> dict:
        """A number of limits.yml that may be published."""
        limit = _find(self.limits, limit_id, f'limit("{limit_id}")', "data/limits.yml")
        if limit["publish"] == "hold":
            raise DataError(
                f'limit "{limit_id}" is on hold in data/limits.yml (grade {_grade(limit["confidence"])}). '
                "Do not use it on a page before it is verified and its publish is raised."
            )
        return limit

    def hotline(self, hotline_id: str) -> dict:
        """A line or channel of hotlines.yml that may be published."""
        line = _find(self.hotlines, hotline_id, f'hotline("{hotline_id}")', "data/hotlines.yml")
        if line["publish"] == "hold":
            raise DataError(
                f'hotline "{hotline_id}" is on hold in data/hotlines.yml (grade {_grade(line["confidence"])}). '
                "Do not use it on a page before it is verified and its publish is raised."
            )
        return line

    def term(self, term_id: str) -> dict:
        """An entry of the glossary."""
        return _find(self.glossary, term_id, f'term("{term_id}")', "data/glossary.yml")

    def myth(self, myth_id: str) -> dict:
        """A common claim with its truth."""
        return _find(self.myths, myth_id, f'myth("{myth_id}")', "data/myths.yml")

    def letter(self, letter_id: str) -> dict:
        """A letter that readers fill in."""
        return _find(self.letters["letters"], letter_id, f'letter("{letter_id}")', "data/letters.yml")

    def figures(self, series_id: str, call: str) -> dict:
        """A published series."""
        return _find(self.series, series_id, call, "data/series/")

    def source(self, source_id: str) -> dict:
        """A document of sources.yml."""
        return _find(self.sources, source_id, f'cite("{source_id}")', "data/sources.yml")

    @property
    def holidays_for_engine(self) -> dict[str, dict]:
        """The years of holidays.yml as the engine and the browser read them: {"2026": {off: [[first, last]], work: [day]}}."""
        return {
            year: {"off": [[span["from"], span["until"]] for span in entry["days_off"]], "work": list(entry["work"])}
            for year, entry in self.holidays.items()
        }

    def lpr_on(self, day: dt.date | str) -> dict:
        """The row of lpr.csv that held on a day.

        Args:
            day: A date, or YYYY-MM-DD. A rate holds from its publication until the next one.
        Returns:
            {effective_date, lpr_1y_percent, lpr_5y_percent, source}; rates are per cent, as printed.
        Raises:
            LprTooEarly: Before the first rate; the old benchmark rate is another series and is not joined on.
            LprNotVerified: After lpr.yml's verified_until.
        """
        iso = day.isoformat() if isinstance(day, dt.date) else day
        if not _ISO_DAY.match(iso):
            raise LprError(f'"{iso}" is not a date. Write dates as YYYY-MM-DD.')
        first, until = self.lpr[0]["effective_date"], self.lpr_notes["verified_until"]
        if iso < first:
            raise LprTooEarly(f"there is no LPR for {iso}: the first one is of {first}. Say so; do not guess.")
        if iso > until:
            raise LprNotVerified(
                f"the LPR is verified up to {until} only, not for {iso}. "
                "Say that it was not verified and let the reader enter the figure; do not carry the old one on."
            )
        return next(row for row in reversed(self.lpr) if row["effective_date"] <= iso)


def _grade(confidence: Mapping) -> str:
    return f'{confidence["grade"]} of {confidence["scale"]}'


def _nearest(word: str, known: Iterable[str], otherwise: str = "") -> str:
    near = difflib.get_close_matches(word, list(known), n=3, cutoff=0.5)
    if near:
        return "Did you mean " + " or ".join(f'"{n}"' for n in near) + "?"
    return otherwise


def _find(mapping: Mapping[str, dict], key: str, call: str, file: str) -> dict:
    if key in mapping:
        return mapping[key]
    raise DataError(f"{call} is not in {file}. " + _nearest(key, mapping, "Add it there first."))


# Strict YAML -------------------------------------------------------------------


class _Document:
    """One YAML file as plain dict, list, str, int, bool and None, with the line of every key and item."""

    def __init__(self, name: str, text: str, problems: list[str]):
        self.name = name
        self.problems = problems
        self.lines: dict[tuple, int] = {}
        self.data: object = {}
        self.sound = True  # no problem found in this file so far
        try:
            self._events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            for event in self._events:
                if not isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
                    break
            else:  # pragma: no cover - a stream always has an end event
                return
            if isinstance(event, yaml.StreamEndEvent):
                return
            value = self._value(event, ())
            self.data = {} if value is None else value
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = f", line {mark.line + 1}" if mark else ""
            problems.append(
                f"{name}{line}: this is not valid YAML ({error.problem}). "
                "Check the indentation, and quote text that holds a colon or begins with a mark."
            )

    def line(self, path: tuple) -> int | None:
        """Line of a path, or of the nearest thing above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def say(self, path: Iterable, message: str) -> None:
        """Record a problem at a path; its first part (the id of the entry) goes in front of the message."""
        path = tuple(path)
        line = self.line(path)
        entry = f"{path[0]}: " if path else ""
        self.problems.append(f"{self.name}{f', line {line}' if line else ''}: {entry}{message}")

    def _value(self, event, path: tuple):
        kind = type(event)
        if kind is yaml.ScalarEvent:
            return self._scalar(event, path)
        if kind is yaml.MappingStartEvent:
            return self._mapping(path)
        if kind is yaml.SequenceStartEvent:
            items = []
            for inner in self._events:
                if type(inner) is yaml.SequenceEndEvent:
                    return items
                place = (*path, len(items))
                self.lines[place] = inner.start_mark.line + 1
                items.append(self._value(inner, place))
        # An alias would let one fact stand in two places under two names.
        self.say(path, "anchors and aliases are not used here. Write the value out.")
        return None

    def _mapping(self, path: tuple) -> dict:
        mapping: dict = {}
        events, lines = self._events, self.lines
        for event in events:
            kind = type(event)
            if kind is yaml.MappingEndEvent:
                return mapping
            line = event.start_mark.line + 1
            if kind is not yaml.ScalarEvent:
                lines.setdefault(path, line)
                self.say(path, "a key must be a word. Write it on one line.")
                key = f"line {line}"
                if kind is not yaml.AliasEvent:
                    self._value(event, (*path, key))
            else:
                key = event.value
            inner = (*path, key)
            first = lines.get(inner)
            lines[inner] = line
            if kind is yaml.ScalarEvent and event.implicit[0] and key[:1].isdigit() and _YAML_DATE.match(key):
                self.say(inner, f'the date {key} has no quotes. Quote dates: "{_mended_date(key)}".')
            value = self._value(next(events), inner)
            if key in mapping:
                lines[inner] = line
                where = " in " + ".".join(map(str, path)) if path else ""
                self.say(inner, f'"{key}" stands twice{where} (first on line {first}). Keep one.')
            mapping[key] = value
        raise AssertionError("YAML events end inside a mapping")  # pragma: no cover

    def _scalar(self, event, path: tuple):
        text = event.value
        if event.tag is not None:
            self.say(path, f"tag {event.tag} is not used here. Write plain or quoted text.")
            return text
        if not event.implicit[0]:
            return text
        if text in _YAML_WORDS:
            return _YAML_WORDS[text]
        # Most scalars are wording: only what begins like a number or is short can be anything else.
        if text[0] not in "0123456789+-." and len(text) > 3:
            return text
        if _YAML_INT.match(text):
            return int(text)
        if _YAML_DATE.match(text):
            self.say(path, f'the date {text} has no quotes. Quote dates: "{_mended_date(text)}".')
        elif _YAML_OTHER_NUMBER.match(text):
            self.say(path, f'the number {text} has no quotes. Numbers are kept as printed: "{text}".')
        elif text.lower() in _YAML_BOOL_LIKE:
            self.say(path, f'"{text}" without quotes can be read as true or false. Write true, false or "{text}".')
        return text


def _mended_date(text: str) -> str:
    match = _LOOSE_DAY.match(text)
    return f"{match[1]}-{int(match[2]):02d}-{int(match[3]):02d}" if match else text


# Schemas -----------------------------------------------------------------------


def _is_text(value) -> bool:
    if type(value) is not dict or len(value) != 2:
        return False
    zh, en = value.get("zh"), value.get("en")
    return type(zh) is str and type(en) is str and bool(zh) and bool(en)


def _is_day(value) -> bool:
    return type(value) is str and _ISO_DAY.match(value) is not None


# What is plainly right in a definition of common.json. The whole of data/ is checked at every build, and nine of ten
# values in it are of these kinds; only a value that fails the glance goes through the definition itself.
_GLANCES = {
    "text": _is_text,
    "optional_text": lambda value: value is None or _is_text(value),
    "words": lambda value: type(value) is str and bool(value),
    "day": _is_day,
    "optional_day": lambda value: value is None or _is_day(value),
    "optional_month_or_day": lambda value: value is None or _is_day(value),
    "confidence": lambda value: type(value) is dict and set(value) == {"grade", "scale"}
    and type(value["grade"]) is str and value["scale"] in _GRADES,
}


def _plainly_right(value, schema) -> bool:
    if "glance" in schema:
        return _GLANCES[schema["glance"][0]](value)
    return len(schema) == 1 and type(value) is str and value in schema.get("enum", ())


def _glance(validator, rule, instance, _schema):
    if not _GLANCES[rule[0]](instance):
        yield from validator.descend(instance, rule[1])


def _properties(validator, properties, instance, _schema):
    if validator.is_type(instance, "object"):
        for name, schema in properties.items():
            if name in instance and not _plainly_right(instance[name], schema):
                yield from validator.descend(instance[name], schema, path=name, schema_path=name)


_Validator = validators.extend(Draft202012Validator, {"glance": _glance, "properties": _properties})


@functools.lru_cache(maxsize=None)
def _validator(folder: str, name: str, stamp: int):
    schema = json.loads(Path(folder, f"{name}.json").read_text("utf-8"))
    definitions = json.loads(Path(folder, "common.json").read_text("utf-8"))["$defs"]
    return _Validator(_inlined(schema, definitions))


def _inlined(schema, definitions: Mapping):
    """Put the shared definitions in place of their references; following references takes most of the time else."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        part = _inlined(definitions[name], definitions)
        return {"glance": [name, part]} if name in _GLANCES else part
    return {key: _inlined(part, definitions) for key, part in schema.items()}


def _stamp(folder: Path, name: str) -> int:
    return max((folder / f"{n}.json").stat().st_mtime_ns for n in (name, "common"))


@functools.lru_cache(maxsize=None)
def _rules(folder: str, name: str, stamp: int) -> bytes:
    """Everything that decides whether a file is sound, as a hash: the schema and this code."""
    texts = (Path(folder, f"{name}.json"), Path(folder, "common.json"), Path(__file__))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in texts)).digest()


def _check_schema(document: _Document, folder: Path, name: str, text: str) -> None:
    # The same text under the same rules is sound again: that it was is kept between builds, as an empty file.
    sound = hashlib.sha256(_rules(str(folder), name, _stamp(folder, name)) + text.encode()).hexdigest()
    kept = folder.parent.parent / ".cache" / "sound" / sound
    if kept.exists():
        return
    before = len(document.problems)
    validator = _validator(str(folder), name, _stamp(folder, name))
    for error in sorted(validator.iter_errors(document.data), key=lambda e: str(list(e.absolute_path))):
        for path, message in _explain(error):
            document.say(path, message)
    if len(document.problems) == before:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch()


def _shown(value) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"


def _explain(error) -> list[tuple[tuple, str]]:
    """What a schema error means to the person who wrote the file, and how to mend it."""
    path = tuple(error.absolute_path)
    field = ".".join(str(p) for p in path[1:]) or "this entry"
    kind, rule, value = error.validator, error.validator_value, error.instance
    hint = error.schema.get("description", "") if isinstance(error.schema, Mapping) else ""
    remedy = f" Write {hint}." if hint else ""
    if kind == "required":
        missing = [key for key in rule if key not in value]
        # Each missing key is reported by its own error; jsonschema names it in the message.
        missing = [key for key in missing if f"'{key}'" in error.message] or missing
        key = missing[0]
        if key in LANGUAGES:
            other = {"zh": "Chinese", "en": "English"}[key]
            return [(path, f"{field} has no {other} ({key}). Write zh and en in the same entry.")]
        return [(path, f'{field} has no "{key}".{remedy} Add it, or null where nothing was seen and null is allowed.')]
    if kind == "additionalProperties":
        known = list(error.schema.get("properties", {}))
        patterns = [re.compile(p) for p in error.schema.get("patternProperties", {})]
        unknown = [k for k in value if k not in known and not any(p.search(k) for p in patterns)]
        comma = "If it is part of a text, quote the whole text: between braces a comma ends a value. "
        return [
            ((*path, key), f'"{key}" is not known here. ' + comma * (" " in key) + _nearest(key, known, f"Known: {', '.join(known)}."))
            for key in unknown
        ]
    if kind == "enum":
        near = _nearest(str(value), map(str, rule), f"Use one of: {', '.join(map(str, rule))}.")
        return [(path, f"{field} is {_shown(value)}. {near}")]
    if kind == "pattern" and isinstance(value, str) and _LOOSE_DAY.match(value) and "date" in hint:
        return [(path, f'{field} is "{value}". Write dates as YYYY-MM-DD: {_mended_date(value)}.')]
    if kind == "propertyNames" or (kind == "pattern" and error.parent and error.parent.validator == "propertyNames"):
        return [((*path, value), f'"{value}" cannot be an id here.{remedy}')]
    if kind == "anyOf" or kind == "oneOf":
        return [(path, f"{field} is {_shown(value)}.{remedy or ' See the schema for what may stand here.'}")]
    if kind == "minLength" or kind == "minItems" or kind == "minProperties":
        return [(path, f"{field} is empty.{remedy or ' Fill it in.'}")]
    if kind == "maxLength":
        return [(path, f"{field} has {len(value)} characters; {rule} is the most. Shorten it.")]
    if kind == "type":
        wanted = " or ".join(rule) if isinstance(rule, list) else rule
        names = {"string": "text in quotes", "object": "a mapping (key: value)", "array": "a list", "integer": "a whole number"}
        return [(path, f"{field} is {_shown(value)}.{remedy or ' Write ' + names.get(wanted, wanted) + '.'}")]
    return [(path, f"{field} is {_shown(value)}.{remedy or ' ' + error.message + '.'}")]


# Loading -----------------------------------------------------------------------

_YAML_FILES = ("sources", "laws", "limits", "hotlines", "glossary", "lpr", "checks", "holidays", "complaints", "myths", "letters", "renumbering", "brief", "timeline", "audit")
_cache: dict[str, tuple[tuple, Facts]] = {}


def load(root: Path) -> Facts:
    """Read and check data/ below root.

    The result is kept per root until a file in data/ changes.

    Raises:
        DataError: Lists every mistake found.
    """
    root = Path(root).resolve()
    signature = _signature(root / "data")
    kept = _cache.get(str(root))
    if kept and kept[0] == signature:
        return kept[1]
    facts = _load(root)
    _cache[str(root)] = (signature, facts)
    return facts


def _signature(folder: Path) -> tuple:
    return tuple(
        (str(path), path.stat().st_mtime_ns, path.stat().st_size)
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".yml", ".csv", ".json")
    )


def _load(root: Path) -> Facts:
    from . import series  # it reads with what stands below

    folder, schemas = root / "data", root / "data" / "schemas"
    problems: list[str] = []

    def read(path: Path, schema: str) -> _Document:
        text = path.read_text("utf-8")
        document = _Document(path.relative_to(root).as_posix(), text, problems)
        before = len(problems)
        if isinstance(document.data, dict):
            _check_schema(document, schemas, schema, text)
        else:
            document.say((), "this file must hold a mapping (key: value) at the top.")
            document.data = {}
        document.sound = len(problems) == before
        return document

    documents: dict[str, _Document] = {}
    for name in _YAML_FILES:
        path = folder / f"{name}.yml"
        if path.is_file():
            documents[name] = read(path, name)
        else:
            problems.append(f"data/{name}.yml: the file is missing. Put it back.")
    ui = _read_ui(folder, read, problems)
    calculators = {}
    for path in sorted((folder / "calculators").glob("*/calculator.yml")):
        calculators[path.parent.name] = read(path, "calculator").data
    before = len(problems)
    rows = _read_lpr(folder / "lpr.csv", root, problems)
    # One of the series shows the rates.
    sound = len(problems) == before and all(name in documents and documents[name].sound for name in ("sources", "lpr"))
    published = series.read_all(folder / "series", root, read, documents["sources"].data, rows, documents["lpr"].data, problems) if sound else {}
    # Cross checks read fields that the schemas promise, so they wait until the files are sound.
    if all(name in documents and documents[name].sound for name in _YAML_FILES):
        _Cross(documents, rows, published, problems).run()
    if problems:
        raise DataError(problems)
    data = {name: document.data for name, document in documents.items()}
    _complete(data)
    return Facts(
        **{name: MappingProxyType(data[name]) for name in ("sources", "laws", "limits", "hotlines", "glossary", "checks", "holidays", "complaints", "myths", "letters", "renumbering", "brief", "timeline", "audit")},
        lpr=tuple(rows), lpr_notes=MappingProxyType(data["lpr"]),
        ui=MappingProxyType(ui), calculators=MappingProxyType(calculators), series=MappingProxyType(published),
    )


def _read_ui(folder: Path, read, problems: list[str]) -> dict:
    merged: dict = {}
    home: dict[str, str] = {}
    paths = [folder / "ui.yml"] if (folder / "ui.yml").is_file() else []
    for path in paths + sorted((folder / "ui").glob("*.yml")):
        document = read(path, "ui")
        for key, entry in document.data.items():
            if key in merged:
                document.say((key,), f"the key also stands in {home[key]}. Rename one: keys of all ui files are one list.")
            merged[key], home[key] = entry, document.name
    return merged


_LPR_COLUMNS = ["effective_date", "lpr_1y_percent", "lpr_5y_percent", "source"]


def _read_lpr(path: Path, root: Path, problems: list[str]) -> list[dict]:
    name = path.relative_to(root).as_posix()
    if not path.is_file():
        problems.append(f"{name}: the file is missing. Put it back.")
        return []
    reader = csv.reader(io.StringIO(path.read_text("utf-8"), newline=""))
    header = next(reader, [])
    if header != _LPR_COLUMNS:
        problems.append(f"{name}, line 1: the columns are {', '.join(header)}. Write {','.join(_LPR_COLUMNS)}.")
        return []
    rows: list[dict] = []
    for cells in reader:
        line = reader.line_num
        if len(cells) != len(_LPR_COLUMNS):
            problems.append(f"{name}, line {line}: {len(cells)} columns instead of {len(_LPR_COLUMNS)}. Quote cells that hold a comma.")
            continue
        row = dict(zip(_LPR_COLUMNS, cells))
        day = row["effective_date"]
        problem = _day_problem(day)
        if problem:
            problems.append(f'{name}, line {line}: effective_date is "{day}". {problem}')
        elif rows and _ISO_DAY.match(rows[-1]["effective_date"]) and day <= rows[-1]["effective_date"]:
            problems.append(
                f'{name}, line {line}: effective_date "{day}" does not come after "{rows[-1]["effective_date"]}". Put the rows in order of date.'
            )
        for column in _LPR_COLUMNS[1:3]:
            if not re.match(r"^\d{1,2}\.\d{2}$", row[column]):
                problems.append(f'{name}, line {line}: {column} is "{row[column]}". Write the percentage as printed, with two decimals: 3.45.')
        row["source"] = [part for part in re.split(r"\s*;\s*", row["source"]) if part]
        if not row["source"]:
            problems.append(f"{name}, line {line}: source is empty. Name an id of data/sources.yml; several are separated by semicolons.")
        row["line"] = line
        rows.append(row)
    if not rows:
        problems.append(f"{name}: there is no row. Put the rates back.")
    return rows


def _day_problem(text: str) -> str | None:
    if not _ISO_DAY.match(text):
        mended = _mended_date(text)
        return "Write dates as YYYY-MM-DD" + (f": {mended}." if mended != text else ".")
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return "There is no such day. Correct it."
    return None


def check_front_matter(meta: Mapping, where: str, lang: str, root: Path) -> list[str]:
    """Problems in a page's front matter, as messages.

    Args:
        meta: Front matter as read by MkDocs.
        where: File name for the messages, such as docs/zh/help/index.md.
        lang: "zh" (the original) or "en" (the twin, which says with `translates` which revision it renders).
        root: Root of the project, for the schema.
    """
    folder = Path(root) / "data" / "schemas"
    document = _Document(where, "", problems := [])
    validator = _validator(str(folder), "page", _stamp(folder, "page"))
    for error in validator.iter_errors(dict(meta)):
        for path, message in _explain(error):
            field = f"{path[0]}: " if path else ""
            problems.append(f"{document.name}: {field}{message}")
    limit = {"zh": 120, "en": 155}[lang]
    if len(str(meta.get("description", ""))) > limit:
        problems.append(f"{where}: description has {len(str(meta['description']))} characters; {limit} is the most. Shorten it.")
    if (meta.get("type") == "sheet") != ("of" in meta):
        problems.append(f'{where}: "of" names the page a sheet belongs to: a page of type sheet needs it, no other may have it.')
    elif "of" in meta and not any((Path(root) / "docs" / lang / f"{meta['of']}{end}").is_file() for end in (".md", "/index.md")):
        problems.append(f'{where}: of: there is no page "{meta["of"]}". Use the page\'s address without slashes at its ends.')
    if lang == "en" and "translates" not in meta:
        problems.append(f'{where}: "translates" is missing. Write the revision of the Chinese page that this page renders.')
    if lang == "zh" and "translates" in meta:
        problems.append(f'{where}: "translates" belongs into the English page only. Remove it.')
    return problems


# Cross checks ------------------------------------------------------------------


class _Cross:
    """Checks that need more than one entry or file."""

    def __init__(self, documents: Mapping[str, _Document], rows: list[dict], published: Mapping[str, dict], problems: list[str]):
        self.doc = documents
        self.data = {name: document.data for name, document in documents.items()}
        self.rows = rows
        self.published = published
        self.problems = problems
        self.numbers = {line["number"]: line_id for line_id, line in self.data["hotlines"].items() if line["number"]}

    def run(self) -> None:
        for name in _YAML_FILES:
            getattr(self, f"_{name}")()

    def _known(self, document: str, path: tuple, what: str, value: str, *files: str) -> bool:
        parts = [self._part(file) for file in files]
        if any(value in part for part in parts):
            return True
        names = " or ".join(f"data/{file.replace(':', '.yml, ')}" if ":" in file else f"data/{file}.yml" for file in files)
        known = [key for part in parts for key in part]
        self.doc[document].say(path, f'{what} "{value}" is not in {names}. ' + _nearest(value, known, "Add it there first."))
        return False

    def _part(self, file: str) -> Mapping:
        """A file's entries, or with "complaints:steps" those of one of its parts."""
        name, _, part = file.partition(":")
        return self.data[name][part] if part else self.data[name]

    def _grade_rules(self, document: str, path: tuple, fact: Mapping, publish: str = "ready", reporter_above=None) -> None:
        confidence = fact["confidence"]
        scale, grade = confidence["scale"], confidence["grade"]
        say = self.doc[document].say
        if grade not in _GRADES[scale]:
            say((*path, "confidence"), f'grade "{grade}" is not a grade of {scale}. Use one of: {", ".join(_GRADES[scale])}.')
        elif publish == "hold":
            return
        elif not publishable(confidence, publish):
            say((*path, "confidence"), f"grade {grade} of {scale} may not be published. Verify the fact, take it out, or set publish: hold where the file has it.")
        elif needs_reporter(confidence) and not (fact.get("reported_by") or reporter_above):
            say((*path, "confidence"), f"grade {grade} of {scale} may only be printed with who reported it. Add reported_by with zh and en.")

    def _dates(self, document: str, path: tuple, value) -> None:
        """Find dates that have the right form but name no day (2026-02-30)."""
        if isinstance(value, dict):
            for key, inner in value.items():
                self._dates(document, (*path, key), inner)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                self._dates(document, (*path, index), inner)
        elif isinstance(value, str) and _ISO_DAY.match(value):
            problem = _day_problem(value)
            if problem:
                self.doc[document].say(path, f'{path[-1]} is "{value}". {problem}')

    def _sources(self) -> None:
        for source_id, source in self.data["sources"].items():
            self._dates("sources", (source_id,), source)
            confidence = source["confidence"]
            if confidence["grade"] not in _GRADES[confidence["scale"]]:
                self._grade_rules("sources", (source_id,), source)
            if source["published"] and source["published"] > source["accessed"]:
                self.doc["sources"].say((source_id, "published"), f'published {source["published"]} lies after accessed {source["accessed"]}. Correct one of them.')

    def _laws(self) -> None:
        say = self.doc["laws"].say
        for law_id, law in self.data["laws"].items():
            self._dates("laws", (law_id,), law)
            self._known("laws", (law_id, "source"), "source", law["source"], "sources")
            self._grade_rules("laws", (law_id,), law)
            span = law["in_force"]
            if span["from"] is None and not law.get("in_force_note"):
                say((law_id, "in_force"), "in_force.from is null. Add in_force_note (zh, en) that says what was seen of the date.")
            if span["from"] and span["until"] and span["until"] < span["from"]:
                say((law_id, "in_force"), f'until {span["until"]} lies before from {span["from"]}. Correct one of them.')
            if law["status"] == "repealed" and not span["until"]:
                say((law_id, "in_force"), "a repealed text needs in_force.until, its last day.")
            if law["status"] == "draft" and span["from"]:
                say((law_id, "in_force"), "a draft is not in force. Set in_force.from to null and say in in_force_note how far it has come.")
            if bool(law.get("topics")) != bool(law.get("binds")):
                say((law_id,), "topics and binds belong together: the list of rules says of each instrument whom it binds. Add the missing one.")
            for key, article in law["articles"].items():
                path = (law_id, "articles", key)
                match = ARTICLE_NOTATION.match(key)
                if not match:
                    say(path, f'article "{key}" cannot be read. Write "47(3)" for item 3, "78.2" for paragraph 2, "50.1(5)" for both, or a word.')
                elif match["word"] and not article.get("label"):
                    say(path, f'article "{key}" is a word, so its number was not seen. Add label (zh, en) that says so.')
                if article.get("confidence"):
                    self._grade_rules("laws", path, article)
            for index, key in enumerate(law.get("listed", ())):
                if key not in law["articles"]:
                    say((law_id, "listed", index), f'article "{key}" is not among its articles. ' + _nearest(key, law["articles"], "Add it there first."))

    def _limits(self) -> None:
        say = self.doc["limits"].say
        for limit_id, limit in self.data["limits"].items():
            self._dates("limits", (limit_id,), limit)
            self._grade_rules("limits", (limit_id,), limit, limit["publish"])
            for index, basis in enumerate(limit["basis"]):
                path = (limit_id, "basis", index)
                if basis["text"] is None:
                    if not basis.get("name"):
                        say(path, "a basis without text needs its name (zh, en).")
                    if basis.get("articles"):
                        say(path, "articles belong to a text. Name the text, or write article (zh, en) instead.")
                elif self._known("limits", (*path, "text"), "text", basis["text"], "laws"):
                    self._articles_exist("limits", path, basis["text"], basis.get("articles"))
            for index, value in enumerate(limit["values"]):
                path = (limit_id, "values", index)
                if value.get("confidence"):
                    self._grade_rules("limits", path, value, limit["publish"])
                if value.get("law") and self._known("limits", (*path, "law"), "law", value["law"], "laws"):
                    self._articles_exist("limits", path, value["law"], value.get("articles"))
                if value["from"] and value["until"] and value["until"] < value["from"]:
                    say(path, f'until {value["until"]} lies before from {value["from"]}. Correct one of them.')

    def _articles_exist(self, document: str, path: tuple, law_id: str, articles: str | None) -> None:
        known = self.data["laws"][law_id]["articles"]
        for key in (part.strip() for part in (articles or "").split(",")):
            if key and key not in known:
                self.doc[document].say((*path, "articles"), f'article "{key}" of {law_id} is not in data/laws.yml. ' + _nearest(key, known, "Add it there first."))

    def _hotlines(self) -> None:
        for line_id, line in self.data["hotlines"].items():
            self._dates("hotlines", (line_id,), line)
            self._grade_rules("hotlines", (line_id,), line, line["publish"])
            for index, source in enumerate(line["sources"]):
                self._known("hotlines", (line_id, "sources", index), "source", source, "sources")
            for index, limit in enumerate(line["time_limits"]):
                # Without a basis the entry says that nothing was verified, which needs no proof.
                if limit["basis"] and line["publish"] != "hold":
                    self._grade_rules("hotlines", (line_id, "time_limits", index), limit)
            by = line["confidence"].get("by", {})
            # Hours that nobody verified make people call a dead line at night; so a graded-D hour must be null.
            for part, field in (("hours", "hours"), ("cost", "cost")):
                if line[field] and by.get(part) == "D":
                    self.doc["hotlines"].say((line_id, field), f"{field} is filled in, but its grade is D (not verified). Set it to null.")
            if line["kind"] == "hotline" and not line["dial"]:
                self.doc["hotlines"].say((line_id, "dial"), 'a hotline needs dial. Write "tel:12345".')

    def _glossary(self) -> None:
        for term_id, term in self.data["glossary"].items():
            reference = term.get("law")
            if reference:
                law_id, _, article = reference.partition(" ")
                if self._known("glossary", (term_id, "law"), "law", law_id, "laws"):
                    self._articles_exist("glossary", (term_id, "law"), law_id, article)
                    # The glossary's references lead to the list of rules, so what they name must stand there.
                    if not self.data["laws"][law_id].get("topics"):
                        self.doc["glossary"].say((term_id, "law"), f'law "{law_id}" has no topics in data/laws.yml, so the list of rules does not show it. Add topics and binds there.')
            if not term.get("group"):
                self.doc["glossary"].say((term_id,), "has no group, so the glossary would not show it. Add group.")
            for index, other in enumerate(term.get("see_also", ())):
                if self._known("glossary", (term_id, "see_also", index), "term", other, "glossary") and other == term_id:
                    self.doc["glossary"].say((term_id, "see_also", index), "a term cannot point at itself. Take it out.")

    def _lpr(self) -> None:
        notes = self.data["lpr"]
        self._dates("lpr", (), notes)
        for row in self.rows:
            for source in row["source"]:
                if source not in self.data["sources"]:
                    self.problems.append(
                        f'data/lpr.csv, line {row["line"]}: source "{source}" is not in data/sources.yml. '
                        + _nearest(source, self.data["sources"], "Add it there first.")
                    )
        days = [row["effective_date"] for row in self.rows]
        for index, day in enumerate(notes["one_source_rows"]):
            if day not in days:
                self.doc["lpr"].say(("one_source_rows", index), f"{day} is not a row of data/lpr.csv. Correct it.")
        if days and notes["verified_until"] < days[-1]:
            self.doc["lpr"].say(("verified_until",), f"verified_until lies before the last row ({days[-1]}). Correct one of them.")
        for index, source in enumerate(notes["sources"]):
            self._known("lpr", ("sources", index), "source", source, "sources")

    def _holidays(self) -> None:
        say = self.doc["holidays"].say
        for year, entry in self.data["holidays"].items():
            before = len(self.problems)
            self._dates("holidays", (year,), entry)
            self._known("holidays", (year, "notice"), "notice", entry["notice"], "sources")
            for index, source in enumerate(entry["copies"]):
                self._known("holidays", (year, "copies", index), "copy", source, "sources")
            if len(self.problems) > before:
                continue
            for index, span in enumerate(entry["days_off"]):
                if not year == span["from"][:4] == span["until"][:4] or span["until"] < span["from"]:
                    say((year, "days_off", index), f'{span["from"]} to {span["until"]} is not a span of days in {year}. Correct it.')
            for index, day in enumerate(entry["work"]):
                # A weekday is worked anyway: one that stands here was misread, most likely by a month.
                if day[:4] != year or dt.date.fromisoformat(day).weekday() < 5:
                    say((year, "work", index), f"{day} is not a Saturday or Sunday of {year}. Correct it.")
                elif any(span["from"] <= day <= span["until"] for span in entry["days_off"]):
                    say((year, "work", index), f"{day} is a day off and a working day at once. Take it out of one list.")

    def _wording(self, document: str, path: tuple, text: Mapping) -> list[str]:
        """Check the placeholders of a text in both languages; return the channels it names."""
        say = self.doc[document].say
        found = {lang: Counter(match[0] for match in _PLACEHOLDER.finditer(text[lang])) for lang in LANGUAGES}
        if found["zh"] != found["en"]:
            only = sorted((found["zh"] - found["en"]) + (found["en"] - found["zh"]))
            say(path, f"{', '.join(only)} does not stand equally often in zh and en. Write the same placeholders in both.")
        channels = []
        for match in (match for lang in LANGUAGES for match in _PLACEHOLDER.finditer(text[lang])):
            if match["channel"]:
                channels.append(match["channel"])
                if self._known(document, path, "channel", match["channel"], "hotlines"):
                    self._publishable(document, path, "channel", match["channel"], "hotlines")
            elif self._known(document, path, "limit", match["limit"], "limits"):
                self._publishable(document, path, "limit", match["limit"], "limits")
                if int(match["index"] or 0) >= len(self.data["limits"][match["limit"]]["values"]):
                    say(path, f'limit "{match["limit"]}" has no value number {match["index"]}. Count from 0.')
        for lang in LANGUAGES:
            bare = _PLACEHOLDER.sub(" ", text[lang])
            if "{" in bare or "}" in bare:
                say((*path, lang), "a brace that is no placeholder. Write {12378}, {12321:name} or {limit:credit_complaint:0}.")
            for number in filter(self.numbers.get, re.findall(r"\d[\d-]{1,}\d", bare)):
                say((*path, lang), f"the number {number} is typed by hand. Write {{{self.numbers[number]}}}.")
            for typed in _TYPED_TERM.findall(bare):
                say((*path, lang), f'"{typed}" is typed by hand. Take it from limits.yml: {{limit:...}}.')
        return list(dict.fromkeys(channels))

    def _publishable(self, document: str, path: tuple, what: str, key: str, file: str) -> None:
        entry = self.data[file][key]
        if not publishable(entry["confidence"], entry["publish"]):
            self.doc[document].say(path, f'{what} "{key}" may not be published ({_grade(entry["confidence"])}, {entry["publish"]}). Take it out.')

    def _bases(self, document: str, path: tuple, laws: Iterable[Mapping]) -> None:
        for index, basis in enumerate(laws):
            if self._known(document, (*path, "laws", index), "law", basis["law"], "laws"):
                self._articles_exist(document, (*path, "laws", index), basis["law"], basis["articles"])

    def _openly_unverified(self, path: tuple, fact: Mapping, above: Mapping | None = None) -> None:
        """Grade C stands only beside a sentence that says what was not verified; D stands nowhere."""
        confidence = fact["confidence"]
        said = fact.get("unverified") or (above or {}).get("unverified")
        grades = _GRADES[confidence["scale"]]
        say = self.doc["complaints"].say
        if confidence["grade"] not in grades:
            say((*path, "confidence"), f'grade "{confidence["grade"]}" is not a grade of {confidence["scale"]}. Use one of: {", ".join(grades)}.')
        elif not publishable(confidence):
            say((*path, "confidence"), f"grade {_grade(confidence)} may not be published. Verify it or take it out.")
        elif needs_reporter(confidence) and not said:
            say((*path, "confidence"), f"grade {_grade(confidence)} is not verified. Add unverified (zh, en) that says so, or take it out.")

    def _complaints(self) -> None:
        data = self.data["complaints"]
        say = self.doc["complaints"].say
        self._dates("complaints", (), data)
        channels: dict[str, list[str]] = {}
        for step_id, step in data["steps"].items():
            path = ("steps", step_id)
            channels[step_id] = self._wording("complaints", (*path, "does"), step["does"])
            self._openly_unverified(path, step)
            self._bases("complaints", path, step["laws"])
            if step.get("unverified"):
                channels[step_id] += self._wording("complaints", (*path, "unverified"), step["unverified"])
            elif any(needs_reporter(self.data["hotlines"][c]["confidence"]) for c in channels[step_id] if c in self.data["hotlines"]):
                say(path, "names a channel that only one report vouches for. Add unverified (zh, en) that says so.")
        for lender_id, lender in data["lenders"].items():
            path = ("lenders", lender_id)
            for part in ("know", "regulator", "note", "unverified"):
                if lender.get(part):
                    self._wording("complaints", (*path, part), lender[part])
            self._bases("complaints", path, lender.get("laws", ()))
            self._openly_unverified(path, lender)
            for index, channel in enumerate(lender["never"]):
                self._known("complaints", (*path, "never", index), "channel", channel, "hotlines")
        used: set[str] = set()
        for lender_id in dict.fromkeys([*data["lenders"], *data["cells"]]):
            if not self._known("complaints", ("cells", lender_id), "lender", lender_id, "complaints:lenders"):
                continue
            row = data["cells"].get(lender_id, {})
            for problem in data["problems"]:
                if problem not in row:
                    say(("cells", lender_id), f'there is no cell for the problem "{problem}". Add its steps.')
            for problem, cell in row.items():
                path = ("cells", lender_id, problem)
                if not self._known("complaints", path, "problem", problem, "complaints:problems"):
                    continue
                lender = data["lenders"][lender_id]
                self._openly_unverified(path, cell, lender)
                self._bases("complaints", path, cell.get("laws", ()))
                for part in ("note", "unverified"):
                    if cell.get(part):
                        self._wording("complaints", (*path, part), cell[part])
                known = [s for i, s in enumerate(cell["steps"]) if self._known("complaints", (*path, "steps", i), "step", s, "complaints:steps")]
                used.update(known)
                kinds = [data["steps"][s]["kind"] for s in known]
                # Whoever is in danger reads the first line and no more.
                if "danger" in kinds[1:]:
                    say((*path, "steps"), "danger does not come first. Put it there.")
                if "regulator" in kinds and "lender" in kinds[kinds.index("regulator"):] and "lender" not in kinds[: kinds.index("regulator")]:
                    say((*path, "steps"), "a regulator comes before the lender. Put the complaint to the lender first.")
                for step in known:
                    wrong = [c for c in channels[step] if c in lender["never"]]
                    if wrong:
                        say((*path, "steps"), f'step "{step}" leads to {", ".join(wrong)}, where this lender never belongs. Use another step.')
        for step_id in data["steps"]:
            if step_id not in used:
                say(("steps", step_id), "no cell uses this step. Take it out.")

    def _myths(self) -> None:
        numbers: dict[str, str] = {}
        for myth_id, myth in self.data["myths"].items():
            path = (myth_id,)
            self._dates("myths", path, myth)
            self._grade_rules("myths", path, myth)
            self._bases("myths", path, myth["laws"])
            self._wording("myths", (*path, "truth"), myth["truth"])
            if myth["number"] in numbers:
                self.doc["myths"].say((*path, "number"), f'{myth["number"]} also stands at {numbers[myth["number"]]}. Correct one of them.')
            numbers[myth["number"]] = myth_id

    def _letters(self) -> None:
        """Every blank has its field, every field is used, and every article, number and channel may stand on a page."""
        fields = {field["label"]["zh"]: field_id for field_id, field in self.data["letters"]["fields"].items()}
        say = self.doc["letters"].say
        shorts = Counter(field["short"] for field in self.data["letters"]["fields"].values() if field.get("short"))
        used = {"姓名", "写信日期"}  # the closing of every letter
        for field_id, field in self.data["letters"]["fields"].items():
            # What stands in an address can be read by whoever gets the link: sums only, never names or numbers of people.
            if field.get("short") and field["kind"] != "money":
                say(("fields", field_id, "short"), "only a money field may be filled from an address. Take short out.")
            if field.get("short") and shorts[field["short"]] > 1:
                say(("fields", field_id, "short"), f'the key "{field["short"]}" stands twice. Choose another letter.')
        for letter_id, letter in self.data["letters"]["letters"].items():
            path = ("letters", letter_id)
            for index, part in enumerate(letter["parts"]):
                place = (*path, "parts", index)
                for label in letters.blanks(part["text"]):
                    used.add(label)
                    if label not in fields:
                        say((*place, "text"), f"【{label}】 is no field. " + _nearest(label, fields, "Add it to fields with its label."))
                self._wording("letters", (*place, "text"), {"zh": letters.BLANK.sub("", part["text"]), "en": letters.BLANK.sub("", part["text"])})
                for basis in part.get("rests", ()):
                    self._may_stand("letters", (*place, "rests"), *letters.split_basis(basis))
                if not part.get("rests") and not part.get("advice"):
                    say(place, "the paragraph says neither on what it rests nor that it is advice. Add rests or advice: true.")
            for inner, text in letters.texts(letter):
                self._wording("letters", (*path, *inner), {lang: letters.without_references(text[lang]) for lang in LANGUAGES})
                found = {lang: letters.references(text[lang]) for lang in LANGUAGES}
                if found["zh"] != found["en"]:
                    say((*path, *inner), "the references differ between zh and en. Write the same ones in the same order.")
                for law_id, articles in found["zh"]:
                    self._may_stand("letters", (*path, *inner), law_id, articles)
        for label in fields:
            if label not in used:
                say(("fields", fields[label]), "no letter uses this field. Use it or take it out.")

    def _may_stand(self, document: str, path: tuple, law_id: str, articles: str) -> None:
        """The instrument and its articles are there and may be published, as themselves or as reported."""
        if not self._known(document, path, "law", law_id, "laws"):
            return
        self._articles_exist(document, path, law_id, articles)
        law = self.data["laws"][law_id]
        for key in (part.strip() for part in articles.split(",")):
            confidence = law["articles"].get(key, {}).get("confidence") or law["confidence"]
            if not publishable(confidence) or law["status"] == "draft":
                self.doc[document].say(path, f'article "{key}" of {law_id} may not be published ({_grade(confidence)}, {law["status"]}). Take it out.')

    def _audit(self) -> None:
        """Every item rests on a clause that may stand on a page, or says that it is advice; numbers of clauses come from laws.yml."""
        say = self.doc["audit"].say
        for group_id, group in self.data["audit"].items():
            for item_id, item in group["items"].items():
                path = (group_id, "items", item_id)
                if not item.get("laws") and not item.get("advice"):
                    say(path, "the item says neither on what it rests nor that it is advice. Add laws or advice: true.")
                for index, basis in enumerate(item.get("laws", ())):
                    self._may_stand("audit", (*path, "laws", index), basis["law"], basis["articles"])
                    law = self.data["laws"].get(basis["law"])
                    if law and law["status"] == "repealed":
                        say((*path, "laws", index), f'{basis["law"]} is repealed. Name what holds now.')
                for part in ("ask", "evidence", "note"):
                    if item.get(part):
                        self._wording("audit", (*path, part), item[part])
                        for lang in LANGUAGES:
                            for typed in _TYPED_CLAUSE.findall(item[part][lang]):
                                say((*path, part, lang), f'"{typed}" is the number of a clause. Name the clause under laws: its number comes from laws.yml.')

    def _renumbering(self) -> None:
        for table_id, table in self.data["renumbering"].items():
            for text in ("old", "new"):
                self._known("renumbering", (table_id, text), text, table[text], "laws")
            for index, row in enumerate(table["rows"]):
                if table["new"] in self.data["laws"]:
                    self._articles_exist("renumbering", (table_id, "rows", index), table["new"], row["new"])

    def _brief(self) -> None:
        """Parts are numbered as they stand, and no section names one heading twice; tests hold the headings against the pages."""
        say = self.doc["brief"].say
        for place, (part_id, part) in enumerate(self.data["brief"].items(), 1):
            if part["number"] != str(place):
                say((part_id, "number"), f'number is {part["number"]}, but this is part {place} of the file. Put the parts in order.')
            for section_id, section in part["sections"].items():
                for answer, times in Counter(section["answers"]).items():
                    if times > 1:
                        say((part_id, "sections", section_id, "answers"), f"{answer} stands {times} times. Take one out.")

    def _timeline(self) -> None:
        say = self.doc["timeline"].say
        before = ""
        for entry_id, entry in self.data["timeline"].items():
            self._dates("timeline", (entry_id,), entry)
            if entry["date"] < before:
                say((entry_id, "date"), f'{entry["date"]} comes before the entry above ({before}). Put the entries in order of date.')
            before = max(before, entry["date"])
            self._grade_rules("timeline", (entry_id,), entry, reporter_above=True)
            if one_report_only(entry["confidence"]):
                say((entry_id, "confidence"), "one report is not enough for the timeline. Find a second one or take the entry out.")
            if ("law" in entry) == ("source" in entry):
                say((entry_id,), "an entry needs law or source, and not both.")
            elif "law" in entry:
                self._known("timeline", (entry_id, "law"), "law", entry["law"], "laws")
            else:
                self._known("timeline", (entry_id, "source"), "source", entry["source"], "sources")
            self._published_figures(entry_id, entry["text"])

    def _published_figures(self, entry_id: str, text: Mapping) -> None:
        say = self.doc["timeline"].say
        found = {lang: sorted(match[0] for match in PUBLISHED_FIGURE.finditer(text[lang])) for lang in LANGUAGES}
        if found["zh"] != found["en"]:
            say((entry_id, "text"), "the figures differ between zh and en. Write the same ones in both.")
        for match in PUBLISHED_FIGURE.finditer(text["zh"]):
            row = self.published.get(match["series"], {}).get("rows", {}).get(match["row"])
            if not row or not row["values"].get(match["column"]):
                say((entry_id, "text"), f"{match[0]}: there is no such figure in data/series/. Write series/row/column.")
            elif one_report_only(row["confidence"]):
                say((entry_id, "text"), f"{match[0]} rests on one report only. Take it out.")

    def _checks(self) -> None:
        for page, languages in self.data["checks"].items():
            self._dates("checks", (page,), languages)
            for lang, checks in languages.items():
                for index, check in enumerate(checks):
                    for place, text in enumerate(check["against"]):
                        self._known("checks", (page, lang, index, "against", place), "text", text, "laws", "sources")


def _complete(data: Mapping[str, dict]) -> None:
    """Fill in what can be worked out, so that no file repeats it and templates find every field."""
    for source in data["sources"].values():
        source.setdefault("publisher_url", None)
    for limit in data["limits"].values():
        for basis in limit["basis"]:
            law = data["laws"].get(basis["text"])
            if law:
                basis.setdefault("name", law["title"])
            keys = [key.strip() for key in basis["articles"].split(",")] if basis.get("articles") else []
            if keys and not basis.get("article"):
                basis["article"] = {
                    lang: {"zh": "、", "en": ", "}[lang].join(article_label(law, key, lang) for key in keys) for lang in LANGUAGES
                }
            basis.setdefault("article", None)
            basis.setdefault("articles", None)
    complaints = data["complaints"]
    for cells in complaints["cells"].values():
        for cell in cells.values():
            texts = [complaints["steps"][step][part]["zh"] for step in cell["steps"] for part in ("does", "unverified")
                     if complaints["steps"][step].get(part)]
            cell["channels"] = list(dict.fromkeys(match["channel"] for text in texts for match in placeholders(text) if match["channel"]))


def placeholders(text: str) -> Iterator[re.Match]:
    """Placeholders of a text of complaints.yml or myths.yml; groups: limit and index, or channel and name."""
    return _PLACEHOLDER.finditer(text)


def article_label(law: Mapping, key: str, lang: str) -> str:
    """Name of an article: the label in laws.yml where there is one, else made from its number."""
    label = law["articles"][key].get("label")
    return label[lang] if label else article_name(key, lang)
