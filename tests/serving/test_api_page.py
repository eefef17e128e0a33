"""API.md is true: it names every endpoint, and its examples run as they stand, by curl and by gradio_client."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serving.conftest import ROOT, Served, start

PAGE = (ROOT / "API.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## /(\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
TEXTS = st.sampled_from(["A fine film.", "", "x", "好", "good " * 300, "A man rides a bicycle.", "not,never"])
ODD = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.lists(st.integers(), max_size=2)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("api")
    for name in ("sentiment-en-gru", "sentiment-en-bilstm-attention", "en-de-transformer"):
        (folder / name).symlink_to(ROOT / "checkpoints" / name)
    process, served = start(folder, tmp_path_factory.mktemp("log") / "app.log")
    yield served
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def documented(app: Served) -> dict[str, list[dict[str, Any]]]:
    """Endpoint -> its parameters, as the app itself says."""
    told = json.loads(app.send("/gradio_api/info").text)["named_endpoints"]
    return {name.lstrip("/"): one["parameters"] for name, one in told.items()}


def test_every_endpoint_has_its_section(documented: dict[str, Any]) -> None:
    assert set(SECTIONS) == set(documented)


@pytest.mark.parametrize("name", SECTIONS)
def test_the_curl_of_a_section_runs(app: Served, name: str) -> None:
    (script,) = re.findall(r"^```bash\n(.*?)^```$", SECTIONS[name], re.MULTILINE | re.DOTALL)
    script = script.replace("http://127.0.0.1:7860", app.address)
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "event: complete" in done.stdout, done.stdout[-500:]


def test_the_python_of_all_sections_runs(app: Served) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) == len(SECTIONS)
    program = "\n".join(blocks).replace("http://127.0.0.1:7860", app.address)
    exec(compile(program, str(Path("API.md")), "exec"), {})


@pytest.mark.parametrize("name", SECTIONS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(draw=st.data())
def test_inputs_that_nearly_fit_are_answered_in_words(
    app: Served, documented: dict[str, list[dict[str, Any]]], name: str, draw: st.DataObject
) -> None:
    """The right number of inputs, each its default, a text or something odd; no 5xx, no traceback."""
    usual = [st.just(one.get("parameter_default")) | TEXTS | ODD for one in documented[name]]
    joined = app.send(f"/gradio_api/call/{name}", {"data": [draw.draw(one) for one in usual]})
    assert joined.status < 500, joined
    if joined.status == 200:
        answer = app.send(f"/gradio_api/call/{name}/{json.loads(joined.text)['event_id']}")
        assert answer.status < 500 and "Traceback" not in answer.text
        assert "event: complete" in answer.text or "event: error" in answer.text


def test_the_log_holds_no_traceback(app: Served) -> None:
    assert "Traceback" not in app.log.read_text(encoding="utf-8")
