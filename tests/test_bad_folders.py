"""One bad folder under checkpoints/ is left out and named, whatever is wrong with it; the rest serves."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from safetensors.torch import load_file, save_file

from seqdemo import checkpoint, golden
from seqdemo.checkpoint import Checkpoint, digest
from seqdemo.commands import main
from seqdemo.golden import GOLDEN, checked
from seqdemo.lab import open_lab
from seqdemo.locales import LANGUAGES
from seqdemo.problems import CheckpointProblem

CHECKPOINTS = Path(__file__).resolve().parent.parent / "checkpoints"
GOOD, RNN, ATTENTION, TRANSLATOR = "question-en-gru", "question-en-rnn", "question-en-attention", "en-de-seq2seq"
Spoil = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CHECKPOINTS / GOOD, tmp_path / GOOD)
    return tmp_path


def bytes_of(file: str, data: bytes) -> Spoil:
    return lambda path: (path / file).write_bytes(data)


def changed(file: str, **new: Any) -> Spoil:
    """Keys of a JSON file set anew. "sizes__hidden" is the key hidden of the key sizes."""

    def spoil(path: Path) -> None:
        raw = json.loads((path / file).read_text(encoding="utf-8"))
        for key, value in new.items():
            *outer, last = key.split("__")
            place = raw
            for name in outer:
                place = place[name]
            place[last] = value
        (path / file).write_text(json.dumps(raw), encoding="utf-8")

    return spoil


def without(key: str) -> Spoil:
    def spoil(path: Path) -> None:
        raw = json.loads((path / "config.json").read_text(encoding="utf-8"))
        del raw[key]
        (path / "config.json").write_text(json.dumps(raw), encoding="utf-8")

    return spoil


def config(**new: Any) -> Spoil:
    return changed("config.json", **new)


def tensors(file: str, change: Callable[[dict[str, torch.Tensor]], object]) -> Spoil:
    """Other tensors whose digest fits."""

    def spoil(path: Path) -> None:
        held = load_file(str(path / file))
        change(held)
        save_file(held, str(path / file))
        config(**{f"digests__{file}": digest(path / file)})(path)

    return spoil


def one_word_more(path: Path) -> None:
    with (path / "vocabulary.txt").open("a", encoding="utf-8") as file:
        file.write("one-word-more\n")
    config(**{"digests__vocabulary.txt": digest(path / "vocabulary.txt")})(path)


def labels_reversed(path: Path) -> None:
    raw = json.loads((path / "config.json").read_text(encoding="utf-8"))
    config(labels=raw["labels"][::-1])(path)


def labels_reversed_and_golden_gone(path: Path) -> None:
    labels_reversed(path)
    (path / GOLDEN).unlink()


BEST = {"layer": 1, "head": 1, "step": "output", "weighting": "raw", "aer": 0.5}
KEY, MISSING, DAMAGED, SIZES = "checkpoint_key", "checkpoint_key_missing", "checkpoint_damaged", "checkpoint_sizes"
CASES: dict[str, tuple[str, Spoil, str, str]] = {  # what is wrong: (the checkpoint, how, the problem, what it says)
    "scores cut short": (RNN, bytes_of("scores.json", b'{"tests": {"te'), DAMAGED, "scores.json"),
    "scores not UTF-8": (RNN, bytes_of("scores.json", b"\xff\xfe{}"), DAMAGED, "scores.json"),
    "scores a list": (RNN, bytes_of("scores.json", b"[]"), DAMAGED, "scores.json"),
    "scores nested": (RNN, bytes_of("scores.json", b"[" * 100_000), DAMAGED, "scores.json"),
    "accuracy a text": (RNN, changed("scores.json", tests={"test": {"accuracy": "1"}}), DAMAGED, "scores.json"),
    "accuracy not a number": (
        RNN, changed("scores.json", tests={"test": {"accuracy": float("nan")}}), DAMAGED, "scores.json",
    ),
    "a test without a figure": (RNN, changed("scores.json", tests={"test": {}}), DAMAGED, "scores.json"),
    "a test with two slashes": (
        RNN, changed("scores.json", tests={"a/b/c": {"accuracy": 1}}), DAMAGED, "scores.json",
    ),
    "an aligner that is none": (
        RNN,
        changed("scores.json", alignment={"n": 1, "best": BEST | {"step": "x"}}),
        DAMAGED,
        "scores.json",
    ),
    "config nested": (RNN, bytes_of("config.json", b"[" * 100_000), DAMAGED, "config.json"),
    "config with a huge number": (RNN, bytes_of("config.json", b"9" * 6000), DAMAGED, "config.json"),
    "config huge": (RNN, bytes_of("config.json", b'"' + b"x" * 5_000_000 + b'"'), DAMAGED, "config.json"),
    "config a list": (RNN, bytes_of("config.json", b"[]"), "checkpoint_format", "null"),
    "format true": (RNN, config(format=True), "checkpoint_format", "true"),
    "format 1.0": (RNN, config(format=1.0), "checkpoint_format", "1.0"),
    "format huge": (RNN, config(format=10**4000), "checkpoint_format", "1000"),
    "no digests": (RNN, without("digests"), MISSING, "digests"),
    "no sizes": (RNN, without("sizes"), MISSING, "sizes"),
    "no kind": (RNN, without("kind"), MISSING, "kind"),
    "no model": (RNN, without("model"), MISSING, "model"),
    "no labels": (RNN, without("labels"), MISSING, "labels"),
    "an unknown key": (RNN, config(more=1), KEY, "more"),
    "digests a list": (RNN, config(digests=[]), KEY, "digests"),
    "digests null": (RNN, config(digests=None), KEY, "digests is null"),
    "training a list": (RNN, config(training=[1]), KEY, "training is [...]"),
    "training null": (RNN, config(training=None), KEY, "training"),
    "also 1": (RNN, config(training__also=1), KEY, "training.also is 1"),
    "seed a text": (RNN, config(training__seed="x"), KEY, 'training.seed is "x"'),
    "corpus half a character": (RNN, config(training__corpus="\ud800"), KEY, "training.corpus"),
    "serves a list": (RNN, config(serves=[]), KEY, "serves"),
    "serves in no language": (RNN, config(serves="question-qq"), KEY, "serves"),
    "another kind": (RNN, config(kind="translator"), KEY, "model"),
    "no kind that is known": (RNN, config(kind={}), KEY, "kind"),
    "an unknown model": (RNN, config(model="moses"), KEY, "model"),
    "a model that is a list": (RNN, config(model=["rnn"]), KEY, "model"),
    "another model": (RNN, config(model="lstm"), SIZES, "model.safetensors"),
    "another tokeniser": (RNN, config(tokenizer="subwords"), KEY, "tokenizer"),
    "sizes a list": (RNN, config(sizes=[]), KEY, "sizes"),
    "a size too many": (RNN, config(sizes__cell="gru"), KEY, "sizes.cell"),
    "a size that is true": (RNN, config(sizes__hidden=True), KEY, "sizes.hidden"),
    "a size that is a text": (RNN, config(sizes__hidden="128"), KEY, 'sizes.hidden is "128"'),
    "a huge size": (RNN, config(sizes__hidden=20_000), SIZES, "config.json"),
    "a size beyond any": (RNN, config(sizes__hidden=10**12), KEY, "sizes.hidden"),
    "a size of the past": (RNN, config(sizes__hidden=127), SIZES, "config.json"),
    "dropout 1": (RNN, config(sizes__dropout=1), KEY, "sizes.dropout"),
    "dropout inside 1": ("en-de-transformer", config(sizes__dropout_inside=1), KEY, "sizes.dropout_inside"),
    "no head": (ATTENTION, config(sizes__heads=0), KEY, "sizes.heads"),
    "three heads": (ATTENTION, config(sizes__heads=3), KEY, "sizes.heads"),
    "a million layers": (ATTENTION, config(sizes__layers=1_000_000), KEY, "sizes.layers"),
    "nothing but zeros": (
        ATTENTION,
        config(sizes=dict.fromkeys(("vocabulary", "labels", "model", "heads", "inner", "layers", "dropout"), 0)),
        KEY,
        "sizes",
    ),
    "a translator of zeros": (TRANSLATOR, config(sizes={"vocabulary": 0, "embedding": 0, "hidden": 0}), KEY, "sizes"),
    "a translator from nowhere": (TRANSLATOR, config(serves="xx-de"), KEY, "serves"),
    "a label too few": (RNN, config(labels=["a"]), KEY, "labels"),
    "labels alike": (RNN, config(labels=["a"] * 6), KEY, "labels"),
    "labels of numbers": (RNN, config(labels=[1, 2, 3, 4, 5, 6]), KEY, "labels"),
    "labels in another order": (RNN, labels_reversed, "golden_differs", "golden.json"),
    "labels in another order, golden gone": (RNN, labels_reversed_and_golden_gone, "golden_missing", "selftest"),
    "no golden": (RNN, lambda path: (path / GOLDEN).unlink(), "golden_missing", "selftest question-en-rnn --write"),
    "golden ids endless": (RNN, changed(GOLDEN, ids=[float("inf")]), DAMAGED, GOLDEN),
    "golden ids of no word": (RNN, changed(GOLDEN, ids=[10**6]), DAMAGED, GOLDEN),
    "golden answer huge": (RNN, changed(GOLDEN, answer=[10**400]), DAMAGED, GOLDEN),
    "golden tokens null": (RNN, changed(GOLDEN, tokens=None), DAMAGED, GOLDEN),
    "golden tokens 5": (RNN, changed(GOLDEN, tokens=5), DAMAGED, GOLDEN),
    "golden of true": (RNN, changed(GOLDEN, ids=[True]), DAMAGED, GOLDEN),
    "golden a folder": (RNN, lambda path: ((path / GOLDEN).unlink(), (path / GOLDEN).mkdir()), DAMAGED, GOLDEN),
    "no plane": (
        RNN, tensors("trajectory.safetensors", lambda held: held.pop("mean")), DAMAGED, "trajectory.safetensors",
    ),
    "nothing in the plane": (
        RNN, tensors("trajectory.safetensors", lambda held: held.clear()), DAMAGED, "trajectory.safetensors",
    ),
    "a plane of another network": (
        RNN,
        tensors("trajectory.safetensors", lambda held: held.update(mean=torch.zeros(3))),
        DAMAGED,
        "trajectory.safetensors",
    ),
    "a plane of no numbers": (
        RNN,
        tensors("trajectory.safetensors", lambda held: held["cloud"].fill_(float("nan"))),
        DAMAGED,
        "trajectory.safetensors",
    ),
    "weights of another shape": (
        RNN, tensors("model.safetensors", lambda held: held.update({"readout.bias": torch.zeros(1)})), SIZES, "config",
    ),
    "a vocabulary too long": (RNN, one_word_more, DAMAGED, "vocabulary.txt"),
    "the name of another": (RNN, config(name="question-en-lstm"), "checkpoint_named_otherwise", "question-en-lstm"),
    "a name that is a path": (RNN, config(name="../../x"), "checkpoint_named_otherwise", "../../x"),
    "a name that is a list": (RNN, config(name=[1]), KEY, "name is [...]"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_bad_folder_is_left_out_and_named_and_the_rest_serves(folder: Path, case: str) -> None:
    name, spoil, code, says = CASES[case]
    shutil.copytree(CHECKPOINTS / name, folder / name)
    spoil(folder / name)
    lab = open_lab(folder, "cpu")
    assert [source.checkpoint for source in lab.sources()] == [GOOD]
    assert [(problem.code, problem.values["name"]) for problem in lab.problems] == [(code, name)]
    (problem,) = lab.problems
    assert says in problem.message("en")
    assert len(problem.message("en")) < 400
    assert not any("{n" in problem.message(language) or "{f" in problem.message(language) for language in LANGUAGES)
    assert lab.classify("Who built the bridge?", "question-en")[0].label == "human"


def test_a_second_folder_that_serves_the_same_is_named_and_the_first_stays(folder: Path) -> None:
    shutil.copytree(folder / GOOD, folder / "question-en-gru-2")
    config(name="question-en-gru-2", sizes__dropout=0.1)(folder / "question-en-gru-2")
    lab = open_lab(folder, "cpu")
    assert [source.checkpoint for source in lab.sources()] == [GOOD]
    assert [(one.code, one.values["name"], one.values["first"]) for one in lab.problems] == [
        ("checkpoint_twice", "question-en-gru-2", GOOD)
    ]


def test_an_error_that_nobody_thought_of_is_named_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CHECKPOINTS / RNN, folder / RNN)
    real = golden._answer

    def strange(opened: Checkpoint, ids: Any) -> Any:
        if opened.config.name == RNN:
            raise LookupError
        return real(opened, ids)

    monkeypatch.setattr(golden, "_answer", strange)
    (problem,) = open_lab(folder, "cpu").problems
    assert (problem.code, problem.values) == ("checkpoint_unreadable", {"name": RNN, "reason": "LookupError"})


def test_a_gpu_without_memory_is_no_fault_of_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(opened: Checkpoint, ids: Any) -> Any:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(golden, "_answer", full)
    with pytest.raises(torch.OutOfMemoryError):
        checked(checkpoint.load(folder / GOOD))


def test_a_folder_whose_name_is_no_text_can_be_told(folder: Path) -> None:
    try:
        (folder / "bad-\udcff").mkdir()
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such name")
    (problem,) = open_lab(folder, "cpu").problems
    assert problem.message("zh").encode()


def test_selftest_names_every_bad_folder_and_goes_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, spoil in enumerate((config(training=None), bytes_of("scores.json", b"["), changed(GOLDEN, ids=[1.5]))):
        shutil.copytree(CHECKPOINTS / RNN, folder / f"a{number}")
        spoil(folder / f"a{number}")
    assert main(["--checkpoints", str(folder), "selftest"]) == 1
    told = capsys.readouterr()
    assert told.err.count("\n") == 3 and "Traceback" not in told.err
    assert f"{GOOD}\tok" in told.out


def most_memory() -> int:
    """The most bytes that this process has held so far."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_sizes_that_are_not_the_files_cost_no_memory(folder: Path, size: int) -> None:
    """An embedding of 1,000,000 x 1,000,000 would be 4 TB: nothing of it is made."""
    checkpoint.load(folder / GOOD)
    before = most_memory()
    config(sizes__vocabulary=size, sizes__embedding=size, sizes__hidden=size)(folder / GOOD)
    with pytest.raises(CheckpointProblem) as caught:
        checkpoint.load(folder / GOOD)
    assert caught.value.code == SIZES
    assert most_memory() - before < 100_000_000


ANYTHING = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.integers(-2, 3)
    | some.floats()
    | some.text(some.characters(exclude_categories=()), max_size=20)
    | some.sampled_from([10**20, 10**400, 1e308, 20_000, "question-en", "en-de", "gru", "rnn", "translator", "words"]),
    lambda inner: some.lists(inner, max_size=6) | some.dictionaries(some.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
WRITTEN = json.loads((CHECKPOINTS / ATTENTION / "config.json").read_text(encoding="utf-8"))
PLACES = [
    *WRITTEN, "more",
    *(f"{outer}__{key}" for outer in ("sizes", "training", "digests") for key in (*WRITTEN[outer], "more")),
]  # fmt: skip


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder, whose config.json is written anew each time; the other files are links."""
    path = tmp_path_factory.mktemp("checkpoints") / ATTENTION
    path.mkdir()
    for file in (CHECKPOINTS / ATTENTION).iterdir():
        if file.name != "config.json":
            (path / file.name).symlink_to(file)
    return path


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=some.sampled_from(PLACES), value=ANYTHING)
def test_anything_in_the_place_of_any_key_is_served_as_before_or_named(fuzzed: Path, place: str, value: Any) -> None:
    shutil.copy(CHECKPOINTS / ATTENTION / "config.json", fuzzed / "config.json")
    config(**{place: value})(fuzzed)
    before = most_memory()
    try:
        opened, problem = checked(checkpoint.load(fuzzed)), None
    except CheckpointProblem as told:
        opened, problem = None, told
    if opened is None:
        assert problem is not None and problem.message("zh").encode() and len(problem.message("en")) < 400
        assert problem.code != "checkpoint_unreadable", "the last net is for what nobody thought of"
    else:
        assert opened.config.labels == tuple(WRITTEN["labels"])
        assert (opened.config.name, opened.config.kind, opened.config.model) == (ATTENTION, "classifier", "attention")
        assert opened.config.serves in ("question-en", value)
    assert most_memory() - before < 200_000_000
