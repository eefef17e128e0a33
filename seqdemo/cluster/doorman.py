"""The configuration of the nginx that stands in front of several processes, from assets/hosting/nginx.conf."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from seqdemo.problems import Problem
from seqdemo.serving.limits import MAX_BODY

TEMPLATE = Path(__file__).resolve().parent.parent.parent / "assets" / "hosting" / "nginx.conf"
SERVER = "        server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;"
EACH = "        location = /workers/{number}/{name} {{ proxy_pass http://127.0.0.1:{port}/{name}; }}"


def nginx_here() -> str:
    """The path of nginx. Raises Problem where it is not installed."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise Problem("no_nginx")
    return found


def nginx_config(ports: Sequence[int], *, host: str, port: int, folder: Path) -> str:
    """host, port: where visitors come; ports: of the processes on this machine; folder: for nginx's own files.

    >>> written = nginx_config([7001], host="", port=80, folder=Path("x"))
    >>> [line.strip() for line in written.splitlines() if line.strip().startswith(("listen", "server 127"))]
    ['server 127.0.0.1:7001 max_fails=1 fail_timeout=2s;', 'listen 0.0.0.0:80;']
    """
    away, large = Problem("process_away"), Problem("request_too_large", most=MAX_BODY // 1_000_000)
    filled = {
        "FOLDER": str(folder),
        "LISTEN": f"[{host}]:{port}" if ":" in host else f"{host or '0.0.0.0'}:{port}",
        "SERVERS": "\n".join(SERVER.format(port=one) for one in ports),
        "EACH": "\n".join(
            EACH.format(number=number, name=name, port=one)
            for number, one in enumerate(ports, start=1)
            for name in ("health", "metrics")
        ),
        "AWAY_EN": away.message("en"),
        "AWAY_ZH": away.message("zh"),
        "LARGE_EN": large.message("en"),
        "LARGE_ZH": large.message("zh"),
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in filled.items():
        text = text.replace(f"@{name}@", value)
    return text
