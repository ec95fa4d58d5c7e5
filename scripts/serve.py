"""`mkdocs serve` on the first free port, with both addresses printed.

    python scripts/serve.py [HOST:PORT]      default 127.0.0.1:8000, or the next free port
"""
from __future__ import annotations

import os
import socket
import sys
from urllib.parse import urlsplit


def is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def main() -> None:
    given = sys.argv[1] if len(sys.argv) > 1 else ""
    host, _, port_text = (given or "127.0.0.1:8000").rpartition(":")
    if not host or not port_text.isdigit():
        sys.exit(f"{given!r} is not HOST:PORT. Example: make serve ADDR=127.0.0.1:8000")
    port = int(port_text)
    if not given:
        port = next((p for p in range(port, port + 50) if is_free(host, p)), port)
    elif not is_free(host, port):
        sys.exit(f"{given} is taken or is not an address of this machine. Another: make serve ADDR=127.0.0.1:8001")
    path = urlsplit(os.environ.get("SITE_URL", "")).path.strip("/")
    home = f"http://{host}:{port}/" + (path + "/" if path else "")
    print(f"\n  中文     {home}\n  English  {home}en/\n  (Ctrl+C ends it)\n", flush=True)
    # In place of this process, so that Ctrl+C reaches MkDocs and nothing else.
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "-a", f"{host}:{port}"]
    os.execv(sys.executable, command)


if __name__ == "__main__":
    main()
