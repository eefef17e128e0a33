"""What nginx is told: visits keep their place, a claimed address does not count, what is away is said in words."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from seqdemo.cluster import doorman
from seqdemo.cluster.doorman import nginx_config, nginx_here
from seqdemo.problems import Problem
from tests.cluster.conftest import Visitor, nginx_is_here
from tests.serving.conftest import free_port

pytestmark = nginx_is_here


class Echo(BaseHTTPRequestHandler):
    """Says what it got, and on which port."""

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length", 0))
        told = {"port": self.server.server_port, "path": self.path, "length": len(self.rfile.read(size))}
        body = json.dumps({**told, "headers": {name.lower(): value for name, value in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (http.server's name)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


class Late(Echo):
    """Takes two seconds."""

    def do_GET(self) -> None:
        time.sleep(2)
        with suppress(OSError):  # nobody waits any more
            super().do_GET()

    do_POST = do_GET  # noqa: N815


class Front:
    """nginx before two echoes; `behind` holds them, by port."""

    def __init__(self, port: int, behind: dict[int, ThreadingHTTPServer]) -> None:
        self.port, self.behind = port, behind

    def visitor(self) -> Visitor:
        return Visitor(self.port, "")


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    with fronted(tmp_path) as found:
        yield found


@contextmanager
def fronted(tmp_path: Path, instead: dict[str, str] | None = None, answers: type[Echo] = Echo) -> Iterator[Front]:
    """instead: what stands in the template -> what shall stand there; answers: who stands behind."""
    with ExitStack() as ending:
        behind = {}
        for _ in range(2):
            server = ThreadingHTTPServer(("127.0.0.1", 0), answers)
            server.daemon_threads = True
            threading.Thread(target=server.serve_forever, daemon=True).start()
            ending.callback(server.server_close)
            ending.callback(server.shutdown)
            behind[server.server_port] = server
        port, config = free_port(), tmp_path / "nginx.conf"
        text = nginx_config(list(behind), host="127.0.0.1", port=port, folder=tmp_path)
        for old, new in (instead or {}).items():
            assert old in text
            text = text.replace(old, new)
        config.write_text(text, encoding="utf-8")
        for folder in (tmp_path, *list(tmp_path.parents)[:3]):  # started by root, nginx reads on as another user
            folder.chmod(folder.stat().st_mode | 0o011)
        command = [nginx_here(), "-p", str(tmp_path), "-e", "stderr", "-c", str(config)]
        nginx = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        ending.callback(lambda: (nginx.terminate(), nginx.communicate(timeout=30)))
        found, deadline = Front(port, behind), time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert nginx.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
        yield found


def place_of(visitor: Visitor, path: str = "/x") -> int:
    return int(json.loads(visitor.send(path)[1])["port"])


def test_visits_spread_and_each_keeps_its_place(front: Front) -> None:
    places = []
    for _ in range(40):
        visitor = front.visitor()
        visitor.send("/")
        assert visitor.cookie.startswith("seqdemo_place=")
        places.append({place_of(visitor) for _ in range(3)})
    assert all(len(place) == 1 for place in places)
    assert {port for place in places for port in place} == set(front.behind)


def test_the_cookie_is_given_once_and_only_with_the_page(front: Front) -> None:
    visitor = front.visitor()
    visitor.send("/config")
    assert visitor.cookie == ""
    visitor.send("/")
    first = visitor.cookie
    visitor.send("/")
    assert visitor.cookie == first


def test_a_program_without_cookies_keeps_its_place_by_its_address(front: Front) -> None:
    assert len({place_of(front.visitor()) for _ in range(10)}) == 1


def test_an_address_that_a_visitor_claims_does_not_count(front: Front) -> None:
    """Limits by address rest on it (seqdemo/pages/pace.py)."""
    got = json.loads(front.visitor().send("/x", headers={"X-Forwarded-For": "192.0.2.7"})[1])["headers"]
    assert got["x-forwarded-for"] == "127.0.0.1"
    assert got["host"] == f"127.0.0.1:{front.port}"


@pytest.mark.parametrize("path", ["/", "/config", "/gradio_api/queue/data"])
def test_a_name_that_a_visitor_claims_does_not_reach_the_page(front: Front, path: str) -> None:
    claimed = {"X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example"}
    got = json.loads(front.visitor().send(path, headers=claimed)[1])["headers"]
    assert "evil" not in str(got) and got["host"] == f"127.0.0.1:{front.port}"


@pytest.mark.parametrize(
    ("said", "told"),
    [("https", "https"), ("HTTPS, http", "https"), ("http", "http"), ("httpsx", "http"), ("x", "http"), ("", "http")],
)
def test_https_in_a_proxy_in_front_stays_https(front: Front, said: str, told: str) -> None:
    got = json.loads(front.visitor().send("/x", headers={"X-Forwarded-Proto": said} if said else {})[1])["headers"]
    assert got["x-forwarded-proto"] == told


def test_a_proxy_that_is_named_says_where_its_visitors_are(tmp_path: Path) -> None:
    """As the template says in its comment: without it, a class behind a proxy would have one address."""
    lines = ("set_real_ip_from 192.0.2.1;", "real_ip_header", "real_ip_recursive")
    named = {f"# {line}": line for line in lines} | {"# set_real_ip_from 192.0.2.1;": "set_real_ip_from 127.0.0.1;"}
    with fronted(tmp_path, named) as front:
        passed_on = {"X-Forwarded-For": "198.51.100.9, 192.0.2.7"}  # the visitor claims the first
        got = json.loads(front.visitor().send("/x", headers=passed_on)[1])["headers"]
        assert got["x-forwarded-for"] == "192.0.2.7"
        visits = [front.visitor() for _ in range(20)]
        places = [json.loads(visit.send("/x", headers={"X-Forwarded-For": f"192.0.2.{number}"})[1])["port"]
                  for number, visit in enumerate(visits)]  # fmt: skip
        assert set(places) == set(front.behind), "programs without cookies are spread by their own addresses"


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 503), ("/config", 503), ("/gradio_api/queue/join", 503), ("/gradio_api/call/classify", 503),
     ("/workers/1/health", 503), ("/gradio_api/queue/data", 200), ("/gradio_api/heartbeat/ab", 200),
     ("/gradio_api/call/classify/ab", 200), ("/gradio_api/call/v2/classify/ab", 200)],
)  # fmt: skip
def test_a_process_that_hangs_is_waited_for_by_streams_alone(tmp_path: Path, path: str, status: int) -> None:
    """The others are told in words; of a stream nobody can say from outside whether it hangs or has nothing to tell."""
    with fronted(tmp_path, {"proxy_read_timeout 30s": "proxy_read_timeout 500ms"}, Late) as front:
        asked = {"data": []} if path.endswith(("join", "/classify")) else None
        got, text = front.visitor().send(path, asked)
    assert got == status
    assert (Problem("process_away").message("en") in text) == (status == 503)


def test_a_large_question_passes_and_a_huge_one_does_not(front: Front) -> None:
    """8 MB are refused by the app, in words; here only what is beyond."""
    status, text = front.visitor().send("/x", "x" * 8_500_000)
    assert (status, json.loads(text)["length"]) == (200, 8_500_002)
    line = front.visitor()
    with suppress(OSError):  # it answers and hangs up, perhaps before all was sent
        assert line.send("/x", "x" * 9_600_000)[0] == 413


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/call/classify", "/x"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_huge_question_is_refused_in_the_words_of_the_app(front: Front, path: str, language: str) -> None:
    with socket.create_connection(("127.0.0.1", front.port), 30) as line:  # its length alone is enough
        told = f"POST {path} HTTP/1.1\r\nHost: x\r\nAccept-Language: {language}\r\nContent-Length: 9600000\r\n\r\n"
        line.sendall(told.encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()
        words = json.loads(answer.read())["detail"]
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/json; charset=utf-8")
    assert words == Problem("request_too_large", most=8).message(language)


def test_a_visit_moves_where_its_process_is_gone_and_words_are_said_where_all_are(front: Front) -> None:
    visitor = front.visitor()
    visitor.send("/")
    gone = place_of(visitor)
    other = next(port for port in front.behind if port != gone)
    front.behind[gone].shutdown()
    front.behind[gone].server_close()
    assert {place_of(visitor) for _ in range(5)} == {other}
    assert json.loads(visitor.send("/x", {"data": []})[1])["port"] == other  # a question too
    front.behind[other].shutdown()
    front.behind[other].server_close()
    for language, words in (("en-US,en", Problem("process_away").message("en")), ("zh-CN", "服务器")):
        status, text = visitor.send("/x", headers={"Accept-Language": language})
        assert status == 503
        assert words in json.loads(text)["detail"]


def test_each_process_is_watched_by_itself(front: Front) -> None:
    assert front.visitor().send("/metrics")[0] == 404
    for number, port in enumerate(front.behind, start=1):
        got = json.loads(front.visitor().send(f"/workers/{number}/metrics")[1])
        assert (got["port"], got["path"]) == (port, "/metrics")
    assert json.loads(front.visitor().send("/workers/3/metrics")[1])["path"] == "/workers/3/metrics"  # the app: 404


def test_without_nginx_one_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doorman.shutil, "which", lambda *_, **__: None)
    with pytest.raises(Problem, match="apt-get install nginx"):
        nginx_here()


def test_an_address_of_version_6_is_written_as_nginx_wants() -> None:
    assert "listen [::1]:80;" in nginx_config([1], host="::1", port=80, folder=Path("x"))
