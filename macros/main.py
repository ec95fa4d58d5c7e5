"""Register the macros that pages call. This module joins; rendering is in render.py, sums are in engine/."""
from __future__ import annotations

from .pieces import Pieces
from .site import Site
from .tables import ScrollingTables


def define_env(env) -> None:
    """Make one Site per build and hand its methods to the pages."""
    site = Site(env)
    env.clear_account = site
    pieces = Pieces()
    for macro in (
        site.law,
        site.limit,
        site.hotline,
        site.distress,
        site.term,
        site.cite,
        site.lpr,
        site.advice,
        site.badge,
        site.badges,
        pieces.keeping(site.complaints),
        pieces.keeping(site.myths),
        pieces.keeping(site.myth),
        pieces.keeping(site.calculator),
        site.example,
        pieces.keeping(site.contact_log),
        pieces.keeping(site.letters),
        pieces.keeping(site.letter),
        site.stat,
        pieces.keeping(site.figure),
        pieces.keeping(site.timeline),
        pieces.keeping(site.datasets),
        site.operator,
        site.checks_table,
        pieces.keeping(site.glossary),
        pieces.keeping(site.glossary_index),
        pieces.keeping(site.law_filter),
        pieces.keeping(site.law_table),
        pieces.keeping(site.renumbering),
        pieces.keeping(site.audit_checklist),
        pieces.keeping(site.references),
    ):
        env.macro(macro, macro.__name__)
    env.conf["markdown_extensions"] += [pieces, ScrollingTables(site.words("table_scroll"))]
