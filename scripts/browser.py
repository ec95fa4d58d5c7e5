"""Find a Chromium that the tests can drive.

    python scripts/browser.py check      prints its path and version; fails where none starts

Order: the CHROMIUM variable, an installed Chromium or Chrome, Playwright's own.
"""
from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# Nothing but the test's own page shall use the network: these switch off what the browser fetches by itself.
QUIET = (
    "--no-first-run",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-gpu",
)


def launch_args() -> list[str]:
    """Command-line switches for every launch."""
    args = list(QUIET)
    if os.geteuid() == 0:
        args.append("--no-sandbox")  # Chromium refuses to start as root with its sandbox
    if os.path.exists("/.dockerenv"):
        args.append("--disable-dev-shm-usage")  # containers give /dev/shm 64 MB, less than a tab may want
    return args


def candidates() -> Iterator[str]:
    named = os.environ.get("CHROMIUM")
    if named:
        yield named
        return
    for name in INSTALLED:
        path = shutil.which(name)
        if path:
            yield path
    own = playwrights_own()
    if own:
        yield own


def playwrights_own() -> str | None:
    """The path where Playwright keeps its own Chromium, if it is there."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    try:
        with sync_playwright() as playwright:
            path = playwright.chromium.executable_path
    except Exception:  # its driver has no error of its own for "not installed"
        return None
    return path if path and os.path.exists(path) else None


def version(path: str) -> str | None:
    """What `path --version` says, or None where it does not start (a snap without its daemon, missing libraries)."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = done.stdout.strip()
    return text if done.returncode == 0 and text else None


def find() -> tuple[str, str]:
    """Path and version of the first candidate that starts.

    Raises:
        LookupError: None starts; the text says how to get one.
    """
    seen = []
    for path in candidates():
        says = version(path)
        if says:
            return path, says
        seen.append(path)
    tried = f" ({', '.join(seen)}: does not start)" if seen else ""
    raise LookupError(
        f"no Chromium was found{tried}. Get one with `make test` or `apt-get install chromium`, "
        "or name one: CHROMIUM=/path/to/chrome"
    )


if __name__ == "__main__":
    try:
        print("browser: {1} at {0}".format(*find()))
    except LookupError as error:
        print(f"browser: {error}", file=sys.stderr)
        sys.exit(1)
