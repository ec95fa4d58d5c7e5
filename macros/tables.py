"""Markdown extension: a table that may be wider than a phone scrolls in a region with a name and keyboard focus."""
from __future__ import annotations

from xml.etree import ElementTree

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor


class _Wrap(Treeprocessor):
    def __init__(self, md, label: str):
        super().__init__(md)
        self.label = label

    def run(self, root):
        heading = ""
        for parent in list(root.iter()):
            for position, child in enumerate(list(parent)):
                if child.tag in ("h1", "h2", "h3"):
                    heading = "".join(child.itertext())
                if child.tag == "table":
                    region = ElementTree.Element(
                        "div",
                        {"class": "table-scroll", "role": "region", "tabindex": "0",
                         "aria-label": f"{self.label} {heading}".strip()},
                    )
                    region.tail, child.tail = child.tail, None
                    parent.remove(child)
                    region.append(child)
                    parent.insert(position, region)
        return root


class ScrollingTables(Extension):
    """Wrap every table; `label` (in the page's language) comes before the nearest heading in the region's name."""

    def __init__(self, label: str):
        super().__init__()
        self.label = label

    def extendMarkdown(self, md):  # noqa: N802  (name given by Markdown)
        # After attr_list (8) and the inline patterns (20), so that headings hold their final text.
        md.treeprocessors.register(_Wrap(md, self.label), "scrolling_tables", 5)
