"""What several tests share: building the site, reading built HTML, watching a browser page, running axe."""
from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh", "en")
LANG_CODES = {"zh": "zh-Hans", "en": "en"}

# The day on which the tests build and browse, so that a fact that runs out later does not turn them red.
BUILD_DATE = "2026-11-24"

# What a build reads. Copies for mistakes take these and nothing else.
SOURCES = ("docs", "data", "macros", "hooks", "overrides", "mkdocs.yml", "mkdocs.en.yml")

DEVICES = {
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}


def build(target: Path, source: Path = ROOT, tool: str = "mkdocs", **env: str) -> subprocess.CompletedProcess:
    """Run a strict build of both languages in a process of its own.

    Args:
        target: Folder that gets the site.
        source: Tree to build, the project's own or a copy.
        tool: "mkdocs" or "properdocs".
        env: Environment variables of this build, such as SITE_URL.
    Returns:
        The finished process; stdout and stderr are joined in stdout.
    """
    environ = {k: v for k, v in os.environ.items() if not k.startswith("OPERATOR_") and k != "SITE_URL"}
    environ |= {"BUILD_DATE": BUILD_DATE, "NO_MKDOCS_2_WARNING": "1", "NO_COLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    environ |= env
    command = [sys.executable, "-m", tool, "build", "--strict", "-f", "mkdocs.yml", "-d", str(target)]
    return subprocess.run(
        command, cwd=source, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )


def built(target: Path, source: Path = ROOT, tool: str = "mkdocs", **env: str) -> Path:
    """Like build(), but a failed build fails the test with what the build said."""
    done = build(target, source, tool, **env)
    assert done.returncode == 0, f"the build failed:\n{done.stdout[-6000:]}"
    return target


def copy_sources(target: Path) -> Path:
    """A copy of everything a build reads, to be broken by a test."""
    target.mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target / name)
    # The cut-down style sheet of the theme takes longest to make, and is made from the same pages.
    if (ROOT / ".cache").is_dir():  # not yet there in a fresh clone
        shutil.copytree(ROOT / ".cache", target / ".cache", ignore=shutil.ignore_patterns("templates"), dirs_exist_ok=True)
    return target


def page_ids(embeds: bool = False, sheets: bool = False) -> list[str]:
    """Every page by its address without the language: "" for the home page, "visits/rules/".

    Args:
        embeds: The pages made to stand in frames of other sites, instead of all others.
        sheets: The sheets to print, instead of all others.
    """
    wanted = "embed/" if embeds else "sheets/" if sheets else ""
    folder = ROOT / "docs" / "zh"
    found = []
    for path in folder.rglob("*.md"):
        name = path.relative_to(folder).with_suffix("").as_posix()
        name = name.removesuffix("index").rstrip("/")
        if next((apart for apart in ("embed/", "sheets/") if name.startswith(apart)), "") == wanted:
            found.append(name + "/" if name else "")
    return sorted(found)


def address(lang: str, page: str) -> str:
    """Address of a page relative to the site's root."""
    return page if lang == "zh" else "en/" + page


def slug(page: str) -> str:
    """Readable name of a page in a test's id."""
    return page.strip("/") or "home"


EVERY_PAGE = [(lang, page) for page in page_ids() for lang in LANGUAGES]
EVERY_PAGE_IDS = [f"{lang}-{slug(page)}" for lang, page in EVERY_PAGE]


# Built HTML ------------------------------------------------------------------


@dataclass
class Element:
    """A start tag with its attributes and the line it stands on.

    Attributes:
        text: What it holds, tags dropped.
        inside: The elements around it, outermost first.
    """

    tag: str
    attrs: dict[str, str]
    line: int
    text: str = ""
    inside: tuple[Element, ...] = ()

    def get(self, name: str, default: str | None = None) -> str | None:
        return self.attrs.get(name, default)


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Document(HTMLParser):
    """Every element of a page in order, with its text."""

    def __init__(self, html: str):
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, self.getpos()[0], inside=tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs) -> None:
        self.elements.append(Element(tag, {k: v or "" for k, v in attrs}, self.getpos()[0]))

    def handle_endtag(self, tag: str) -> None:
        for position in range(len(self._open) - 1, -1, -1):
            if self._open[position].tag == tag:
                del self._open[position:]
                return

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attrs: str) -> list[Element]:
        return [
            e
            for e in self.elements
            if e.tag == tag and all(e.attrs.get(k.rstrip("_").replace("_", "-")) == v for k, v in attrs.items())
        ]

    def one(self, tag: str, **attrs: str) -> Element:
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"expected one <{tag}> with {attrs}, found {len(found)}"
        return found[0]

    @property
    def ids(self) -> list[str]:
        return [e.attrs["id"] for e in self.elements if e.attrs.get("id")]


def read(path: Path) -> Document:
    return Document(path.read_text("utf-8"))


# Browser ---------------------------------------------------------------------


@dataclass
class Watch:
    """What a page did that it should not have: errors, failed loads, requests to other hosts."""

    origin: str
    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def attach(self, context) -> None:
        for event, handler in self._handlers():
            context.on(event, handler)

    def detach(self, context) -> None:
        for event, handler in self._handlers():
            context.remove_listener(event, handler)

    def _handlers(self):
        return (
            ("request", self._request),
            ("response", self._response),
            ("requestfailed", self._failed),
            ("console", self._console),
            ("weberror", self._threw),
        )

    def _failed(self, request) -> None:
        if request.failure == "net::ERR_ABORTED":  # the reader went on before an icon had come
            return
        # The worker asks the network before it gives out a copy; without network that is no failure of the page.
        who = "service worker's " if request.service_worker else ""
        self.errors.append(f"{who}request failed: {request.url} {request.failure}")

    def _threw(self, error) -> None:
        self.errors.append(f"exception: {error.error}")

    def _request(self, request) -> None:
        self.requests.append(request.url)
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob", "about"):
            return
        if f"{parts.scheme}://{parts.netloc}" != self.origin:
            self.foreign.append(request.url)

    def _response(self, response) -> None:
        if response.status >= 400:
            self.errors.append(f"status {response.status}: {response.url}")

    def _console(self, message) -> None:
        if message.type in ("error", "assert"):
            self.errors.append(f"console: {message.text} ({message.location})")

    def clear(self) -> None:
        self.errors.clear()
        self.foreign.clear()
        self.requests.clear()

    def assert_clean(self) -> None:
        assert not self.errors, "\n".join(self.errors)
        assert not self.foreign, "requests to other hosts:\n" + "\n".join(self.foreign)


def fill_form(tab, values: dict[str, str]) -> None:
    """Type into fields of the calculator that is open, by their ids."""
    for name, text in values.items():
        tab.locator(f"#calc-{name}").fill(text)


def settled(tab) -> None:
    """Wait for an answer with all that stands below it, or for messages."""
    # By locator, since the page's policy forbids evaluated conditions.
    tab.locator(".calc__answer p, .calc__errors:not([hidden])").first.wait_for()
    tab.locator(".calc__detail:not([aria-busy])").wait_for(state="attached")


def calculate(tab) -> str:
    """Press the calculator's button; the answer, empty where there are messages."""
    tab.locator(".calc__go").click()
    settled(tab)
    return tab.locator(".calc__answer").inner_text()


AXE_RUN = """async ([rules, within, without]) => {
  const options = { resultTypes: ['violations'], preload: false };
  if (rules) options.runOnly = rules;
  if (without) options.rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const result = await axe.run(within || document, options);
  return result.violations.map(v => ({
    id: v.id, impact: v.impact, help: v.help,
    nodes: v.nodes.slice(0, 5).map(n => n.html.slice(0, 200) + '\\n      ' + n.failureSummary.replace(/\\n\\s*/g, ' | ')),
  }));
}"""
# The rules that the colour scheme can change; the document and its layout are the same in both.
AXE_COLOURS = ["color-contrast", "link-in-text-block"]


# Not waited for: in a part that is folded away an animation stands still, and would never end.
FINISH_ANIMATIONS = "document.getAnimations().forEach((animation) => animation.finish())"


def use_scheme(page, scheme: str) -> None:
    """Switch between light and dark; no colour is on its way any more afterwards."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(FINISH_ANIMATIONS)


def axe_violations(
    page, source: str | None, rules: list[str] | None = None, within: str | None = None, without: list[str] | None = None
) -> list[dict]:
    """Run axe-core on a page, under the page's own policy.

    Args:
        page: The browser page.
        source: axe-core's source, or None where the page has it already.
        rules: Run these only; all of axe's default rules unless given.
        within: Selector of the part to look at; the whole page unless given.
        without: Leave these rules out.
    """
    if source:
        page.evaluate(source)
    return page.evaluate(AXE_RUN, [rules, within, without])


def describe(violations: list[dict]) -> str:
    lines = []
    for v in violations:
        lines.append(f"{v['id']} ({v['impact']}): {v['help']}")
        lines += [f"    {node}" for node in v["nodes"]]
    return "\n".join(lines)


def overflow(page) -> list[str]:
    """Elements that make the page scroll sideways, empty when it does not; what a scrolling box holds is not meant."""
    return page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          const wide = Math.max(document.documentElement.scrollWidth, document.body.scrollWidth);
          if (wide <= room) return [];
          const found = [`page is ${wide} wide in ${room}`];
          for (const e of document.querySelectorAll('body *')) {
            const box = e.getBoundingClientRect();
            if (box.width === 0 || box.right <= room + 1) continue;
            let up = e.parentElement;
            while (up !== document.body && getComputedStyle(up).overflowX === 'visible') up = up.parentElement;
            if (up !== document.body) continue;
            const name = e.tagName.toLowerCase() + [...e.classList].map(c => '.' + c).join('');
            found.push(`${name} to ${Math.round(box.right)}: ${e.textContent.trim().slice(0, 40)}`);
          }
          return found.slice(0, 12);
        }"""
    )


def dump(value) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
