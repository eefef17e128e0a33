"""A folder on disk <-> a network ready to run. Weights are safetensors: reading one never runs code.

checkpoints/NAME/
  model.safetensors       float16 weights
  config.json             which network, its sizes, its tokeniser, how it was trained, digests of the files
  vocabulary.txt          words (classifiers), or subwords.model (translators)
  trajectory.safetensors  the PCA of the training corpus (classifiers)
  source_words.txt        the words of the training text's source side (translators)
  metrics.jsonl           a line an epoch
  golden.json             a sentence and its answer, asked again at each start (seqdemo/golden.py)
  scores.json, card.md, learning_curve.svg, and reliability.svg for classifiers: `evaluate NAME --write` writes them
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from safetensors.torch import save as safetensors_bytes
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from seqdemo import papers
from seqdemo.models import MODELS
from seqdemo.problems import CheckpointProblem, Problem
from seqdemo.text.subwords import Subwords
from seqdemo.text.vocabulary import Vocabulary

FORMAT = 1  # raise it when an old folder can no longer be read
WEIGHTS, CONFIG = "model.safetensors", papers.CONFIG
TRAJECTORY, SOURCE_WORDS = "trajectory.safetensors", "source_words.txt"
EXTRA_FILE = {"classifier": TRAJECTORY, "translator": SOURCE_WORDS}
TOKENIZER_FILES = {"words": "vocabulary.txt", "subwords": "subwords.model"}


@dataclass(frozen=True)
class CheckpointConfig:
    """config.json, field by field."""

    name: str  # e.g. "sentiment-en-lstm"
    kind: str  # "classifier" or "translator"
    serves: str  # the task or pair, e.g. "sentiment-en" or "en-de"
    model: str  # row of the model tables, e.g. "lstm"
    sizes: dict[str, Any]  # what the row's config takes beside its fixed fields
    tokenizer: str  # "words" or "subwords"
    tokenizer_version: str  # what cut the training text, e.g. "spacy.blank('en') 3.8.18"
    labels: tuple[str, ...] = ()  # of a classifier, in the order of its outputs
    training: dict[str, Any] = field(default_factory=dict)  # corpus, licence, seed, date, command, epochs, device
    digests: dict[str, str] = field(default_factory=dict)  # file name -> SHA-256
    format: int = FORMAT


@dataclass(frozen=True)
class Checkpoint:
    """An open checkpoint: the network in evaluation mode, its tokeniser and its papers."""

    config: CheckpointConfig
    network: nn.Module
    tokenizer: Vocabulary | Subwords
    trajectory: dict[str, Tensor]  # empty for a translator
    source_words: frozenset[str]  # lower-cased; empty for a classifier, whose vocabulary says it
    scores: dict[str, Any]  # empty until evaluated
    folder: Path
    fast: Any  # the network in its fastest form (`Row.fast`), or the network itself

    @cached_property
    def parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.network.parameters())

    @property
    def sha256(self) -> str:
        return self.config.digests[WEIGHTS]


def digest(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_atomically(path: Path, data: bytes) -> None:
    """The whole file or none of it: written beside its place, then moved there. Raises Problem (a full disk)."""
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise Problem("output_failed", file=path.name, reason=error.strerror or type(error).__name__) from None


def _place(beside: Path, folder: Path) -> None:
    """Put a complete folder where an older one may be. Killed on the way, `recover` brings the older one back."""
    old = folder.with_name(folder.name + ".old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    beside.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def recover(folder: Path) -> None:
    """Bring back the checkpoint that `save` was about to replace when it was killed, and clear away the rest."""
    old = folder.with_name(folder.name + ".old")
    if old.exists() and not folder.exists():
        old.rename(folder)
    for left in (old, folder.with_name(folder.name + ".part")):
        shutil.rmtree(left, ignore_errors=True)


def save(
    folder: Path,
    config: CheckpointConfig,
    network: nn.Module,
    tokenizer: Vocabulary | Subwords,
    *,
    trajectory: dict[str, Tensor] | None = None,
    source_words: Iterable[str] = (),
) -> None:
    """Write a checkpoint: all of it, or (killed, or a full disk: Problem) what was there before.

    trajectory: of a classifier (`seqdemo.probes.trajectories`); source_words: of a translator, any order. Other
    files of the folder go: they are about other weights.
    """
    recover(folder)
    beside = folder.with_name(folder.name + ".part")
    weights = {
        name: tensor.detach().to("cpu", torch.float16).contiguous() for name, tensor in network.state_dict().items()
    }
    files = [WEIGHTS, TOKENIZER_FILES[config.tokenizer], EXTRA_FILE[config.kind]]
    try:
        beside.mkdir(parents=True)
        (beside / WEIGHTS).write_bytes(safetensors_bytes(weights))
        tokenizer.save(beside / files[1])
        if config.kind == "classifier":
            on_cpu = {name: tensor.cpu().contiguous() for name, tensor in (trajectory or {}).items()}
            (beside / TRAJECTORY).write_bytes(safetensors_bytes(on_cpu))
        else:
            words = sorted({word.lower() for word in source_words})
            (beside / SOURCE_WORDS).write_bytes("".join(word + "\n" for word in words).encode())
        fields = asdict(config) | {"digests": {name: digest(beside / name) for name in files}}
        (beside / CONFIG).write_bytes((json.dumps(fields, indent=2, ensure_ascii=False) + "\n").encode())
        _place(beside, folder)
    except OSError as error:
        recover(folder)
        raise Problem("output_failed", file=folder.name, reason=error.strerror or type(error).__name__) from None


def load(folder: Path, device: str | torch.device = "cpu") -> Checkpoint:
    """Open a checkpoint for reading texts. Raises CheckpointProblem, which names the folder and what to do.

    What the papers say is compared with the files before anything large is made of either.
    """
    with or_named(folder):
        config = _config(folder)
        row = MODELS[config.model]
        network = _network(folder, config)
        trajectory = _trajectory(folder, network) if config.kind == "classifier" else {}
        tokenizer = _tokenizer(folder, config)
        words = "" if config.kind == "classifier" else (folder / SOURCE_WORDS).read_text(encoding="utf-8")
        scores = papers.read_scores(folder)
        network.eval().requires_grad_(False)
        network.to(device)
        if isinstance(tokenizer, Subwords):
            network.signs = tokenizer.signs
        fast = row.fast(network) if row.fast else network
        known = frozenset(words.split("\n")) - {""}
        return Checkpoint(config, network, tokenizer, trajectory, known, scores, folder, fast)


@contextmanager
def or_named(folder: Path) -> Iterator[None]:
    """The last net under whatever a folder holds: any other error becomes a CheckpointProblem that names the folder.

    A GPU without memory is not the folder's fault.
    """
    try:
        yield
    except (CheckpointProblem, torch.OutOfMemoryError):
        raise
    except Exception as error:
        reason = type(error).__name__
        raise CheckpointProblem("checkpoint_unreadable", name=papers.name_of(folder), reason=reason) from error


def _config(folder: Path) -> CheckpointConfig:
    """config.json, and every file that it names is the one that was saved."""
    name = papers.name_of(folder)
    if not (folder / CONFIG).is_file():
        raise CheckpointProblem("checkpoint_missing", name=name)
    raw = papers.read_json(folder, CONFIG)
    found = raw.get("format") if isinstance(raw, dict) else None
    if not papers.is_whole(found) or found != FORMAT:
        raise CheckpointProblem("checkpoint_format", name=name, found=papers.shown(found), expected=FORMAT)
    papers.require_config(name, raw, [one.name for one in fields(CheckpointConfig)])
    config = CheckpointConfig(**raw | {"labels": tuple(raw.get("labels", ()))})
    for file in (WEIGHTS, TOKENIZER_FILES[config.tokenizer], EXTRA_FILE[config.kind]):
        if not (folder / file).is_file():
            raise CheckpointProblem("checkpoint_file_missing", name=name, file=file)
        if digest(folder / file) != config.digests.get(file):
            raise CheckpointProblem("checkpoint_damaged", name=name, file=file)
    return config


def _network(folder: Path, config: CheckpointConfig) -> Any:
    """The network with its weights. It is built without memory first: sizes that are not the file's cost nothing."""
    path = folder / WEIGHTS
    with damaged(folder, WEIGHTS):
        with torch.device("meta"), Unfilled():
            network = MODELS[config.model].build(**config.sizes)
        shapes = {name: list(tensor.shape) for name, tensor in network.state_dict().items()}
        with safe_open(str(path), framework="pt") as header:
            written = {name: header.get_slice(name).get_shape() for name in header.keys()}  # noqa: SIM118
        if shapes != written:
            raise CheckpointProblem("checkpoint_sizes", name=papers.name_of(folder), config=CONFIG, file=WEIGHTS)
        network.load_state_dict(_weights(path), assign=True)
    return network


class Unfilled(TorchFunctionMode):
    """Layers are made without drawing weights: "meta" has none, and torch would import for a second to say so."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        if func in (nn.init.normal_, nn.init.uniform_, Tensor.normal_, Tensor.uniform_):
            return named["tensor"] if "tensor" in named else args[0]
        return func(*args, **named)


def _trajectory(folder: Path, network: Any) -> dict[str, Tensor]:
    """The plane of a classifier's states (`seqdemo.probes.trajectories`), each part in the shape that is drawn."""
    labels, hidden = network.readout.weight.shape
    with damaged(folder, TRAJECTORY):
        found: dict[str, Tensor] = load_file(str(folder / TRAJECTORY))
        points = len(found["cloud"])
        shapes = {
            "mean": (hidden,),
            "components": (2, hidden),
            "explained": (2,),
            "readout": (labels, 2),
            "cloud": (points, 2),
            "cloud_probability": (points, labels),
        }
        if {name: tuple(part.shape) for name, part in found.items()} != shapes or not points:
            raise ValueError("a part is missing or has another shape")
        if not all(part.is_floating_point() and bool(part.isfinite().all()) for part in found.values()):
            raise ValueError("a part holds something else than numbers")
    return found


def _tokenizer(folder: Path, config: CheckpointConfig) -> Vocabulary | Subwords:
    """Knows as many words or sub-words as the network has vectors."""
    file = TOKENIZER_FILES[config.tokenizer]
    with damaged(folder, file):
        kind: type[Vocabulary] | type[Subwords] = Vocabulary if config.tokenizer == "words" else Subwords
        tokenizer = kind.load(folder / file)
        if len(tokenizer) != config.sizes["vocabulary"]:
            raise ValueError(f"{len(tokenizer)} entries")
    return tokenizer


@contextmanager
def damaged(folder: Path, file: str) -> Iterator[None]:
    """Whatever goes wrong in here is told as damage of the file."""
    try:
        yield
    except CheckpointProblem:
        raise
    except Exception:
        raise CheckpointProblem("checkpoint_damaged", name=papers.name_of(folder), file=file) from None


def load_weights(network: nn.Module, path: Path) -> None:
    """Put the weights of a file into a network. Raises what safetensors and torch raise where they do not fit."""
    network.load_state_dict(_weights(path))


def _weights(path: Path) -> dict[str, Tensor]:
    return {name: tensor.float() for name, tensor in load_file(str(path)).items()}
