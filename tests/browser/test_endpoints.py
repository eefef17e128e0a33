"""The endpoints for programs, called the way a program would."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from seqdemo.records import to_json, unpacked

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


def post(address: str, name: str, data: list[Any]) -> str:
    """One call by plain HTTP, as documented on the API page -> the event stream's text."""
    body = json.dumps({"data": data}).encode()
    url = f"{address.rstrip('/')}/gradio_api/call/{name}"
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        event = json.loads(answer.read())["event_id"]
    with urllib.request.urlopen(f"{url}/{event}", timeout=60) as answer:
        return str(answer.read().decode())


def test_classify_answers_the_labs_record(client: Client, lab: Any) -> None:
    answer = client.predict("A fine film.", "sentiment-en", "attention", api_name="/classify")
    (record,) = lab.classify("A fine film.", "sentiment-en", ["attention"])
    assert tuple(answer["words"]) == record.words
    assert np.abs(unpacked(answer["track"]) - record.track).max() < 1e-6
    assert unpacked(answer["attention"]["weights"]).shape == record.attention.weights.shape
    assert answer["source"]["sha256"] == record.source.sha256


@pytest.mark.parametrize(
    ("name", "given", "asked"),
    [
        ("explain", ["gru", "integrated_gradients"], lambda lab, text: lab.explain(
            text, "sentiment-en", "gru", "integrated_gradients")),
        ("faithfulness", ["gru"], lambda lab, text: lab.faithfulness(text, "sentiment-en", "gru")),
        ("attention_explanation", ["bilstm-attention"], lambda lab, text: lab.attention_explanation(
            text, "sentiment-en", "bilstm-attention")),
        ("unit", ["gru", 5, 0.5], lambda lab, text: lab.unit(text, "sentiment-en", "gru", 5, 0.5)),
        ("unit", ["gru", 5, None], lambda lab, text: lab.unit(text, "sentiment-en", "gru", 5)),
    ],
)  # fmt: skip
def test_a_probe_answers_the_labs_record(client: Client, lab: Any, name: str, given: list[Any], asked: Any) -> None:
    answer = client.predict("It is good, not bad.", "sentiment-en", *given, api_name=f"/{name}")
    wanted = to_json(asked(lab, "It is good, not bad."))
    assert answer.keys() == wanted.keys()
    assert answer["words"] == wanted["words"]
    for key, value in wanted.items():
        if isinstance(value, dict) and "base64" in value:
            assert np.abs(unpacked(answer[key]) - unpacked(value)).max() < 1e-5


def test_units_are_ranked_over_http(client: Client, lab: Any) -> None:
    answer = client.predict("sentiment-en", "lstm", "not, never", api_name="/units")
    assert answer == json.loads(json.dumps(to_json(lab.units("sentiment-en", "lstm", words=["not", "never"]))))


def test_a_unit_that_is_not_there_is_told(address: str) -> None:
    answer = post(address, "unit", ["good film", "sentiment-en", "lstm", 1000, None])
    assert "event: error" in answer and "has the units 0 to 159; 1000 came" in answer


def test_translate_answers_the_labs_record(client: Client, lab: Any) -> None:
    answer = client.predict("A dog runs.", "en-de", "transformer", 3, api_name="/translate")
    record = lab.translate("A dog runs.", "en-de", "transformer", 3)
    assert answer["translation"] == record.translation
    assert [step["token"] for step in answer["steps"]] == list(record.output_tokens)
    assert len(answer["attention"]) == 3


def test_all_are_documented_on_the_api_page(client: Client) -> None:
    named = client.view_api(return_format="dict")["named_endpoints"]
    probes = {"/explain", "/faithfulness", "/attention_explanation", "/unit", "/units", "/sum", "/brick"}
    assert set(named) == {"/classify", "/translate"} | probes
    assert [one["parameter_name"] for one in named["/translate"]["parameters"]] == ["text", "pair", "model", "beam"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("classify", ["", "sentiment-en", "lstm"], "There is no text"),
        ("classify", ["good", "no-such-task", "lstm"], "There is no task called no-such-task"),
        ("classify", [5, "sentiment-en", "lstm"], "must be a string"),
        ("classify", [None, "sentiment-en", "lstm"], "must be a string"),
        ("classify", [["a"], "sentiment-en", "lstm"], "must be a string"),
        ("translate", ["A dog.", "en-xx", "transformer", 5], "There is no language pair called en-xx"),
        ("translate", ["A dog.", "en-de", "transformer", 99], "from 1 to 10; 99 came"),
        ("translate", ["A dog.", "en-de", "transformer", "five"], "from 1 to 10; five came"),
        ("translate", ["你好", "en-de", "transformer", 5], "another script"),
    ],
)
def test_what_cannot_be_served_is_told_to_programs_too(address: str, name: str, data: list[Any], words: str) -> None:
    answer = post(address, name, data)
    assert "event: error" in answer
    assert words in answer
    assert "Traceback" not in answer


def test_gradio_client_raises_the_sentence(client: Client) -> None:
    with pytest.raises(AppError, match="There is no model called cnn"):
        client.predict("good", "sentiment-en", "cnn", api_name="/classify")


def test_five_megabytes_over_http_are_cut_and_told(address: str) -> None:
    answer = post(address, "classify", ["good film " * 500_000, "sentiment-en", "lstm"])
    assert "event: complete" in answer
    (record,) = json.loads(answer.split("data: ", 1)[1])
    assert {"code": "cut_characters", "values": {"limit": 1000, "came": 5_000_000}} in record["notices"]


def test_the_command_starts_the_app_and_says_where_it_computes() -> None:
    """`python app.py` on a free port: the start-up line, an answer, and a clear word when the port is taken."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "app.py", "--port", str(port), "--device", "cpu", "--language", "zh"]
    started = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert started.stdout is not None
        line = started.stdout.readline()
        assert "on cpu (" in line
        assert "sentiment-en-lstm" in line and "en-de-transformer" in line
        page = _fetch(f"http://127.0.0.1:{port}/", seconds=60)
        assert "分类" in page  # begins in the language that was asked for
        again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert again.returncode == 1
        assert f"Port {port} on 127.0.0.1 is already in use" in again.stderr
        assert "Traceback" not in again.stderr
    finally:
        started.terminate()
        started.wait(30)


def _fetch(url: str, seconds: int) -> str:
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.3)
