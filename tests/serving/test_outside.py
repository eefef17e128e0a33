"""Health and metrics: what an operator sees, and that no visitor's text is in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from seqdemo import __version__
from tests.serving.conftest import NAMES, ROOT, start

MARK = "zebrafish"


def metrics(served: Any) -> dict[tuple[str, str], float]:
    """(name, label value) -> number."""
    families = text_string_to_metric_families(served.send("/metrics").text)
    return {
        (one.name, next(iter(one.labels.values()), "")): one.value
        for family in families
        for one in family.samples
        if not one.name.endswith("_bucket")
    }


def test_health_names_what_is_served(served: Any) -> None:
    answer = served.send("/health")
    health = json.loads(answer.text)
    assert answer.status == 200
    assert (health["status"], health["version"], health["left_out"]) == ("ok", __version__, [])
    assert sorted(health["checkpoints"]) == sorted(NAMES)


def test_metrics_count_what_happened(served: Any) -> None:
    before = metrics(served)
    function = served.functions()["classify"]
    for text in (f"A fine {MARK} film.", f"{MARK} is fine.", ""):
        served.ask("counted1", function, [text, "sentiment-en", "gru"])
    after = metrics(served)

    def more(name: str, label: str = "") -> float:
        return after.get((name, label), 0) - before.get((name, label), 0)

    assert more("seqdemo_questions_total", "answered") == 2
    assert more("seqdemo_questions_total", "problem") == 1
    assert more("seqdemo_problems_total", "empty_text") == 1
    assert more("seqdemo_question_seconds_count") == 3
    assert more("seqdemo_request_seconds_count", "answer") == 3
    assert more("seqdemo_request_seconds_sum", "answer") > 0
    assert after["seqdemo_queue_length", ""] == 0
    assert after["process_resident_memory_bytes", ""] > 100_000_000


def test_neither_metrics_nor_the_log_hold_what_was_sent(served: Any) -> None:
    """Good texts, bad texts, wrong inputs, wrong names: all marked, none found again."""
    functions = served.functions()
    sent = [
        [f"A {MARK} film.", "sentiment-en", "gru"],
        [MARK, MARK, MARK],
        [MARK],  # too few inputs: Gradio's own error quotes them
        [MARK] * 9,
        [[MARK], {MARK: MARK}, None],
        [{"path": MARK}, 5, 1e300],
    ]
    for number, data in enumerate(sent):
        for name in ("classify", "translate"):
            message = served.ask(f"marked{name}{number}", functions[name], data)
            assert "Traceback" not in json.dumps(message)
    for function in functions.values():
        session = f"marked{function}"
        served.send("/gradio_api/queue/join", {"data": [MARK], "fn_index": function, "session_hash": session})
        served.send("/gradio_api/queue/join", {"data": [MARK], "fn_index": function, "session_hash": session,
                                               "event_data": {MARK: MARK}, "trigger_id": 10**9})  # fmt: skip
    served.send("/gradio_api/queue/join", {"data": [], "fn_index": 10**9, "session_hash": MARK})
    served.send(f"/gradio_api/call/{MARK}", {"data": [MARK]})
    served.send(f"/gradio_api/call/classify/{MARK}")
    served.send(f"/{MARK}?{MARK}={MARK}")
    served.send("/gradio_api/queue/data?session_hash=marked")
    assert MARK not in served.send("/metrics").text
    log = served.log.read_text(encoding="utf-8")
    assert MARK not in log
    assert "Traceback" not in log
    assert json.loads(served.send("/health").text)["status"] == "ok"


def test_a_checkpoint_that_was_left_out_is_named(tmp_path: Path) -> None:
    for name in ("sentiment-en-rnn", "sentiment-en-gru"):
        shutil.copytree(ROOT / "checkpoints" / name, tmp_path / "checkpoints" / name)
    golden = tmp_path / "checkpoints" / "sentiment-en-gru" / "golden.json"
    golden.write_text(golden.read_text(encoding="utf-8").replace("0.9", "0.1"), encoding="utf-8")
    process, served = start(tmp_path / "checkpoints", tmp_path / "app.log")
    try:
        health = json.loads(served.send("/health").text)
    finally:
        process.terminate()
        process.wait(30)
    assert (health["status"], health["checkpoints"]) == ("degraded", ["sentiment-en-rnn"])
    assert health["left_out"] == [{"checkpoint": "sentiment-en-gru", "problem": "golden_differs"}]
    assert "sentiment-en-gru: it does not answer its golden sentence" in (tmp_path / "app.log").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_states_every_limit_with_its_number(language: str) -> None:
    import re

    from seqdemo.locales import strings, translate_key
    from seqdemo.serving.limits import stated

    text = strings(language)["page.about.limits"]
    assert set(re.findall(r"\{(\w+)\}", text)) == set(stated())
    said = translate_key(language, "page.about.limits", **stated())
    assert all(re.search(rf"(?<!\d){number}(?!\d)", said) for number in stated().values())
