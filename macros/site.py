"""One build in one language: looks facts up, remembers what a page used, renders through overrides/partials."""
from __future__ import annotations

import datetime as dt
import logging
import re
import subprocess
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from mkdocs.exceptions import PluginError
from mkdocs.utils import get_relative_url

from . import audit, data, figures, glossary, law_table, letters
from .series import day_in_words

# Below "mkdocs." so that --strict counts what is said here.
log = logging.getLogger("mkdocs.clear_account")
ROOT = Path(__file__).resolve().parent.parent
FORCES = (
    "law", "judicial-interpretation", "court-policy", "local-regulation",
    "department-rule", "recommended-standard", "self-regulation", "our-advice",
)
# The codes of data/limits.yml.
_FORCE_OF_CODE = {
    "L": "law", "J": "judicial-interpretation", "P": "court-policy", "Z": "local-regulation",
    "R": "department-rule", "S": "recommended-standard", "W": "department-rule", "none": "data",
}


@lru_cache(maxsize=1)
def _partials() -> Environment:
    """The macros' templates, compiled once for both languages."""
    return Environment(
        loader=FileSystemLoader(str(ROOT / "overrides" / "partials")),
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )


@dataclass
class PageFacts:
    """What one page has used so far, in order of first use."""

    laws: dict[str, list[str]] = field(default_factory=dict)
    limits: list[str] = field(default_factory=list)
    hotlines: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    expired: list[tuple[str, str, bool]] = field(default_factory=list)
    popovers: int = 0
    listed: bool = False

    @property
    def used(self) -> bool:
        return bool(self.laws or self.limits or self.sources)


class UsageError(ValueError):
    """A page calls a macro in a way that cannot be right; the message says where and how to mend it."""


class Site:
    """Facts, wording and rendering for one language."""

    def __init__(self, env):
        self.env = env
        self.conf = env.conf
        extra = self.conf["extra"]
        self.lang = extra["locale"]
        try:
            self.facts = data.load(ROOT)
        except data.DataError as error:
            raise PluginError(str(error)) from error
        # MkDocs reads an environment variable as YAML, so a day arrives as a date.
        self.today = str(extra["build_date"] or dt.date.today().isoformat())
        try:
            dt.date.fromisoformat(self.today)
        except ValueError as error:
            raise PluginError(f'BUILD_DATE is "{self.today}". Write it as YYYY-MM-DD, or leave it unset.') from error
        self.drawing = figures.start_drawing(self.facts)
        self.page_facts = PageFacts()
        self.jinja = _partials()
        # The Chinese build is over before the English one starts, so one environment serves both in turn.
        self.jinja.globals.update(t=self.words, lang=self.lang, badge=self._badge)
        # For the templates: wording, and what the footer and the head need.
        extra["ui"] = {key: entry[self.lang] for key, entry in self.facts.ui.items()}
        extra["ui_both"] = self.facts.ui
        extra["today"] = self.today
        extra["commit"] = _commit()
        extra["up"] = "../" if self.lang == "en" else ""
        extra["distress_html"] = self.distress()
        extra["sheets"] = self._sheets()
        extra["search_strings"] = {k.removeprefix("search_js_"): v for k, v in extra["ui"].items() if k.startswith("search_js_")}

    # Wording -----------------------------------------------------------------

    def words(self, key: str, *values) -> str:
        """A shared label in this build's language; `%s` is filled from values."""
        entry = self.facts.ui.get(key)
        if entry is None:
            raise UsageError(f'data/ui.yml has no "{key}". Add it with zh and en.')
        text = entry[self.lang]
        return text % values if values else text

    def day(self, iso: str) -> str:
        """A date as readers write it: 2026 年 3 月 31 日 / 31 March 2026; a month alone stays a month."""
        return day_in_words(iso, self.lang)

    def _where(self) -> str:
        page = getattr(self.env, "page", None)
        return f"docs/{self.lang}/{page.file.src_uri}" if page is not None else "data/"

    def _fail(self, call: str, error: Exception):
        """Say file and line of the call, then what is wrong and how to mend it."""
        where = self._where()
        line = ""
        path = ROOT / where
        if path.is_file():
            text = path.read_text("utf-8")
            position = text.replace("'", '"').find(call)
            if position >= 0:
                line = f", line {text.count(chr(10), 0, position) + 1}"
        message = f"{where}{line}: {call}: {error}"
        # The plugin shows what it catches inside a traceback; this line stands clear of it.
        log.error(message)
        raise UsageError(message) from error

    # Page life cycle ---------------------------------------------------------

    def start_page(self) -> None:
        """Forget the page before; check this one's front matter."""
        self.page_facts = PageFacts()
        problems = data.check_front_matter(self.env.page.meta, self._where(), self.lang, ROOT)
        for problem in problems:
            log.warning(problem)
        if not problems and self._is("sheet"):
            self._make_sheet()

    def end_page(self) -> None:
        facts = self.page_facts
        self.env.page.meta["expired_facts"] = facts.expired
        if facts.used and not facts.listed and not self._is("sheet"):
            log.warning(f"{self._where()}: {{{{ references() }}}} is missing. End every page that uses facts with it.")

    def _is(self, kind: str) -> bool:
        return self.env.page.meta.get("type") == kind

    # Sheets to print -----------------------------------------------------------

    def _sheets(self) -> dict[str, str]:
        """Address of each page that has a sheet to print -> address of that sheet."""
        found = {}
        for path in sorted((ROOT / "docs" / self.lang / "sheets").glob("*.md")):
            of = re.search(r"^of: *[\"']?([^\s\"']+)", path.read_text("utf-8"), re.M)
            if of:  # without, start_page says so
                found[f"{of[1]}/"] = f"sheets/{path.stem}/"
        return found

    def _make_sheet(self) -> None:
        """What the template of a sheet needs of the page that it belongs to."""
        page = self.env.page
        of = page.meta["of"]
        mine = self.conf["extra"]["sheets"][f"{of}/"]
        if mine != page.file.url:
            log.warning(f"{self._where()}: {mine} is a sheet of {of} too. One page has one sheet: make them one.")
        address = f"{self.conf['site_url']}{of}/"
        last, changed = self._last_check(of)
        checked = [self.words("sheet_checked", self.day(last["on"]))] if last else [self.words("checked_never")]
        page.meta["sheet"] = {"page": f"{of}/", "title": self._front_matter(of, "title"), "address": address,
                              "qr": self._qr(address), "checked": checked + [self.words("checked_changed")] * changed}

    def _qr(self, address: str) -> Markup:
        """A QR code as a drawing without any style of its own: attributes only, dark on white in every scheme."""
        drawing = segno.make(address, error="m", micro=False).svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None, light="#fff")
        label = escape(self.words("sheet_qr", address))
        return Markup(drawing.replace("<svg", f'<svg role="img" aria-label="{label}"', 1))

    def _listed_on(self) -> str:
        """Where the list of sources stands: on this page, or for a sheet on the page that it belongs to."""
        page = self.env.page
        return get_relative_url(f"{page.meta['of']}/", page.file.url) if self._is("sheet") else ""

    def _popover(self) -> str:
        self.page_facts.popovers += 1
        return f"pop-{self.page_facts.popovers}"

    def _note_expiry(self, fact, name: str) -> None:
        day = data.expires_of(fact)
        if day and (name, day) not in [(n, d) for n, d, _ in self.page_facts.expired]:
            self.page_facts.expired.append((name, day, self.today > day))

    def _render(self, partial: str, **values) -> Markup:
        return Markup(self.jinja.get_template(partial).render(**values).strip())

    # Badges ------------------------------------------------------------------

    def _badge(self, force: str) -> Markup:
        text = self.words("badge_" + force.replace("-", "_"))
        return Markup(f'<span class="badge badge--{force}">{escape(text)}</span>')

    def badge(self, force: str) -> Markup:
        """The badge of one degree of force, for pages that explain the degrees."""
        if force not in FORCES:
            self._fail(f'badge("{force}")', UsageError(f"unknown force. Use one of {', '.join(FORCES)}."))
        return self._badge(force)

    def badges(self) -> Markup:
        """All degrees of force with what each means."""
        return self._render("badges.html", forces=FORCES)

    def advice(self) -> Markup:
        """Badge for a line that rests on no rule."""
        return self._badge("our-advice")

    def _status_badge(self, law) -> Markup:
        # A draft or a repealed text says so in place of its force.
        if law["status"] in ("draft", "repealed"):
            return self._badge(law["status"])
        if law["force"] == "law":
            # One degree of force, two kinds of text: readers know them by their own names.
            own = "badge_regulation" if law["issuer"]["zh"].startswith("国务院") else "badge_statute"
            return Markup(f'<span class="badge badge--law">{escape(self.words(own))}</span>')
        return self._badge(law["force"])

    # Facts -------------------------------------------------------------------

    def law(self, law_id: str, articles: str) -> Markup:
        """Reference to one or more articles: instrument, article, force, in force since, official text."""
        call = f'law("{law_id}", "{articles}")'
        keys = [key.strip() for key in articles.split(",")]
        try:
            entries = [self.facts.law(law_id, key) for key in keys]
        except data.DataError as error:
            self._fail(call, error)
        if self._is("sheet"):
            return self._brief_law({"law": law_id, "articles": articles})
        law = self.facts.laws[law_id]
        self._use_law(law_id, keys)
        # Articles whose number was not seen may share a label; it is said once.
        names = list(dict.fromkeys(data.article_label(law, key, self.lang) for key in keys))
        reports = []
        for entry in entries:
            report = self.report(entry, law)
            if report and report not in reports:
                reports.append(report)
        separator = self.words("list_separator")
        # An article that was put in later has a day of its own.
        later = entries[0].get("in_force") if len(entries) == 1 else None
        law = law | {"in_force": later} if later else law
        return self._render(
            "law.html", href=self._entry_of(law_id), title=self._title(law), articles=separator.join(names),
            badge=self._status_badge(law), since=self._since(law, short=True), reports=reports,
            url=self.facts.sources[law["source"]].get("url"),
        )

    def _entry_of(self, law_id: str) -> str:
        """Where this page lists an instrument: among its sources, or on the page of rules in the list itself."""
        own_list = self.env.page.file.url == law_table.PAGE and law_id in law_table.listed(self.facts)
        return "#" + (law_table.anchor(law_id) if own_list else f"ref-{law_id}")

    def _use_law(self, law_id: str, keys: list[str]) -> None:
        used = self.page_facts.laws.setdefault(law_id, [])
        used += [key for key in keys if key not in used]
        law = self.facts.laws[law_id]
        self._note_expiry(law, law["title"][self.lang])
        for key in keys:
            if key in law["articles"]:
                self._note_expiry(law["articles"][key], law["title"][self.lang])

    def _title(self, law) -> str:
        title = law["title"][self.lang]
        # Announcements named by their number and standards take no title marks.
        plain = self.lang != "zh" or title.startswith(("《", "GB/T")) or "〔" in title
        return title if plain else f"《{title}》"

    def _since(self, law, *, short: bool = False) -> str:
        """Since when, or between which days, a text is in force; `short` writes the day as 2026-01-01."""
        span = law["in_force"]
        if law["status"] == "draft":
            return ""
        if short and span["from"] and not span["until"]:
            return self.words("in_force_since", span["from"])
        if span["from"] is None:
            return law["in_force_note"][self.lang]
        if span["until"]:
            return self.words("in_force_between", self.day(span["from"]), self.day(span["until"]))
        return self.words("in_force_since", self.day(span["from"]))

    def report(self, entry, law=None) -> str:
        """Who reported a fact whose text was not seen word by word; empty for a fact that was."""
        confidence = entry.get("confidence") or (law or {}).get("confidence")
        reporter = entry.get("reported_by") or ((law or {}).get("reported_by") if not entry.get("confidence") else None)
        if not confidence or not data.needs_reporter(confidence) or not reporter:
            return ""
        once = data.one_report_only(confidence)
        return self.words("reported_once" if once else "reported_by", reporter[self.lang])

    def limit(self, limit_id: str, index: int = 0) -> Markup:
        """A legal number in the page's language; its badge, dates and caveat open beside it."""
        call = f'limit("{limit_id}")' if index == 0 else f'limit("{limit_id}", {index})'
        try:
            limit = self.facts.limit(limit_id)
            value = limit["values"][index]
        except (data.DataError, IndexError) as error:
            self._fail(call, error)
        self._use_limit(limit_id)
        if self._is("sheet"):
            return self._limit_link(limit_id, index)
        return self._render(
            "limit.html", pop=self._popover(), text=value["display"][self.lang], name=limit["name"][self.lang],
            badge=self._value_badge(limit, value), caveat=limit["caveat"][self.lang], id=limit_id,
            applies=limit["applies_to"][self.lang], report=self.report(value, limit),
        )

    def _value_badge(self, limit, value) -> Markup:
        """Badge of one value: one number may stand in a standard and in a guideline with different force."""
        law = self.facts.laws.get(value.get("law"))
        return self._status_badge(law) if law else self.limit_badge(limit)

    def limit_badge(self, limit) -> Markup:
        code = str(limit["binding_force"]).split(" ")[0]
        if "(" in str(limit["binding_force"]):
            return self._badge("repealed")
        force = _FORCE_OF_CODE[code]
        bases = [b["text"] for b in limit["basis"] if b.get("text") in self.facts.laws]
        if code == "S" and bases:
            # One code covers standards and self-regulation; the instruments behind it tell which.
            forces = list(dict.fromkeys(self.facts.laws[b]["force"] for b in bases))
            return Markup(" ").join(self._badge(f) for f in forces)
        return self._badge(force)

    def _use_limit(self, limit_id: str) -> None:
        if limit_id not in self.page_facts.limits:
            self.page_facts.limits.append(limit_id)
        limit = self.facts.limits[limit_id]
        self._note_expiry(limit, limit["name"][self.lang])

    def lpr(self, day: str) -> Markup:
        """The one-year loan prime rate that held on a day, as printed (per cent)."""
        call = f'lpr("{day}")'
        try:
            row = self.facts.lpr_on(dt.date.fromisoformat(day))
        except Exception as error:  # every kind of refusal carries its own message
            self._fail(call, error)
        self._use_limit("lpr_1y_verified_until")
        return Markup(f'<span class="num">{escape(row["lpr_1y_percent"])}%</span>')

    def term(self, term_id: str) -> Markup:
        """A word of the trade that explains itself in place, by touch, by keyboard and without JavaScript."""
        try:
            entry = self.facts.term(term_id)
        except data.DataError as error:
            self._fail(f'term("{term_id}")', error)
        other = entry["en"] if self.lang == "zh" else f'{entry["zh"]} · {entry["pinyin"]}'
        return self._render(
            "term.html", pop=self._popover(), label=entry[self.lang], other=other, explain=entry["explain"][self.lang],
            more=glossary.address(term_id, self.env.page.file.url),
        )

    def cite(self, source_id: str) -> Markup:
        """A numbered source; the list stands at the end of the page."""
        if self._is("sheet"):
            self._fail(f'cite("{source_id}")', UsageError("a sheet has no list of sources; its page has. Leave it out here."))
        try:
            source = self.facts.source(source_id)
        except data.DataError as error:
            self._fail(f'cite("{source_id}")', error)
        used = self.page_facts.sources
        if source_id not in used:
            used.append(source_id)
        number = used.index(source_id) + 1
        title = source["title"][self.lang]
        return Markup(f'<sup class="cite"><a href="#src-{source_id}" aria-label="{number} {escape(title)}">{number}</a></sup>')

    def hotline(self, hotline_id: str, form: str = "inline") -> Markup:
        """A telephone number that can be called with one touch: "inline", "button" or "card"."""
        call = f'hotline("{hotline_id}")' if form == "inline" else f'hotline("{hotline_id}", "{form}")'
        try:
            line = self.facts.hotline(hotline_id)
            if form not in ("inline", "button", "card"):
                raise UsageError('the form is "inline", "button" or "card".')
        except (data.DataError, UsageError) as error:
            self._fail(call, error)
        if hotline_id not in self.page_facts.hotlines:
            self.page_facts.hotlines.append(hotline_id)
        self._note_expiry(line, line["name"][self.lang])
        return self._render(f"hotline_{form}.html", line=line, name=self._name_inside(line), short=self._short_name(line), report=self.report(line))

    def _short_name(self, line) -> str:
        return line["name"][self.lang].replace(str(line["number"] or ""), "").strip(" （）()")

    def distress(self) -> Markup:
        """One sentence: who listens, and whom to call in danger."""
        links = [Markup('<a href="tel:{0}">{0}</a>').format(n) for n in ("12356", "110", "120")]
        text = Markup(escape(self.facts.ui["distress"][self.lang])) % tuple(links)
        return Markup(f'<p class="distress">{text}</p>')

    # Complaints and common claims ----------------------------------------------

    def _worded(self, text: str, anchors: bool = False) -> Markup:
        """A text of complaints.yml or myths.yml with its channels and numbers put in.

        Args:
            text: Wording with placeholders, in this build's language.
            anchors: Whether the page lists the channels, so that a name can lead to its entry.
        """
        parts, end = [], 0
        for match in data.placeholders(text):
            parts.append(escape(text[end : match.start()]))
            parts.append(self._limit_link(match["limit"], int(match["index"] or 0)) if match["limit"] else
                         self._channel_link(match["channel"], bool(match["name"]), anchors))
            end = match.end()
        return Markup("").join([*parts, escape(text[end:])])

    def _limit_link(self, limit_id: str, index: int) -> Markup:
        """A legal number that leads to its caveat in the list of sources: hundreds of them would be too heavy with their own."""
        value = self.facts.limit(limit_id)["values"][index]
        self._use_limit(limit_id)
        return Markup('<a href="{}#lim-{}">{}</a>').format(self._listed_on(), limit_id, value["display"][self.lang])

    def _channel_link(self, channel: str, by_name: bool, anchors: bool) -> Markup:
        line = self.facts.hotline(channel)
        if channel not in self.page_facts.hotlines:
            self.page_facts.hotlines.append(channel)
            self._note_expiry(line, line["name"][self.lang])
        if line["dial"] and not by_name:
            # Without a class where the style sheet knows it by its address: a page of hundreds is lighter.
            return Markup('<a{} href="{}">{}</a>').format(Markup("" if anchors else ' class="tel"'), line["dial"], line["number"])
        name = self._channel_name(line)
        return Markup('<a href="#channel-{}">{}</a>').format(channel, name) if anchors else escape(name)

    def _channel_name(self, line) -> str:
        """Name without what stands in brackets, so that it reads in a sentence."""
        return re.sub(r"\s*[（(].*?[）)]", "", self._name_inside(line))

    def _name_inside(self, line) -> str:
        """Name as it stands inside a sentence: there are many offices and lenders, so theirs is a common noun."""
        name = line["name"][self.lang]
        return name[0].lower() + name[1:] if line["kind"] in ("office", "institution") else name

    def _brief_law(self, basis) -> Markup:
        """A reference without its official link: name, force, who reported it; the list of sources has the rest."""
        keys = [key.strip() for key in basis["articles"].split(",")]
        self._use_law(basis["law"], keys)
        chip = self.law_chip(basis["law"], basis["articles"])
        # Less markup than law() has: there are hundreds on one page.
        report = Markup(" {}").format(chip["report"]) if chip["report"] else ""
        return Markup('<span class="law"><a href="{}">{}</a><b class="badge badge--{}">{}</b>{}</span>').format(
            self._listed_on() + chip["href"], chip["text"], chip["force"], chip["badge"], report)

    def complaints(self, part: str = "lenders") -> Markup:
        """Where to complain, from data/complaints.yml.

        Args:
            part: "lenders": lender by link, problem by fold, steps in order. "channels": what each channel handles.
        Raises:
            UsageError: Another part is asked for.
        """
        if part not in ("lenders", "channels"):
            self._fail(f'complaints("{part}")', UsageError('the part is "lenders" or "channels".'))
        all_of = self.facts.complaints
        if part == "channels":
            named = dict.fromkeys(c for cells in all_of["cells"].values() for cell in cells.values() for c in cell["channels"])
            lines = [(c, self.facts.hotline(c)) for c in self.facts.hotlines if c in named]
            # The lines for danger and distress stand with all they handle on help/.
            lines = [(c, line) for c, line in lines if line["kind"] != "hotline" or line["tone"] == "plain"]
            return self._render("complaints_channels.html", channels=[{"id": c, "line": line, "report": self.report(line)} for c, line in lines])
        groups: list[dict] = []
        for lender_id, lender in all_of["lenders"].items():
            plan = (lender["regulator"], lender.get("note"), lender.get("laws"), lender.get("unverified"), all_of["cells"][lender_id])
            if groups and groups[-1]["plan"] == plan:
                groups[-1]["ids"].append(lender_id)
            else:
                groups.append({"plan": plan, "ids": [lender_id]})
        steps = {step_id: self._step(step) for step_id, step in all_of["steps"].items()}
        return self._render("complaints.html", groups=[self._lender_group(group["ids"], steps) for group in groups])

    def _lender_group(self, ids: list[str], steps: dict[str, Markup]) -> dict:
        all_of = self.facts.complaints
        first = all_of["lenders"][ids[0]]

        def said(entry, key) -> Markup | str:
            return self._worded(entry[key][self.lang], anchors=True) if entry.get(key) else ""

        cells = []
        for problem, name in all_of["problems"].items():
            cell = all_of["cells"][ids[0]][problem]
            note = Markup(" ").join(filter(None, [said(cell, "note"), *map(self._brief_law, cell.get("laws", ())), self._unverified(cell)]))
            cells.append({"name": name[self.lang], "note": note,
                          "steps": [steps[step] for step in cell["steps"]]})
        lenders = [{"anchor": i.replace("_", "-"), "name": all_of["lenders"][i]["name"][self.lang], "know": said(all_of["lenders"][i], "know")} for i in ids]
        note = Markup(" ").join(filter(None, [said(first, "note"), *map(self._brief_law, first.get("laws", ()))]))
        return {"anchor": lenders[0]["anchor"], "lenders": lenders, "cells": cells,
                "regulator": said(first, "regulator"), "note": note, "unverified": said(first, "unverified")}

    def _step(self, step) -> Markup:
        does = self._worded(step["does"][self.lang], anchors=True)
        return Markup(" ").join(filter(None, [does, *map(self._brief_law, step["laws"]), self._unverified(step)]))

    def _unverified(self, fact) -> Markup | str:
        if not fact.get("unverified"):
            return ""
        words = self._worded(fact["unverified"][self.lang], anchors=True)
        return Markup('<em class="unverified">{}{}</em>').format(self.words("complaints_unverified"), words)

    def myths(self, topic: str) -> Markup:
        """The common claims on one topic of data/myths.yml, truth first; their ids are anchors."""
        found = {myth_id: myth for myth_id, myth in self.facts.myths.items() if myth["topic"] == topic}
        if not found:
            topics = ", ".join(dict.fromkeys(myth["topic"] for myth in self.facts.myths.values()))
            self._fail(f'myths("{topic}")', UsageError(f"no claim has this topic. Use one of: {topics}."))
        return self._render("myths.html", myths=[self._myth(myth_id, myth) for myth_id, myth in found.items()])

    def myth(self, myth_id: str) -> Markup:
        """One common claim as a small box for another page, with a link to the list."""
        try:
            entry = self.facts.myth(myth_id)
        except data.DataError as error:
            self._fail(f'myth("{myth_id}")', error)
        more = f"{get_relative_url('help/myths/', self.env.page.file.url)}#{myth_id}"
        return self._render("myth.html", myth=self._myth(myth_id, entry), more=more)

    def _myth(self, myth_id: str, myth) -> dict:
        return {"id": myth_id, "ask": myth["ask"][self.lang], "truth": self._worded(myth["truth"][self.lang]),
                "claim": myth["claim"][self.lang], "verdict": myth["verdict"], "origin": myth["origin"][self.lang],
                "laws": [self._brief_law(basis) for basis in myth["laws"]]}

    # Glossary and list of rules -------------------------------------------------

    def glossary(self, group: str) -> Markup:
        """The terms of one group of data/glossary.yml, each with its anchor."""
        try:
            return glossary.render(self, group)
        except ValueError as error:
            self._fail(f'glossary("{group}")', error)

    def glossary_index(self) -> Markup:
        """Every term by its first letter: of the pinyin in Chinese, of the name in English."""
        return glossary.index(self)

    def law_table(self, force: str) -> Markup:
        """The instruments of one degree of force that have topics in data/laws.yml."""
        try:
            return law_table.render(self, force)
        except ValueError as error:
            self._fail(f'law_table("{force}")', error)

    def law_filter(self) -> Markup:
        """The form that narrows the list of rules; it shows with JavaScript only."""
        return law_table.filter_form(self)

    def renumbering(self, table_id: str) -> Markup:
        """A table of data/renumbering.yml: old and new article numbers with what each says."""
        try:
            return law_table.renumbering(self, table_id)
        except ValueError as error:
            self._fail(f'renumbering("{table_id}")', error)

    def audit_checklist(self) -> Markup:
        """Questions for an audit of collection, from data/audit.yml, as tables to print and tick."""
        return audit.render(self)

    def _listed_law(self, law_id: str, articles: str) -> Markup:
        """A reference that leads to the list of rules, for pages that have no list of sources of their own."""
        chip = self.law_chip(law_id, articles)
        law = self.facts.laws[law_id]
        self._note_expiry(law, law["title"][self.lang])
        report = Markup(" {}").format(chip["report"]) if chip["report"] else ""
        return Markup('<span class="law"><a href="{}">{}</a><b class="badge badge--{}">{}</b>{}</span>').format(
            law_table.address(law_id, self.env.page.file.url), chip["text"], chip["force"], chip["badge"], report)

    # Calculators -------------------------------------------------------------

    def calculator(self, slug: str) -> Markup:
        """Form, worked table and the data for the browser."""
        from . import calculators

        embedded = self.env.page.meta.get("type") == "embed"
        embed_url = "" if embedded else f'{self.conf["site_url"]}embed/{slug}/'
        try:
            html = calculators.render_calculator(slug, self.lang, self.facts, self, embed_url)
        except calculators.CalculatorError as error:
            self._fail(f'calculator("{slug}")', error)
        for kind, fact_id, keys in calculators.used_facts(slug, self.facts):
            if kind == "law":
                self._use_law(fact_id, keys)
            else:
                self._use_limit(fact_id)
        return Markup(html)

    def contact_log(self) -> Markup:
        """The log of contacts: form, rules it counts against, paper table and the data for the browser."""
        from . import contact_log

        try:
            return Markup(contact_log.render(self))
        except (data.DataError, ValueError) as error:
            self._fail("contact_log()", error)

    def letters(self) -> Markup:
        """The letters of data/letters.yml as links, and the fields for the browser; once on the page that holds them."""
        return letters.index(self)

    def letter(self, letter_id: str) -> Markup:
        """One letter with its explanations; the page's heading above it has the same id."""
        try:
            self.facts.letter(letter_id)
        except data.DataError as error:
            self._fail(f'letter("{letter_id}")', error)
        return letters.render(letter_id, self)

    def law_chip(self, law_id: str, articles: str) -> dict[str, str]:
        """What a result shows of a reference: name with article, address in the list of sources, force, who reported it.

        Raises:
            DataError: The instrument or an article is not in data/laws.yml, or its grade may not be published.
        """
        keys = [key.strip() for key in articles.split(",")]
        entries = [self.facts.law(law_id, key) for key in keys]
        law = self.facts.laws[law_id]
        force, badge = re.match(r'<span class="badge badge--([\w-]+)">([^<]*)<', str(self._status_badge(law))).groups()
        labels = self.words("list_separator").join(dict.fromkeys(data.article_label(law, key, self.lang) for key in keys))
        reports = dict.fromkeys(report for entry in entries if (report := self.report(entry, law)))
        return {"href": self._entry_of(law_id), "text": f"{self._title(law)} {labels}", "force": force, "badge": badge,
                "report": self.words("list_separator").join(reports)}

    def example(self, slug: str, case: str, key: str) -> Markup:
        """A figure computed by the engine from a named case, for use in prose."""
        from . import calculators

        try:
            return Markup(calculators.example(slug, case, key, self.lang, self.facts))
        except (KeyError, ValueError) as error:
            self._fail(f'example("{slug}", "{case}", "{key}")', error)

    # Published figures -------------------------------------------------------

    def stat(self, series_id: str, row: str, column: str) -> Markup:
        """A figure of a published series with its unit, for use in prose; its source is numbered behind it."""
        try:
            return figures.stat(self, series_id, row, column)
        except data.DataError as error:
            self._fail(f'stat("{series_id}", "{row}", "{column}")', error)

    def figure(self, series_id: str) -> Markup:
        """A published series: takeaway, chart, table, sources, files and citation."""
        try:
            return figures.figure(self, series_id)
        except (data.DataError, RuntimeError) as error:
            self._fail(f'figure("{series_id}")', error)

    def datasets(self) -> Markup:
        """The figures above as data for search engines."""
        return figures.datasets(self)

    def timeline(self) -> Markup:
        """What happened when, from data/timeline.yml."""
        return figures.timeline(self)

    # About and the end of the page --------------------------------------------

    def operator(self) -> Markup:
        """Who runs this copy of the site, from the configuration."""
        return self._render("operator.html", operator=self.conf["extra"]["operated_by"])

    def _check_rows(self, page_id: str) -> list[dict]:
        return [c for c in (self.facts.checks.get(page_id) or {}).get(self.lang, [])]

    def _against(self, check) -> str:
        names = []
        for law_id in check["against"]:
            law = self.facts.laws.get(law_id)
            source = self.facts.sources.get(law_id)
            names.append(self._title(law) if law else source["title"][self.lang])
        return self.words("list_separator").join(names)

    def checks_table(self) -> Markup:
        """Which page was checked on which day at which revision against which texts."""
        rows = []
        for page_id in self.facts.checks:
            for check in self._check_rows(page_id)[-1:]:
                rows.append({"page": page_id, "title": self._front_matter(page_id, "title"), "on": self.day(check["on"]),
                             "revision": check["revision"], "against": self._against(check)})
        return self._render("checks.html", rows=rows)

    def _front_matter(self, page_id: str, key: str) -> str:
        """One plain value from the front matter of a page, by the page's address."""
        for name in (f"{page_id}.md", f"{page_id}/index.md".lstrip("/"), "index.md" if page_id in ("", "home") else ""):
            path = ROOT / "docs" / self.lang / name
            if name and path.is_file():
                for line in path.read_text("utf-8").splitlines():
                    if line.startswith(f"{key}:"):
                        return line.removeprefix(f"{key}:").strip().strip("\"'")
        raise UsageError(f'data/checks.yml: there is no page "{page_id}". Use the page\'s address without slashes at its ends.')

    def references(self) -> Markup:
        """The page's sources with their force, the numbers used with their caveats, and the line of checks."""
        facts = self.page_facts
        facts.listed = True
        # Beside the letters each paragraph says what its articles mean; said again here, it would double what is loaded.
        explained = self.env.page.meta.get("type") == "letters"
        laws = []
        for law_id, keys in facts.laws.items():
            if self._entry_of(law_id) != f"#ref-{law_id}":
                continue
            law = self.facts.laws[law_id]
            source = self.facts.sources[law["source"]]
            articles = [
                {"name": data.article_label(law, key, self.lang), "says": "" if explained else law["articles"][key]["says"][self.lang],
                 "report": self.report(law["articles"][key], law),
                 "grade": self._grade(law["articles"][key].get("confidence") or law["confidence"])}
                for key in keys
            ]
            laws.append({"id": law_id, "title": law["full_title"][self.lang], "number": law.get("number"),
                         "issuer": law["issuer"][self.lang], "badge": self._status_badge(law), "since": self._since(law),
                         "articles": articles, "verified_on": self.day(law["verified_on"]), "source": source})
        limits = []
        for limit_id in facts.limits:
            limit = self.facts.limits[limit_id]
            expires = data.expires_of(limit)
            limits.append({"id": limit_id, "limit": limit, "badge": self.limit_badge(limit),
                           "grade": self._grade(limit["confidence"]),
                           "report": self.report(limit),
                           "expires": self.day(expires) if expires else "",
                           "verified_on": self.day(limit["verified_on"])})
        sources = [(source_id, self.facts.sources[source_id]) for source_id in facts.sources]
        return self._render(
            "references.html", laws=laws, limits=limits, sources=sources, checked=self._checked_line(), day=self.day,
            folded=self.env.page.meta.get("type") == "embed",
        )

    def _grade(self, confidence) -> str:
        return self.words("confidence", f'{confidence["grade"]} · {confidence["scale"]}')

    def _checked_line(self) -> list[str]:
        page = self.env.page
        page_id = page.file.url.strip("/")
        page_id = "home" if page_id in ("", ".") else page_id
        if page.meta.get("type") == "embed":
            # It holds nothing that its calculator's own page does not, and that page is the one that is checked.
            page_id = page_id.replace("embed/", "tools/", 1)
        last, changed = self._last_check(page_id)
        if not last:
            return [self.words("checked_never")]
        lines = [self.words("checked_line", self.day(last["on"]), self._against(last), last["revision"])]
        return lines + [self.words("checked_changed")] * changed

    def _last_check(self, page_id: str) -> tuple[dict | None, bool]:
        """The newest check of a page, and whether the page has changed in substance since."""
        checks = self._check_rows(page_id)
        if not checks:
            return None, False
        return checks[-1], int(self._front_matter(page_id, "revision")) > int(checks[-1]["revision"])


def _commit() -> dict[str, str]:
    """Commit built and its date, or empty strings outside a repository."""
    try:
        text = subprocess.run(
            ["git", "log", "-1", "--format=%h %cs"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=5,
        ).stdout.split()
        return {"id": text[0], "date": text[1]}
    except (OSError, subprocess.SubprocessError, IndexError):
        return {"id": "", "date": ""}
