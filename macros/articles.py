"""Write article references ("50.1(5)") the way each language does."""
from __future__ import annotations

import re

_NOTATION = re.compile(r"^(\d+)(?:-(\d+))?(?:\.(\d+))?(?:\((\d+)\))?$")


def article_name(key: str, lang: str) -> str | None:
    """Name of an article in the language of the page.

    Args:
        key: "47(3)" = article 47 item 3; "50.1(5)" = article 50 paragraph 1 item 5; "293-1" = article 293 之一.
        lang: "zh" or "en".
    Returns:
        The name, or None when the key is a word (the article number was not seen; the data gives a label).

    >>> article_name("50.1(5)", "zh")
    '第 50 条第 1 款第 5 项'
    >>> article_name("293-1", "en")
    'art. 293-1'
    """
    match = _NOTATION.match(key)
    if not match:
        return None
    article, extra, paragraph, item = match.groups()
    if lang == "zh":
        name = f"第 {article} 条" + (f"之{'一二三四五六七八九'[int(extra) - 1]}" if extra else "")
        name += f"第 {paragraph} 款" if paragraph else ""
        return name + (f"第 {item} 项" if item else "")
    name = f"art. {article}" + (f"-{extra}" if extra else "")
    name += f" para. {paragraph}" if paragraph else ""
    return name + (f" item {item}" if item else "")
