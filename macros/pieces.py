"""Markdown extension: what a macro prints as a block of its own goes past Markdown as it is.

Markdown would read every tag of it, which takes a fifth of the build, and change nothing.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

_ID = re.compile(r'\sid="([^"]+)"')
_MARK = re.compile(r"^\s*%%piece (\d+)%%$")


class Pieces(Extension):
    """Keeps the HTML of blocks; a mark on a line of its own stands for each until Markdown has run."""

    def __init__(self):
        super().__init__()
        self.kept: list[str] = []

    def keeping(self, macro: Callable[..., str]) -> Callable[..., str]:
        """The same macro, which gives a mark in place of its HTML."""

        @wraps(macro)
        def marked(*args, **kwargs) -> str:
            self.kept.append(str(macro(*args, **kwargs)))
            return f"\n\n%%piece {len(self.kept) - 1}%%\n\n"

        return marked

    def extendMarkdown(self, md):  # noqa: N802  (name given by Markdown)
        # After MkDocs has looked for anchors (21), which stand in the pieces too, and before Markdown looks for HTML (20).
        md.preprocessors.register(_Give(self.kept), "pieces_given", 22)
        md.preprocessors.register(_Take(md, self.kept), "pieces_taken", 20.5)


class _Give(Preprocessor):
    """Shows MkDocs the anchors of each piece, between its mark and a second one."""

    def __init__(self, kept: list[str]):
        super().__init__()
        self.kept = kept

    def run(self, lines: list[str]) -> list[str]:
        given = []
        for line in lines:
            found = _MARK.match(line)
            given += [line, *(f'<a id="{anchor}"></a>' for anchor in _ID.findall(self.kept[int(found[1])])), line] if found else [line]
        return given


class _Take(Preprocessor):
    """Takes the anchors out again and leaves what Markdown itself leaves of HTML that it has read: the piece goes in last."""

    def __init__(self, md, kept: list[str]):
        super().__init__(md)
        self.kept = kept

    def run(self, lines: list[str]) -> list[str]:
        left, inside = [], None
        for line in lines:
            found = _MARK.match(line)
            if inside is None:
                left.append(self.md.htmlStash.store(self.kept[int(found[1])]) if found else line)
                inside = found and line
            elif line == inside:
                inside = None
        return left
