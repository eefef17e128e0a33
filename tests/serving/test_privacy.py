"""What one visitor typed reaches no other visitor, no log and no other machine."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.serving.conftest import ROOT

VISITORS = 50


def test_fifty_visitors_at_once_get_their_own_words_alone(served: Any) -> None:
    """Page and endpoint, classify and translate; every answer is searched for every other visitor's mark."""
    functions = served.functions()
    mark = {number: f"visitor{number:02d}marked" for number in range(VISITORS)}  # too long to stand in base64 by chance

    def visitor(number: int) -> str:
        text = f"A {mark[number]} film {'very ' * (number % 7)}fine."
        asked = [text, "sentiment-en", ("rnn", "gru")[number % 2]]
        if number % 10 == 0:
            return json.dumps(served.ask(f"session{number}", functions["translate"], [text, "en-de", "transformer", 1]))
        if number % 3 == 0:  # the plain endpoint, without a session
            event = json.loads(served.send("/gradio_api/call/classify", {"data": asked}).text)["event_id"]
            return str(served.send(f"/gradio_api/call/classify/{event}").text)
        return json.dumps(served.ask(f"session{number}", functions["classify"], asked))

    with ThreadPoolExecutor(VISITORS) as visitors:
        answers = list(visitors.map(visitor, range(VISITORS)))
    for number, answer in enumerate(answers):
        assert mark[number] in answer
        assert [other for other, word in mark.items() if word in answer and other != number] == []


def test_another_visitors_stream_needs_its_name(served: Any) -> None:
    """An event's answer is given only to who knows its name, which is drawn at random."""
    asked = {"data": ["A secretive film.", "sentiment-en", "gru"]}
    event = json.loads(served.send("/gradio_api/call/classify", asked).text)["event_id"]
    assert len(event) == 32
    for other in (event[:-1] + ("0" if event[-1] != "0" else "1"), event[:31], "None", "%2a"):
        assert "secretive" not in served.send(f"/gradio_api/call/classify/{other}").text
    assert "secretive" in served.send(f"/gradio_api/call/classify/{event}").text


CALLS_OUT = """
import socket, sys, threading, json, urllib.request
real = socket.socket.connect
def connect(self, address):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        print("OUTSIDE", address, flush=True)
        raise OSError("the test lets nothing out")
    return real(self, address)
socket.socket.connect = connect
look_up = socket.getaddrinfo
def getaddrinfo(host, *rest, **more):
    if host not in ("127.0.0.1", "::1", "localhost", None, "0.0.0.0"):
        print("OUTSIDE", host, flush=True)
        raise socket.gaierror("the test lets nothing out")
    return look_up(host, *rest, **more)
socket.getaddrinfo = getaddrinfo
def visit():
    import time
    for _ in range(300):
        try:
            urllib.request.urlopen("http://127.0.0.1:PORT/").read()
            break
        except OSError:
            time.sleep(0.2)
    body = json.dumps({"data": ["A fine film.", "sentiment-en", "gru"]}).encode()
    door = "http://127.0.0.1:PORT/gradio_api/call/classify"
    asked = urllib.request.Request(door, body, {"Content-Type": "application/json"})
    event = json.load(urllib.request.urlopen(asked))["event_id"]
    answer = urllib.request.urlopen(door + "/" + event).read()
    print("ANSWERED" if b"event: complete" in answer else answer, flush=True)
    import os; os._exit(0)
threading.Thread(target=visit).start()
if TEST:
    try:
        socket.create_connection(("192.0.2.1", 80), 1)
    except OSError:
        pass
from seqdemo.commands.serving import main
main(["--port", "PORT", "--device", "cpu", "--checkpoints", "FOLDER"])
"""


def run_watched(checkpoints: Path, *, test: bool) -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    code = CALLS_OUT.replace("PORT", str(port)).replace("FOLDER", str(checkpoints)).replace("TEST", str(test))
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert "ANSWERED" in done.stdout, done.stderr[-2000:]
    return done.stdout


def test_the_server_calls_nobody(checkpoints: Path) -> None:
    """Start, page and answer, with every connection and look-up of a name watched. (The page: tests/browser.)"""
    assert "OUTSIDE" not in run_watched(checkpoints, test=False)


def test_a_call_outside_would_be_seen(checkpoints: Path) -> None:
    assert "OUTSIDE" in run_watched(checkpoints, test=True)
