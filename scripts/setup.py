"""Set up what a make target needs, in this folder only: .venv/ and node_modules/.

    python3 scripts/setup.py build|test|audit|pins

Runs with the system's Python and its standard library alone, and keeps to syntax that an old Python can read, so
that a machine with too old a Python gets a sentence instead of a syntax error. A step that fails says what is missing
and how to get it.
"""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PY = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
NEWER_NAMES = ("python3.14", "python3.13", "python3.12", "python3.11")


def stop(what, *remedy):
    """End with one sentence on what is missing and the lines that say how to get it."""
    sys.stderr.write("\nset-up stopped: " + what + "\n")
    for line in remedy:
        sys.stderr.write("  " + line + "\n")
    sys.exit(1)


def say(text):
    print("set-up: " + text)
    sys.stdout.flush()


def run(command, **kw):
    return subprocess.call(command, cwd=ROOT, **kw) == 0


def quiet(command):
    try:
        return subprocess.call(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def apt_prefix():
    """The start of an apt-get command that needs no password, or None where we may not install packages."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and quiet(["sudo", "-n", "true"]):
        return ["sudo", "-n"]
    return None


def apt_install(*packages):
    """Install Debian packages where we may; says so first. Returns whether it worked."""
    prefix = apt_prefix()
    if prefix is None:
        return False
    command = prefix + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]
    say("installing from the system's packages: " + " ".join(packages))
    run(command + ["update", "-qq"])  # may fail on a machine with a fresh list and no network: install decides
    return run(command + ["install", "-y", "-qq", "--no-install-recommends"] + list(packages))


def right_python():
    """Go on under a Python that is new enough."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_NAMES:
        path = shutil.which(name)
        if path:
            os.execv(path, [path] + sys.argv)
    stop(
        "Python %d.%d or newer is needed; %s is %d.%d."
        % (OLDEST + (sys.executable or "python3",) + tuple(sys.version_info[:2])),
        "Debian 12 and newer have it: apt-get install python3 python3-venv",
        "Another one can be named: make PYTHON=/path/to/python3 ...",
    )


def make_venv():
    """Create .venv, or keep the one that is there and works."""
    if quiet([PY, "-m", "pip", "--version"]):
        return
    if os.path.lexists(VENV):
        say("the environment in .venv does not work here (moved, or its Python is gone); making it anew")
        shutil.rmtree(VENV)
    version = "%d.%d" % tuple(sys.version_info[:2])
    # Debian ships venv without ensurepip in a package of its own; asking is quicker than reading its error.
    if not quiet([sys.executable, "-c", "import ensurepip, venv"]):
        if not apt_install("python%s-venv" % version):
            stop(
                "Python's venv module is incomplete (ensurepip is missing).",
                "Debian, Ubuntu: sudo apt-get install python%s-venv" % version,
            )
    say("making a virtual environment in .venv with Python " + version)
    if not run([sys.executable, "-m", "venv", VENV]):
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "python -m venv failed; its own words are above.",
            "Debian, Ubuntu: sudo apt-get install python%s-venv" % version,
            "Also look at the free disk space and at the rights on this folder.",
        )


def pip_install(name):
    """Install the pinned packages of one requirements file."""
    say("installing the pinned packages of " + name)
    command = [PY, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", name]
    if not run(command):
        stop(
            "pip could not install the packages of " + name + "; its own words are above.",
            "It needs the network (or a mirror: set PIP_INDEX_URL) and about 400 MB of disk.",
            "Again, with every detail: .venv/bin/python -m pip install -r " + name,
        )


def npm_install(with_lighthouse):
    """Install the checkers of package-lock.json with the environment's own Node."""
    # The tests need vnu and axe only; Lighthouse is large and used by `make audit` alone.
    if not with_lighthouse and os.path.isfile(os.path.join(ROOT, "node_modules", ".ready-audit")):
        if fresher("node_modules/.ready-audit", "package-lock.json"):
            return
    say("installing the pinned checkers of package-lock.json")
    node = subprocess.check_output([PY, "scripts/tools.py", "node"], cwd=ROOT).decode().strip()
    npm = subprocess.check_output([PY, "scripts/tools.py", "npm"], cwd=ROOT).decode().strip()
    command = [node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not with_lighthouse:
        command.append("--omit=dev")
    environ = dict(os.environ)
    environ["PATH"] = os.path.dirname(node) + os.pathsep + environ.get("PATH", "")
    if not run(command, env=environ):
        stop(
            "npm could not install the checkers of package-lock.json; its own words are above.",
            "It needs the network (or a mirror: set npm_config_registry).",
        )
    touch("node_modules/.ready-audit" if with_lighthouse else "node_modules/.ready-test")


def fresher(a, b):
    return os.path.getmtime(os.path.join(ROOT, a)) >= os.path.getmtime(os.path.join(ROOT, b))


def touch(name):
    with open(os.path.join(ROOT, name), "w"):
        pass


def browser():
    """Find a Chromium that starts, or get one: installed, else Playwright's own, else the system's packages."""
    finder = [PY, "scripts/browser.py", "check"]
    if quiet(finder):
        return run(finder)
    named = os.environ.get("CHROMIUM")
    if named:
        stop("CHROMIUM=%s does not start." % named, "Name another one, or unset it: then an installed one is looked for.")
    say("no Chromium that starts is installed; asking Playwright for its own (about 180 MB)")
    if not run([PY, "-m", "playwright", "install", "chromium"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        say("Playwright could not download one")
    if quiet(finder):
        return run(finder)
    if apt_install("chromium") and quiet(finder):
        return run(finder)
    stop(
        "the tests need Chromium, and none that starts was found or could be installed.",
        "Debian: sudo apt-get install chromium",
        "Ubuntu (its package is a snap that cannot be driven): install Google Chrome, or run",
        "  sudo .venv/bin/python -m playwright install --with-deps chromium",
        "Somewhere else: CHROMIUM=/path/to/chrome make test",
    )


def chinese_font():
    """Without a Chinese font a browser measures empty boxes: print and overflow tests would mean little."""
    if not shutil.which("fc-list"):
        return
    if subprocess.check_output(["fc-list", ":lang=zh-cn", "family"]).strip():
        return
    if not apt_install("fonts-noto-cjk"):
        say("no Chinese font here; page widths and the A4 print are measured with boxes for characters.")
        say("  Debian, Ubuntu: sudo apt-get install fonts-noto-cjk")


def pins():
    """Resolve requirements*.in in an empty environment and write the full pins to requirements*.txt."""
    scratch = tempfile.mkdtemp()
    try:
        python = os.path.join(scratch, "venv", "bin", "python")
        if not run([sys.executable, "-m", "venv", os.path.join(scratch, "venv")]):
            stop("python -m venv failed; its own words are above.")
        pip = [python, "-m", "pip", "--disable-pip-version-check"]
        known = set()
        for name, head in (("requirements", ""), ("requirements-test", "-r requirements.txt\n")):
            if not run(pip + ["install", "-q", "-r", name + ".in"]):
                stop("pip could not resolve " + name + ".in; its own words are above.")
            lines = subprocess.check_output(pip + ["freeze"]).decode().split("\n")
            lines = sorted((line for line in lines if line and line not in known), key=str.lower)
            known.update(lines)
            with open(os.path.join(ROOT, name + ".txt"), "w") as out:
                out.write("# Written by `make pins` from %s.in; change that file, not this one.\n" % name)
                out.write(head + "\n".join(lines) + "\n")
            say("wrote %s.txt" % name)
    finally:
        shutil.rmtree(scratch)


def main():
    what = sys.argv[1] if len(sys.argv) == 2 else ""
    if what not in ("build", "test", "audit", "pins"):
        stop("say what for: python3 scripts/setup.py build|test|audit|pins")
    right_python()
    if what == "pins":
        return pins()
    make_venv()
    if what == "build":
        pip_install("requirements.txt")
    else:
        pip_install("requirements-test.txt")
        npm_install(with_lighthouse=what == "audit")
        browser()
        chinese_font()
        if not os.path.isfile(os.path.join(VENV, ".ready-build")) or not fresher(".venv/.ready-build", "requirements.txt"):
            touch(".venv/.ready-build")  # the test packages include the build's
        if what == "audit":
            touch(".venv/.ready-test")
    touch(".venv/.ready-" + what)


if __name__ == "__main__":
    main()
