"""Register the macros that pages call. This module joins; rendering is in render.py, sums are in engine/."""
from __future__ import annotations

from .site import Site
from .tables import ScrollingTables


def define_env(env) -> None:
    """Make one Site per build and hand its methods to the pages."""
    site = Site(env)
    env.clear_account = site
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
        site.complaints,
        site.myths,
        site.myth,
        site.calculator,
        site.example,
        site.contact_log,
        site.letters,
        site.letter,
        site.operator,
        site.checks_table,
        site.references,
    ):
        env.macro(macro, macro.__name__)
    env.conf["markdown_extensions"].append(ScrollingTables(site.words("table_scroll")))
