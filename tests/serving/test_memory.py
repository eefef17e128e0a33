"""A GPU that is full at the start or under way: the answer comes from the processor, with a word."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from seqdemo import checkpoint, lab
from seqdemo.lab import TorchLab, open_lab
from seqdemo.locales import translate_key
from seqdemo.problems import Problem
from seqdemo.records import to_json
from seqdemo.serving.sharing import sharing

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"
NAMES = ("sentiment-en-gru", "sentiment-en-bilstm-attention", "en-de-transformer")
CAPTION = "A man rides a bicycle."
ASKED: dict[str, Any] = {
    "classify": lambda lab: lab.classify("A fine film.", "sentiment-en"),
    "explain": lambda lab: lab.explain("A fine film.", "sentiment-en", "gru", "occlusion"),
    "faithfulness": lambda lab: lab.faithfulness("A fine film.", "sentiment-en", "gru"),
    "translate": lambda lab: lab.translate(CAPTION, "en-de"),
    "translate_passage": lambda lab: lab.translate_passage(CAPTION, "en-de"),
    "score_translation": lambda lab: lab.score_translation(CAPTION, "Ein Mann.", "en-de"),
}


class Full:
    """A network on a GPU without memory: whatever is computed raises what torch raises there."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def parameters(self) -> Any:
        return self._network.parameters()

    def buffers(self) -> Any:
        return self._network.buffers()

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB")

    trace = forward = read = encode = start = __call__


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        (tmp_path / name).symlink_to(CHECKPOINTS / name)
    return tmp_path


@pytest.fixture
def full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TorchLab:
    """A lab whose GPU was large enough at the start and is full now, shared as the app shares it."""
    opened = open_lab(folder, "cpu")
    monkeypatch.setattr(lab, "device_in_words", lambda device: "cpu" if device.type == "cpu" else "cuda (full)")

    def filled(table: Any) -> Any:
        return {
            key: replace(one, network=Full(one.network), fast=Full(one.network))  # type: ignore[arg-type]
            for key, one in table.items()
        }

    tables = {"classifiers": filled(opened.classifiers), "translators": filled(opened.translators)}
    found = replace(opened, on=torch.device("cuda"), spare=lambda: open_lab(folder, "cpu"), **tables)
    return replace(found, shared=sharing(found.opened(), lambda size: None))


@pytest.mark.parametrize("name", ASKED)
def test_the_processor_answers_with_a_word(
    full: TorchLab, folder: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        found, wanted = ASKED[name](full), ASKED[name](open_lab(folder, "cpu"))
    for one, other in zip(*((x if isinstance(x, tuple) else (x,)) for x in (found, wanted)), strict=True):
        notices = getattr(one, "notices", None)
        if notices is not None:
            assert [notice.code for notice in notices].count("gpu_full") == 1
            assert "GPU" in translate_key("zh", "notice.gpu_full")
            one = replace(one, notices=other.notices)
        assert to_json(one) == to_json(other)
        assert "cuda" not in str(to_json(one).get("source", ""))
    assert f"out of memory; {name} is computed on the processor" in caplog.text
    assert "film" not in caplog.text and "bicycle" not in caplog.text


def test_without_a_gpu_there_is_nothing_to_fall_back_to(full: TorchLab) -> None:
    with pytest.raises(torch.OutOfMemoryError):
        replace(full, spare=None).classify("A fine film.", "sentiment-en")


@pytest.mark.parametrize(("device", "served"), [("auto", True), ("cuda", False)])
def test_a_gpu_without_room_for_the_checkpoints(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, device: str, served: bool
) -> None:
    real = checkpoint.load

    def load(path: Path, on: Any) -> Any:
        if torch.device(on).type == "cuda":
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return real(path, on)

    monkeypatch.setattr(checkpoint, "load", load)
    monkeypatch.setattr(lab, "choose_device", lambda wanted: torch.device("cuda"))
    if served:
        assert open_lab(folder, device).on.type == "cpu"
        assert "no memory for the checkpoints" in caplog.text
        return
    with pytest.raises(Problem, match="no memory left for the checkpoints"):
        open_lab(folder, device)
