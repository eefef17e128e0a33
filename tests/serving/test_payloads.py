"""Any JSON to any handler, documented or private: an answer in words, no error of ours, no traceback, an empty log."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=40)
    | st.sampled_from(["A fine film.", "sentiment-en", "gru", "en-de", "transformer", "lstm", "__proto__", "../x"])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.lists(VALUES, max_size=6)
FIELDS = ["event_data", "trigger_id", "batched", "request", "simple_format", "event_id", "oauth_token"]
AROUND = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=2)
ENDPOINTS = (
    "classify", "translate", "explain", "unit", "units", "faithfulness", "attention_explanation", "sum", "brick"
)  # fmt: skip
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fair(status: int, text: str) -> None:
    assert status < 500, text
    assert "Traceback" not in text and 'File "' not in text


def errors(served: Any) -> float:
    """How many questions ended by an error of ours."""
    found = re.findall(r'^seqdemo_questions_total{end="error"} (\S+)$', served.send("/metrics").text, re.MULTILINE)
    return float(found[0]) if found else 0.0


def called(served: Any, name: str, inputs: list[Any]) -> str:
    """What an endpoint answers, once its pace lets the question in."""
    while True:
        joined = served.send(f"/gradio_api/call/{name}", {"data": inputs})
        fair(*joined)
        if joined.status != 200:
            return str(joined.text)
        answer = served.send(f"/gradio_api/call/{name}/{json.loads(joined.text)['event_id']}")
        fair(*answer)
        if "asking faster" not in answer.text:
            return str(answer.text)
        time.sleep(1)


@pytest.fixture(scope="module")
def handlers(served: Any) -> list[tuple[int, list[Any]]]:
    """Every event that runs on the server: its number, and what stands in its inputs when the page is opened."""
    config = json.loads(served.send("/config").text)
    idle = ("train-epochs",)  # left empty, so that no training begins
    values = {
        one["id"]: None if one["type"] == "state" or one["props"].get("elem_id") in idle else one["props"].get("value")
        for one in config["components"]
    }
    return [
        (int(event["id"]), [values.get(number) for number in event["inputs"]])
        for event in config["dependencies"]
        if event["backend_fn"]
    ]


@few
@given(inputs=INPUTS, name=st.sampled_from(ENDPOINTS))
def test_any_inputs_to_a_documented_endpoint(served: Any, inputs: list[Any], name: str) -> None:
    before = errors(served)
    called(served, name, inputs)
    assert errors(served) == before


def test_every_documented_endpoint_is_among_them(served: Any) -> None:
    told = json.loads(served.send("/gradio_api/info").text)["named_endpoints"]
    assert {name.lstrip("/") for name in told} == set(ENDPOINTS)


@settings(few, max_examples=150)
@given(draw=st.data())
def test_any_inputs_to_any_handler_of_the_page(
    served: Any, handlers: list[tuple[int, list[Any]]], draw: st.DataObject
) -> None:
    """`api_visibility="private"` hides a handler from the documentation, not from who posts its number."""
    number, usual = draw.draw(st.sampled_from(handlers))
    near = st.tuples(*(st.just(value) | st.none() | VALUES for value in usual)).map(list)
    read(served, number, draw.draw(near | INPUTS), draw.draw(AROUND))


@pytest.mark.drill
def test_no_handler_minds_empty_inputs(served: Any, handlers: list[tuple[int, list[Any]]]) -> None:
    """Nothing chosen at all, and everything but one as it stands on the page."""
    for number, usual in handlers:
        read(served, number, [None] * len(usual), {})
        for brought in (None, "x", {"line": None}, {"line": ["x"]}, {"line": "x", "size": 5, "data": "x"}):
            read(served, number, usual, {"event_data": brought})
        for place in range(min(len(usual), 7)):
            read(served, number, [None if at == place else value for at, value in enumerate(usual)], {})


@pytest.mark.parametrize(("language", "words"), [("en", "can be chosen"), ("zh", "不在可选范围内")])
def test_what_cannot_be_chosen_is_told_without_it(served: Any, language: str, words: str) -> None:
    """Gradio's own sentence is English and quotes what came."""
    body = {"data": ["Fine.", "zebrafish", ["gru"], None, "en", None], "session_hash": uuid4().hex}
    body["fn_index"] = page_handler(served, "task")
    served.send("/gradio_api/queue/join", body, language=language)
    answer = served.send(f"/gradio_api/queue/data?session_hash={body['session_hash']}").text
    assert words in answer and "zebrafish" not in answer


@pytest.mark.parametrize(
    ("data", "english", "chinese"),
    [(["", "sentiment-en", "gru"], "There is no text", "没有文字"), ([], "do not fit", "与接口不符")],
)
def test_an_endpoint_answers_in_the_language_of_its_request(
    served: Any, data: list[Any], english: str, chinese: str
) -> None:
    for language, words in (("en", english), ("zh-CN,zh;q=0.9", chinese)):
        joined = served.send("/gradio_api/call/classify", {"data": data}, language=language)
        event = json.loads(joined.text).get("event_id", "")
        told = served.send(f"/gradio_api/call/classify/{event}").text if event else joined.text
        assert words in told or json.dumps(words)[1:-1] in told, told


def page_handler(served: Any, elem_id: str) -> int:
    """The handler behind the text box that stands with this control."""
    config = json.loads(served.send("/config").text)
    control = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == elem_id)
    return next(
        int(event["id"])
        for event in config["dependencies"]
        if control in event["inputs"] and any(kind == "submit" for _, kind in event["targets"])
    )


def read(served: Any, number: int, inputs: list[Any], around: dict[str, Any]) -> None:
    """Ask a handler in a session of its own; its answer is read, and no error of ours was counted."""
    before, session = errors(served), uuid4().hex
    joined = served.send(
        "/gradio_api/queue/join", {"data": inputs, "fn_index": number, "session_hash": session, **around}
    )
    fair(*joined)
    if joined.status == 200:
        answer = served.send(f"/gradio_api/queue/data?session_hash={session}")
        fair(*answer)
        assert '"msg":"process_completed"' in answer.text, (number, inputs)
        assert "asking faster" not in answer.text
    assert errors(served) == before, (number, inputs)


@few
@given(body=VALUES, path=st.sampled_from(["call/classify", "call/v2/classify", "queue/join", "cancel", "reset"]))
def test_any_body_to_any_open_door(served: Any, body: Any, path: str) -> None:
    fair(*served.send(f"/gradio_api/{path}", body))


@pytest.fixture(autouse=True, scope="module")
def _still_there(served: Any) -> Any:
    """After all of it the app answers, and its log holds no traceback."""
    yield
    assert '"status":"ok"' in served.send("/health").text
    event = json.loads(served.send("/gradio_api/call/classify", {"data": ["A fine film.", "sentiment-en", "gru"]}).text)
    assert "event: complete" in served.send(f"/gradio_api/call/classify/{event['event_id']}").text
    assert "Traceback" not in served.log.read_text(encoding="utf-8")
