"""Any JSON to any handler, documented or private: an answer in words, no 5xx, no traceback, nothing in the log."""

from __future__ import annotations

import json
from typing import Any

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
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def fair(status: int, text: str) -> None:
    assert status < 500, text
    assert "Traceback" not in text and 'File "' not in text


@few
@given(inputs=INPUTS, name=st.sampled_from(["classify", "translate", "explain", "unit", "units", "faithfulness"]))
def test_any_inputs_to_a_documented_endpoint(served: Any, inputs: list[Any], name: str) -> None:
    joined = served.send(f"/gradio_api/call/{name}", {"data": inputs})
    fair(*joined)
    if joined.status == 200:
        fair(*served.send(f"/gradio_api/call/{name}/{json.loads(joined.text)['event_id']}"))


@few
@given(inputs=INPUTS, around=AROUND, number=st.integers(0, 60))
def test_any_inputs_to_any_handler_of_the_page(
    served: Any, inputs: list[Any], around: dict[str, Any], number: int
) -> None:
    """`api_visibility="private"` hides a handler from the documentation, not from who posts its number."""
    body = {"data": inputs, "fn_index": number, "session_hash": "fuzzed", **around}
    fair(*served.send("/gradio_api/queue/join", body))


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
