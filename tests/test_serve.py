"""`mkdocs serve`: a change shows in the open browser by itself, and a mistake is reported without ending the server."""
from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests import support

PATIENCE_SECONDS = 90


class Served:
    """A running `mkdocs serve` on a copy of the sources."""

    def __init__(self, tree: Path, log: Path):
        self.tree = tree
        self.log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.url = f"http://127.0.0.1:{probe.getsockname()[1]}/"
        environ = dict(os.environ) | {
            "BUILD_DATE": support.BUILD_DATE, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1",
        }
        environ.pop("SITE_URL", None)
        address = self.url.removeprefix("http://").rstrip("/")
        # The command of `make serve`, less the search for a free port.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mkdocs", "serve", "--livereload", "-a", address],
            cwd=tree, env=environ, stdout=log.open("wb"), stderr=subprocess.STDOUT,
        )

    def get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def wait(self, condition, what: str):
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            assert self.process.poll() is None, f"the server ended:\n{self.said()[-3000:]}"
            if result := condition():
                return result
            time.sleep(0.2)
        pytest.fail(f"{what} did not happen within {PATIENCE_SECONDS} s:\n{self.said()[-3000:]}")

    def wait_for(self, path: str, text: str) -> None:
        self.wait(lambda: text in self.get(path), f"{text!r} on /{path}")

    def change(self, name: str, old: str, new: str) -> None:
        path = self.tree / name
        text = path.read_text("utf-8")
        assert old in text, f"the test expects {old!r} in {name}"
        path.write_text(text.replace(old, new, 1), "utf-8")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


# Every change builds the site anew, so the tests change one of a few pages; the last test serves all of them.
FEW = {"index.md", "search.md", "help/index.md", "help/overwhelmed.md", "visits/at-the-door.md", "visits/rules.md"}


def few_pages(tree: Path) -> Path:
    """Leave only a few pages in a copy of the sources, in its navigation and in the words of its search."""
    for lang, config in (("zh", "mkdocs.yml"), ("en", "mkdocs.en.yml")):
        for page in (tree / "docs" / lang).rglob("*.md"):
            if page.relative_to(tree / "docs" / lang).as_posix() not in FEW:
                page.unlink()
        before, nav = (tree / config).read_text("utf-8").split("\nnav:\n")
        lines = [line for line in nav.splitlines() if not line.endswith(".md") or line.split("- ")[1] in FEW]
        # A section without a page goes too.
        kept = [line for line, after in zip(lines, [*lines[1:], "  -"]) if not line.endswith(":") or after.startswith("      ")]
        (tree / config).write_text(before + "\nnav:\n" + "\n".join(kept) + "\n", "utf-8")
    # Search words that lead to a page which is gone.
    path = tree / "data/search/synonyms.yml"
    words = yaml.safe_load(path.read_text("utf-8"))
    addresses = {page.removesuffix("index.md").removesuffix(".md").rstrip("/") + "/" for page in FEW}
    words["synonyms"] = [group for group in words["synonyms"] if group.get("page", "help/") in addresses]
    path.write_text(yaml.safe_dump(words, allow_unicode=True), "utf-8")
    return tree


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("serve")
    server = Served(few_pages(support.copy_sources(folder / "tree")), folder / "log.txt")
    try:
        server.wait(lambda: "</html>" in server.get(""), "the first page")
        yield server
    finally:
        server.stop()


def heading(tree: Path, name: str) -> str:
    return re.search(r"^# (.+)$", (tree / name).read_text("utf-8"), re.M)[1]


def test_both_languages_are_served_with_live_reload_and_without_worker(served):
    for path, lang in (("", "zh-Hans"), ("en/", "en"), ("en/visits/rules/", "en")):
        html = served.get(path)
        assert f'<html lang="{lang}"' in html
        assert "livereload" in html
        # The policy would forbid the inline script that reloads.
        assert "Content-Security-Policy" not in html
    assert served.get("sw.js") == ""


def test_change_in_pages_data_template_style_and_macros_shows(served):
    """One change of every kind in both languages at once: each has its own mark, and one rebuild brings them all."""
    titles = [heading(served.tree, f"docs/{lang}/help/index.md") for lang in ("zh", "en")]
    for lang, title in zip(("zh", "en"), titles):
        served.change(f"docs/{lang}/help/index.md", f"# {title}", f"# CHANGED {lang}")
        before = re.search(rf"^menu:.*?\b{lang}: ([^,}}]+)", (served.tree / "data/ui.yml").read_text("utf-8"), re.M)[1]
        served.change("data/ui.yml", f"{lang}: {before}", f"{lang}: CHANGED-DATA-{lang}")
    served.change("overrides/partials/footer.html", "<footer", '<footer data-changed="template"')
    sheet = served.tree / "overrides/assets/css/site.css"
    sheet.write_text(sheet.read_text("utf-8") + "\n.changed { color: inherit; }\n", "utf-8")
    served.change("macros/site.py", 'return Markup(f\'<p class="distress">', 'return Markup(f\'<p class="distress" data-changed="macro">')
    for lang, path in (("zh", "help/"), ("en", "en/help/")):
        served.wait_for(path, f"CHANGED {lang}")
        for text in (f"CHANGED-DATA-{lang}", 'data-changed="template"', 'data-changed="macro"'):
            served.wait_for(path, text)
    served.wait_for("assets/css/site.css", ".changed")
    for lang, title in zip(("zh", "en"), titles):
        served.change(f"docs/{lang}/help/index.md", f"# CHANGED {lang}", f"# {title}")


# What each kind of mistake is named by.
SLIPS = {
    "law": ("docs/zh/visits/rules.md", "{{ references() }}", '{{ law("civil-cod", "1") }}\n\n{{ references() }}', "civil-cod"),
    "yaml": ("data/laws.yml", "civil-code:\n", "civil-code: [\n", "data/laws.yml"),
    "python": ("macros/site.py", "class Site:", "class Site(:", "SyntaxError"),
    "template": ("overrides/partials/footer.html", "{% endif %}", "", "footer.html"),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_mistake_is_reported_and_the_server_goes_on(served, slip):
    name, old, new, named = SLIPS[slip]
    before = len(served.said())
    good = (served.tree / name).read_text("utf-8")
    served.change(name, old, new)
    served.wait(lambda: named in served.said()[before:], f"a report that names {named}")
    (served.tree / name).write_text(good, "utf-8")
    # The page comes back without a restart.
    title = heading(served.tree, "docs/en/help/index.md")
    served.change("docs/en/help/index.md", f"# {title}", f"# AFTER {slip}")
    served.wait_for("en/help/", f"AFTER {slip}")


def test_open_browser_reloads_by_itself(served, browser):
    page = browser.new_page()
    try:
        page.goto(served.url + "en/help/")
        title = heading(served.tree, "docs/en/help/index.md")
        served.change("docs/en/help/index.md", f"# {title}", "# SEEN WITHOUT A TOUCH")
        page.locator("h1", has_text="SEEN WITHOUT A TOUCH").wait_for(timeout=PATIENCE_SECONDS * 1000)
    finally:
        page.close()


def test_server_names_both_addresses(tmp_path):
    """scripts/serve.py, which `make serve` runs, says where to look before MkDocs starts."""
    environ = dict(os.environ) | {"NO_MKDOCS_2_WARNING": "1", "PYTHONUNBUFFERED": "1"}
    environ.pop("SITE_URL", None)
    tree = support.copy_sources(tmp_path / "tree")
    process = subprocess.Popen(
        [sys.executable, str(support.ROOT / "scripts" / "serve.py")],
        cwd=tree, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )
    try:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Serving on" in line:
                break
        said = "".join(lines)
        home = re.search(r"http://127\.0\.0\.1:\d+/", said)[0]
        assert home + "en/" in said
        with urllib.request.urlopen(home + "en/", timeout=10) as answer:
            assert b'<html lang="en"' in answer.read()
    finally:
        process.terminate()
        process.wait(10)
