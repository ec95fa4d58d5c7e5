"""Fixtures of all tests: the built site at the root of a server and below a sub-path, and browser pages on it."""
from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts import browser as browser_finder
from scripts import tools
from scripts.static_server import StaticServer
from tests import support

SUBPATH = "/some/project/"
MEDIA = "['print', '(prefers-color-scheme: dark)'].map((query) => matchMedia(query).matches)"

# One seed for every worker, printed with the run, so that a failure can be had again: TEST_SEED=... make test
SEED = int(os.environ.setdefault("TEST_SEED", str(random.SystemRandom().randrange(10**9))))


def pytest_report_header() -> list[str]:
    try:
        chromium = "{1} ({0})".format(*browser_finder.find())
    except LookupError as error:
        chromium = str(error)
    return [f"browser: {chromium}", f"seed of the random cases: {SEED}  (again: TEST_SEED={SEED} make test)"]


@pytest.fixture(scope="session")
def seed() -> int:
    """Seed of this run's random cases."""
    return SEED


# Programs --------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that all browser tests drive."""
    try:
        return browser_finder.find()[0]
    except LookupError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium_path: str) -> dict:
    """Launch options of pytest-playwright's one browser per session."""
    return {"executable_path": chromium_path, "args": browser_finder.launch_args(), "timeout": 60_000}


@pytest.fixture(scope="session")
def node() -> str:
    """The environment's own Node."""
    return str(tools.node())


@pytest.fixture(scope="session")
def axe_source() -> str:
    path = tools.axe()
    if not path.is_file():
        pytest.fail(f"axe-core is missing: there is no {path}. Get it with: make test", pytrace=False)
    return path.read_text("utf-8")


# The built site --------------------------------------------------------------


@pytest.fixture(scope="session")
def build_site() -> Callable[..., Path]:
    """build_site(target, source=tree, tool="mkdocs", SITE_URL=...) builds strictly and returns the target."""
    return support.built


@pytest.fixture(scope="session")
def site_server(tmp_path_factory) -> Iterator[StaticServer]:
    """The site served at `/`, and in `.said` what the build said; who takes it off the net with `.reachable` puts it back."""
    with StaticServer() as server:
        server.folder = tmp_path_factory.mktemp("root") / "site"
        done = support.build(server.folder, SITE_URL=server.url)
        assert done.returncode == 0, f"the build failed:\n{done.stdout[-6000:]}"
        server.said = done.stdout
        yield server


@pytest.fixture(scope="session")
def site(site_server: StaticServer) -> Path:
    """Folder of the site built for `/` on the fixed day."""
    return site_server.folder


@pytest.fixture(scope="session")
def site_url(site_server: StaticServer) -> str:
    """Address of the site at `/`, ending in a slash."""
    return site_server.url


@pytest.fixture(scope="session")
def subpath_server(tmp_path_factory) -> Iterator[StaticServer]:
    """The same sources built for and served below a sub-path, as on a project page of a forge."""
    with StaticServer(prefix=SUBPATH) as server:
        server.folder = support.built(tmp_path_factory.mktemp("subpath") / "site", SITE_URL=server.url)
        yield server


@pytest.fixture(scope="session")
def subpath_url(subpath_server: StaticServer) -> str:
    """Address of the site below the sub-path, ending in a slash."""
    return subpath_server.url


# Browser pages ---------------------------------------------------------------


class Tab:
    """A page in a context of its own, which tests with the same options use one after the other.

    Making a page takes the browser longer than loading one of ours, and the site keeps nothing between two visits; so
    only contexts in which something stays behind (a service worker) are made anew.
    """

    def __init__(self, browser, device: str, scheme: str, js: bool, workers: bool, now: str | None, **more):
        self.options = support.DEVICES[device]
        self.scheme = scheme
        self.context = browser.new_context(
            **self.options,
            color_scheme=scheme,
            java_script_enabled=js,
            service_workers="allow" if workers else "block",
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **more,
        )
        self.context.set_default_timeout(10_000)
        if js and now:
            # Only Date stands still; timers run.
            self.context.clock.set_fixed_time(now if "T" in now else now + "T04:00:00Z")
        self.page = self.context.new_page()

    def clean(self) -> bool:
        """Make it as new; False where that cannot be."""
        if self.page.is_closed() or len(self.context.pages) > 1:
            return False
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.goto("about:blank")
        # Setting these takes longer than asking for them.
        if self.page.evaluate(MEDIA) != [False, self.scheme == "dark"]:
            self.page.emulate_media(media="null", color_scheme=self.scheme)
        if self.page.viewport_size != self.options["viewport"]:
            self.page.set_viewport_size(self.options["viewport"])
        self.context.clear_cookies()
        return True


@pytest.fixture(scope="session")
def idle_tabs(browser) -> Iterator[dict[tuple, list[Tab]]]:
    """Tabs that no test uses at the moment, by their options."""
    idle: dict[tuple, list[Tab]] = {}
    yield idle
    for tabs in idle.values():
        for tab in tabs:
            tab.context.close()


@pytest.fixture
def open_page(browser, idle_tabs, site_url: str) -> Iterator[Callable]:
    """open_page(address, **options) opens an address of the site and returns (page, watch).

    Options:
        base: Address of the site, ending in a slash; the site at `/` unless said.
        device: "phone" (390 x 844, touch) or "desktop" (1280 x 800).
        scheme: "light" or "dark".
        width: Another width of the window, in CSS pixels.
        js: False switches JavaScript off.
        workers: True lets the page register its service worker.
        now: Date (and time) that the page's scripts see; None leaves the machine's clock.
        go: False leaves the page blank.
    """
    used: list[tuple[tuple | None, Tab, support.Watch]] = []

    def open_one(
        path: str = "",
        *,
        base: str = site_url,
        device: str = "phone",
        scheme: str = "light",
        width: int | None = None,
        js: bool = True,
        workers: bool = False,
        now: str | None = support.BUILD_DATE,
        go: bool = True,
        **more,
    ):
        options = (device, scheme, js, workers, now)
        shared = None if workers or more else options
        waiting = idle_tabs.get(shared)
        tab = waiting.pop() if waiting else Tab(browser, *options, **more)
        watch = support.Watch("/".join(base.split("/")[:3]))
        watch.attach(tab.context)
        used.append((shared, tab, watch))
        if width:
            tab.page.set_viewport_size({**tab.options["viewport"], "width": width})
        if go:
            tab.page.goto(base + path)
        return tab.page, watch

    yield open_one
    for shared, tab, watch in used:
        watch.detach(tab.context)
        if shared and tab.clean():
            idle_tabs.setdefault(shared, []).append(tab)
        else:
            tab.context.close()


@pytest.fixture(params=["phone", "desktop"])
def device(request) -> str:
    """Each of the two devices in turn."""
    return request.param


@pytest.fixture
def phone_page(open_page):
    """A blank page of a phone; `page.goto(site_url + ...)` goes on."""
    return open_page(go=False)[0]


@pytest.fixture
def desktop_page(open_page):
    """A blank page of a desktop browser."""
    return open_page(go=False, device="desktop")[0]


@pytest.fixture
def no_js_page(open_page):
    """A blank page of a phone with JavaScript switched off."""
    return open_page(go=False, js=False)[0]
