"""One contract for both labs: models in this process, and models on Ray Serve, one of whose replicas is killed."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from seqdemo.cluster.catalogue import READING, TRANSLATING, Catalogue
from seqdemo.cluster.far_lab import PATIENCE, FarLab, open_far_lab, patient
from seqdemo.cluster.together import Question, classified_together
from seqdemo.interventions.changes import Changes, HeadOff, WordReplaced
from seqdemo.lab import TorchLab, open_lab
from seqdemo.problems import Problem
from seqdemo.protocols import Lab
from seqdemo.records import to_json, unpacked
from tests.serving.conftest import ROOT, Served, free_port

pytestmark = pytest.mark.drill

ATTEMPTS = 4
TEXTS = ("A warm, funny, engaging film.", "Dull.", "It is not bad, and not good either; I would not see it twice.")
CAPTION = "A man rides a bicycle."
CLASS = {"checkpoint": "sentiment-en-gru", "sort": "class", "text": TEXTS[0]}
TOKEN = {"checkpoint": "en-de-transformer", "sort": "token", "text": CAPTION, "token": "▁Ein"}


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    for name in ("sentiment-en-gru", "sentiment-en-bilstm-attention", "en-de-transformer"):
        (folder / name).symlink_to(ROOT / "checkpoints" / name)
    (folder / "empty").mkdir()
    return folder


@pytest.fixture(scope="module")
def near(checkpoints: Path) -> TorchLab:
    return open_lab(checkpoints, "cpu")


@pytest.fixture(scope="module")
def cluster(checkpoints: Path) -> Iterator[str]:
    """A Ray of one machine with two replicas that read and one that translates -> its address."""
    own = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_AUTH_TOKEN": secrets.token_hex(16),
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
    }
    before = {name: os.environ.get(name) for name in own}
    os.environ.update(own)
    import ray
    from ray import serve

    from seqdemo.cluster.deployments import application

    try:
        for _ in range(ATTEMPTS):
            with contextlib.suppress(Exception):  # Ray raises a bare one
                ray.init(num_cpus=8, include_dashboard=False, log_to_driver=False, object_store_memory=100_000_000)
                break
            ray.shutdown()
        else:
            pytest.skip("Ray did not start: its raylet gives up where its agents need over 15 s on a very busy machine")
        serve.start(proxy_location="Disabled")
        for kind, least in ((READING, 2), (TRANSLATING, 1)):
            settings = {"kind": kind, "checkpoints": str(checkpoints), "device": "cpu", "least": least, "cpus": 0.1}
            serve.run(application(settings), name=kind, route_prefix=None)
        yield ray.get_runtime_context().gcs_address
        serve.shutdown()
    finally:
        ray.shutdown()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@pytest.fixture(scope="module")
def far(cluster: str) -> FarLab:
    return open_far_lab(f"ray://{cluster}")


@pytest.fixture(params=["near", "far"])
def lab(request: pytest.FixtureRequest) -> Lab:
    found: Lab = request.getfixturevalue(request.param)
    return found


def same(ours: Any, theirs: Any) -> None:
    """Two JSON forms of records agree: every word, and every number to 1e-5."""
    if isinstance(ours, dict) and "base64" in ours:
        np.testing.assert_allclose(unpacked(ours), unpacked(theirs), rtol=0, atol=1e-5)
    elif isinstance(ours, dict):
        assert ours.keys() == theirs.keys()
        for name in ours:
            same(ours[name], theirs[name])
    elif isinstance(ours, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            same(one, other)
    elif isinstance(ours, float):
        assert ours == pytest.approx(theirs, abs=1e-5)
    else:
        assert ours == theirs


ASKED: dict[str, Callable[[Any], Any]] = {
    "classify": lambda lab: lab.classify(TEXTS[0], "sentiment-en"),
    "classify one": lambda lab: lab.classify(TEXTS[2], "sentiment-en", ["gru"]),
    "explain": lambda lab: lab.explain(TEXTS[2], "sentiment-en", "gru", "integrated_gradients"),
    "faithfulness": lambda lab: lab.faithfulness(TEXTS[0], "sentiment-en", "gru"),
    "attention": lambda lab: lab.attention_explanation(TEXTS[0], "sentiment-en", "bilstm-attention"),
    "units by class": lambda lab: lab.units("sentiment-en", "gru", label="negative"),
    "units by words": lambda lab: lab.units("sentiment-en", "gru", words=["not", "never"]),
    "unit": lambda lab: lab.unit(TEXTS[2], "sentiment-en", "gru", 3, 0.5),
    "translate": lambda lab: lab.translate(CAPTION, "en-de", prefix="Ein", n_best=2),
    "passage": lambda lab: lab.translate_passage(f"{CAPTION} Two dogs run.", "en-de", beam=2),
    "sum of a class": lambda lab: lab.show_sum(CLASS),
    "sum of a token": lambda lab: lab.show_sum(
        {"checkpoint": "en-de-transformer", "sort": "token", "text": CAPTION, "token": "▁Ein"}
    ),
    "brick": lambda lab: lab.brick_source("lstm"),
    "score": lambda lab: lab.score_translation(CAPTION, "Ein Mann fährt Fahrrad.", "en-de"),
}


def as_json(record: Any) -> Any:
    return json.loads(json.dumps([to_json(one) for one in record] if isinstance(record, tuple) else to_json(record)))


def without_device(told: Any) -> Any:
    return json.loads(json.dumps(told).replace("cpu (2 threads)", "cpu (1 thread)"))


def test_changes_have_one_outcome(near: TorchLab, far: FarLab) -> None:
    text = Changes((WordReplaced(1, 1, "warm", "cold"),))
    read = [lab.reclassify(lab.classify(TEXTS[0], "sentiment-en", ["gru"])[0], text).changed for lab in (near, far)]
    same(*(without_device(as_json(record)) for record in read))
    heads = Changes((HeadOff("transformer", "cross", 2, 1),))
    written = [lab.retranslate(lab.translate(CAPTION, "en-de"), heads) for lab in (near, far)]
    same(*(without_device(as_json(outcome.changed)) for outcome in written))
    assert written[1].scores.changed_new == pytest.approx(written[0].scores.changed_new, abs=1e-5)
    plain = far.translate(CAPTION, "en-de")
    assert far.retranslate(plain, Changes(())).changed is plain


@pytest.mark.parametrize("asked", ASKED)
def test_both_labs_answer_alike(near: TorchLab, far: FarLab, asked: str) -> None:
    same(without_device(as_json(ASKED[asked](near))), without_device(as_json(ASKED[asked](far))))


def test_what_there_is(lab: Lab) -> None:
    assert lab.tasks() == {"sentiment-en": ("gru", "bilstm-attention")}
    assert lab.pairs() == {"en-de": ("transformer",)}
    assert lab.labels("sentiment-en") == ("negative", "positive")
    assert lab.chosen_models("sentiment-en", ["bilstm-attention", "gru"]) == ("gru", "bilstm-attention")
    assert "attention_explanation" in lab.questions("sentiment-en")["bilstm-attention"]
    names = {source.checkpoint for source in lab.sources()}
    assert names == {"sentiment-en-gru", "sentiment-en-bilstm-attention", "en-de-transformer"}
    assert [(one.code, one.values["name"]) for one in lab.problems] == [("checkpoint_missing", "empty")]  # type: ignore[attr-defined]
    assert "cpu" in lab.device()
    assert lab.translate_lines([CAPTION, ""], "en-de", beam=1)[1] == ""


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        ("empty_text", lambda lab: lab.classify("  ", "sentiment-en")),
        ("unknown_task", lambda lab: lab.classify("good", "sentiment-fr")),
        ("unknown_task", lambda lab: lab.labels("sentiment-fr")),
        ("unknown_model", lambda lab: lab.classify("good", "sentiment-en", ["cnn"])),
        ("no_models", lambda lab: lab.classify("good", "sentiment-en", [])),
        ("no_models", lambda lab: lab.chosen_models("sentiment-en", [])),
        ("no_known_words", lambda lab: lab.classify("xqzvw vwzqx", "sentiment-en")),
        ("unknown_method", lambda lab: lab.explain("good film", "sentiment-en", "gru", "guess")),
        ("no_pooling", lambda lab: lab.attention_explanation("good film", "sentiment-en", "gru")),
        ("unknown_pair", lambda lab: lab.translate("good", "en-fr")),
        ("bad_beam", lambda lab: lab.translate("good", "en-de", beam=0)),
        ("bad_batch", lambda lab: lab.translate_lines(["good"], "en-de", batch=0)),
    ],
)
def test_what_cannot_be_served_is_told(lab: Lab, code: str, ask: Any) -> None:
    with pytest.raises(Problem) as caught:
        ask(lab)
    assert caught.value.code == code
    assert caught.value.message("zh") != caught.value.message("en")


def test_questions_that_come_together_are_each_answered_as_alone(lab: Lab) -> None:
    """Texts of many lengths, some that cannot be read, from many threads."""
    texts = [f"{'very ' * number}good but not {'so ' * (9 - number)}great" for number in range(10)] + ["", "xqzvw"]

    def answer(text: str) -> Any:
        try:
            return as_json(lab.classify(text, "sentiment-en"))
        except Problem as problem:
            return problem.code

    alone = [answer(text) for text in texts]
    with ThreadPoolExecutor(len(texts)) as visitors:
        for ours, theirs in zip(visitors.map(answer, texts), alone, strict=True):
            same(ours, theirs)


def test_one_call_of_the_network_reads_many_texts(near: TorchLab) -> None:
    """More than one call takes, of two tasks' worth of models, some unreadable: answers in order, few calls."""
    calls: list[int] = []

    class Counting:
        def __init__(self, network: Any) -> None:
            self.network = network

        def parameters(self) -> Any:
            return self.network.parameters()

        def trace(self, ids: Any, lengths: Any) -> Any:
            calls.append(len(lengths))
            return self.network.trace(ids, lengths)

    key = ("sentiment-en", "gru")
    opened: Any = near.classifiers[key]
    counted = replace(near, classifiers={key: replace(opened, network=Counting(opened.network))})
    asked = [Question(f"Film {number} is {'very ' * (number % 5)}good", "sentiment-en", None) for number in range(20)]
    asked[7] = Question("", "sentiment-en", None)
    answers = classified_together(counted, asked)
    assert sorted(calls) == [3, 16]
    assert [n for n, one in enumerate(answers) if not isinstance(one, tuple)] == [7]
    for question, (record,) in (pair for n, pair in enumerate(zip(asked, answers, strict=True)) if n != 7):
        same(as_json(record), as_json(near.classify(question.text, "sentiment-en", ["gru"])[0]))


def test_a_replica_killed_under_load_costs_a_wait_and_no_error(far: FarLab) -> None:
    process = far.call(READING, "process")
    stop, waits, errors = threading.Event(), [], []

    def visit(number: int) -> None:
        while not stop.is_set():
            begin = time.monotonic()
            try:
                (record,) = far.classify(f"A mark{number}x film, and a good one.", "sentiment-en", ["gru"])
                assert f"mark{number}x" in record.words
            except Exception as error:
                errors.append(f"{type(error).__name__} {error}"[:300])
            waits.append(time.monotonic() - begin)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    before = len(waits)
    os.kill(process, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while len(waits) < before + 60 and time.monotonic() < deadline:
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join(PATIENCE + 10)
    print(f"{len(waits)} answers, longest wait {max(waits):.2f} s")
    assert errors == []
    assert len(waits) >= before + 60
    assert max(waits) < PATIENCE


def test_models_that_stay_away_are_told() -> None:
    class Gone:
        def remote(self, *_: Any) -> Any:
            return self

        def result(self, *, timeout_s: float) -> Any:
            from ray.exceptions import RayActorError

            raise RayActorError

    gone: Any = type("Handle", (), {"classify": Gone()})()
    asked = FarLab(Catalogue(tasks={"t": ("m",)}), Catalogue(), patient({READING: gone}, patience=0.5))
    with pytest.raises(Problem, match="did not answer within 0 s"):
        asked.classify("good", "t")


@pytest.mark.parametrize("address", ["http://127.0.0.1", "ray://", ""])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(Problem, match="ray://auto or ray://HOST:PORT"):
        open_far_lab(address)


def test_the_app_answers_from_the_cluster(far: FarLab, cluster: str, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "app.log"
    with log.open("wb") as told:
        command = [sys.executable, "app.py", "--port", str(port), "--lab", f"ray://{cluster}"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=told, stderr=told)
    served = Served(f"http://127.0.0.1:{port}", log, process.pid)
    try:
        deadline = time.monotonic() + 200
        while True:
            try:
                health = json.loads(served.send("/health").text)
                break
            except OSError:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")
                time.sleep(0.3)
        assert health["device"].startswith("Ray Serve, cpu")
        assert health["left_out"] == [{"checkpoint": "empty", "problem": "checkpoint_missing"}]
        door = "/gradio_api/call/classify"
        event = json.loads(served.send(door, {"data": [TEXTS[0], "sentiment-en", "gru"]}).text)["event_id"]
        answer = served.send(f"{door}/{event}").text
        assert "event: complete" in answer and '"engaging"' in answer
    finally:
        process.terminate()
        process.wait(60)


def test_the_file_for_a_cluster_is_one() -> None:
    """Ray's own reader takes assets/hosting/ray.yaml, and each application can be built as it says."""
    import yaml
    from ray.serve.schema import ServeDeploySchema

    from seqdemo.cluster.deployments import application

    text = (ROOT / "assets" / "hosting" / "ray.yaml").read_text(encoding="utf-8")
    schema = ServeDeploySchema.model_validate(yaml.safe_load(text))
    assert [one.name for one in schema.applications] == [READING, TRANSLATING]
    for one in schema.applications:
        assert one.import_path == "seqdemo.cluster.deployments:application"
        made = application({**one.args, "gpus": 0.25})
        assert made._bound_deployment._deployment_config.autoscaling_config.max_replicas == one.args["most"]
        assert made._bound_deployment.ray_actor_options["num_gpus"] == 0.25
