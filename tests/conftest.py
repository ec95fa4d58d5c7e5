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
    """The site served at `/`; tests may take it off the net with `.reachable`, and must put it back."""
    with StaticServer() as server:
        server.folder = support.built(tmp_path_factory.mktemp("root") / "site", SITE_URL=server.url)
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


@pytest.fixture(params=["root", "subpath"])
def served(request) -> StaticServer:
    """The site at the root, then below a sub-path: for what must work in both places."""
    return request.getfixturevalue({"root": "site_server", "subpath": "subpath_server"}[request.param])


# Browser pages ---------------------------------------------------------------


@pytest.fixture
def open_page(browser, site_url: str) -> Iterator[Callable]:
    """open_page(address, **options) opens an address of the site and returns (page, watch).

    Options:
        base: Address of the site, ending in a slash; the site at `/` unless said.
        device: "phone" (390 x 844, touch) or "desktop" (1280 x 800).
        scheme: "light" or "dark".
        width: Another width of the window, in CSS pixels.
        js: False switches JavaScript off.
        bypass_csp: True lets axe be put into the page.
        workers: True lets the page register its service worker.
        now: Date (and time) that the page's scripts see; None leaves the machine's clock.
        context: An open context to use again.
        go: False leaves the page blank.
    """
    contexts = []

    def open_one(
        path: str = "",
        *,
        base: str = site_url,
        device: str = "phone",
        scheme: str = "light",
        width: int | None = None,
        js: bool = True,
        bypass_csp: bool = False,
        workers: bool = False,
        now: str | None = support.BUILD_DATE,
        context=None,
        go: bool = True,
        **more,
    ):
        if context is None:
            options = dict(support.DEVICES[device])
            if width:
                options["viewport"] = {**options["viewport"], "width": width}
            context = browser.new_context(
                **options,
                color_scheme=scheme,
                java_script_enabled=js,
                bypass_csp=bypass_csp,
                service_workers="allow" if workers else "block",
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
                **more,
            )
            context.set_default_timeout(8_000)
            contexts.append(context)
            if js and now:
                # Only Date stands still; timers run.
                context.clock.set_fixed_time(now if "T" in now else now + "T04:00:00Z")
        watch = support.Watch("/".join(base.split("/")[:3]))
        watch.attach(context)
        page = context.new_page()
        if go:
            page.goto(base + path)
        return page, watch

    yield open_one
    for context in contexts:
        context.close()


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
