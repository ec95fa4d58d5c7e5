"""Set-up and tools: full pins, no registry host in a lock file, and failures that say what is missing and how to get it."""
from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from scripts import browser, serve
from scripts.static_server import StaticServer
from tests.support import ROOT

NAME = re.compile(r"^[A-Za-z0-9._-]+$")


def run(*command: str, **env: str) -> subprocess.CompletedProcess:
    environ = {k: v for k, v in os.environ.items() if k not in ("CHROMIUM", "MAKEFLAGS", "MAKELEVEL")} | env
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False)


# Pins -----------------------------------------------------------------------------------------------


def pins(name: str) -> dict[str, str]:
    found = {}
    for line in (ROOT / name).read_text("utf-8").splitlines():
        if not line or line.startswith(("#", "-r ")):
            continue
        package, exact, version = line.partition("==")
        assert exact and NAME.match(package) and version, f"{name}: {line!r} is not name==version"
        found[re.sub(r"[-_.]+", "-", package).lower()] = version
    return found


@pytest.mark.parametrize("name", ["requirements", "requirements-test"])
def test_every_requirement_is_pinned_and_in_the_full_list(name):
    every = pins("requirements.txt") | (pins("requirements-test.txt") if name == "requirements-test" else {})
    for package, version in pins(name + ".in").items():
        assert every.get(package) == version, f"{package}=={version} of {name}.in is not in {name}.txt. Run: make pins"


def test_test_requirements_include_the_builds():
    assert "-r requirements.txt" in (ROOT / "requirements-test.txt").read_text("utf-8").splitlines()
    assert not pins("requirements.txt").keys() & pins("requirements-test.txt").keys()


def test_installed_packages_are_the_pinned_ones():
    from importlib.metadata import version

    for package, wanted in (pins("requirements.txt") | pins("requirements-test.txt")).items():
        assert version(package) == wanted, f"{package}: run `make test`, which installs what is pinned"


def test_pinned_packages_run_on_every_python_that_the_readme_promises():
    # Debian 12 has 3.11.2, so a package that wants 3.11.5 would stop the first command of the README.
    from importlib.metadata import metadata

    from packaging.specifiers import SpecifierSet

    for package in pins("requirements.txt") | pins("requirements-test.txt"):
        wants = metadata(package)["Requires-Python"]
        assert not wants or SpecifierSet(wants).contains("3.11.0"), f"{package} wants Python {wants}"


def test_lock_file_names_no_registry_and_pins_what_package_json_asks_for():
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    wanted = json.loads((ROOT / "package.json").read_text("utf-8"))
    for name, entry in lock["packages"].items():
        assert "resolved" not in entry, name
        if name:
            assert entry.get("integrity", "").startswith("sha512-"), name
    for kind in ("dependencies", "devDependencies"):
        for package, version in wanted[kind].items():
            assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{package}: {version}"
            assert lock["packages"]["node_modules/" + package]["version"] == version


# Make ------------------------------------------------------------------------------------------------


def test_help_lists_every_target():
    said = run("make", "help").stdout
    for target in ("serve", "build", "test", "audit", "bench", "clean"):
        assert f"make {target}" in said


def test_missing_python_is_named():
    done = run("make", "-B", "build", "PYTHON=no-such-python")
    assert done.returncode != 0
    assert "no-such-python is missing" in done.stderr and "apt-get install" in done.stderr


def test_set_up_without_a_target_says_what_to_write():
    done = run(sys.executable, "scripts/setup.py")
    assert done.returncode != 0
    assert "build|test|audit" in done.stderr


def test_set_up_reads_in_an_old_python():
    # No syntax newer than 3.6: a machine with an old Python has to get the sentence, not a SyntaxError.
    import ast

    ast.parse((ROOT / "scripts/setup.py").read_text("utf-8"), feature_version=(3, 6))


def test_incomplete_venv_module_is_named(monkeypatch, capsys, tmp_path):
    from scripts import setup as module

    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "PY", str(tmp_path / ".venv/bin/python"))
    monkeypatch.setattr(module, "quiet", lambda command: False)  # neither a venv nor ensurepip
    monkeypatch.setattr(module, "apt_prefix", lambda: None)  # nor the right to install packages
    with pytest.raises(SystemExit):
        module.make_venv()
    said = capsys.readouterr().err
    assert "ensurepip is missing" in said
    assert f"apt-get install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in said


def test_missing_browser_is_named(monkeypatch, capsys):
    from scripts import setup as module

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(module, "run", lambda command, **kw: False)
    monkeypatch.setattr(module, "quiet", lambda command: False)
    monkeypatch.setattr(module, "apt_prefix", lambda: None)
    with pytest.raises(SystemExit):
        module.browser()
    said = capsys.readouterr().err
    assert "apt-get install chromium" in said and "CHROMIUM=" in said
    monkeypatch.setenv("CHROMIUM", "/no/such/chrome")
    with pytest.raises(SystemExit):
        module.browser()
    assert "CHROMIUM=/no/such/chrome does not start" in capsys.readouterr().err


# Tools ------------------------------------------------------------------------------------------------


def test_browser_that_does_not_start_is_named(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/no/such/chrome")
    with pytest.raises(LookupError, match=r"/no/such/chrome: does not start.*apt-get install chromium"):
        browser.find()


def test_serve_refuses_an_address_it_cannot_read(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["serve.py", "8000x"])
    with pytest.raises(SystemExit, match="HOST:PORT"):
        serve.main()


def test_serve_names_a_taken_address(monkeypatch):
    with StaticServer() as other:
        monkeypatch.setattr(sys, "argv", ["serve.py", other.origin.removeprefix("http://")])
        with pytest.raises(SystemExit, match="taken"):
            serve.main()


def test_static_server_behaves_like_a_host(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page/index.html").write_text("page")
    (tmp_path / "404.html").write_text("miss")
    (tmp_path / "m.js").write_text("export {}")
    (tmp_path.parent / "outside.txt").write_text("outside")
    with StaticServer(tmp_path, prefix="/some/project/") as server:

        def get(path: str) -> tuple[int, str, str]:
            try:
                with urllib.request.urlopen(server.origin + path) as answer:
                    return answer.status, answer.read().decode(), answer.headers["Content-Type"]
            except urllib.error.HTTPError as error:
                return error.code, error.read().decode(), error.headers["Content-Type"]

        assert get("/some/project/page/")[:2] == (200, "page")
        assert get("/some/project/page")[:2] == (200, "page")  # after a redirect
        assert get("/some/project/m.js")[2].startswith("text/javascript")
        assert get("/some/project/nothing")[:2] == (404, "miss")
        assert get("/page/")[0] == 404
        assert get("/some/project/../../outside.txt")[0] == 404
        assert get("/some/project/%2e%2e/outside.txt")[0] == 404
        server.reachable = False
        with pytest.raises((urllib.error.URLError, ConnectionError, OSError)):
            get("/some/project/page/")


def test_ci_runs_make_test():
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert "make test" in script.read_text("utf-8")
    assert shutil.which("make")
