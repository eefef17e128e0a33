"""The JSON papers of a checkpoint folder, looked at key by key before anybody relies on them.

A folder may come from anywhere. What a file may hold is written down as a shape: a dict names its keys ("name?" may be
missing, "*" stands for any other), a list holds the shape of each of its items, and a `Wanted` looks at one value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from seqdemo.locales import strings
from seqdemo.models import CLASSIFIERS, MODELS, TRANSLATORS
from seqdemo.problems import CheckpointProblem

CONFIG, SCORES = "config.json", "scores.json"
LONGEST_FILE = 4_000_000  # bytes of a paper; ours have up to 40,000
LARGEST_SIZE = 1_000_000  # of a network: no vocabulary is larger
MOST_LAYERS, MOST_HEADS, MOST_DISTANCES = 64, 256, 1000
TABLES = {"classifier": CLASSIFIERS, "translator": TRANSLATORS}
TOKENIZERS = {"classifier": "words", "translator": "subwords"}


class Wanted(NamedTuple):
    """What a value must be. words: key of the locale files under "wanted."."""

    words: str
    holds: Callable[[Any], bool]


class Stray(NamedTuple):
    """A value that is not what was wanted. where: its key, e.g. "sizes.hidden"; wanted: as of `Wanted`, or "there"."""

    where: str
    value: Any
    wanted: str


Shape = Wanted | dict[str, Any] | list[Any]  # dict[str, Shape], list[Shape]


def is_text(value: Any) -> bool:
    """A string that can be written as UTF-8, which half of a surrogate pair cannot."""
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def is_whole(value: Any, lowest: int = -(2**63), highest: int = 2**63 - 1) -> bool:
    """True is no number here, nor is 1.0 a whole one."""
    return type(value) is int and lowest <= value <= highest


def is_number(value: Any, lowest: float = -1e9, highest: float = 1e9) -> bool:
    """Neither NaN nor endless."""
    return type(value) in (int, float) and lowest <= value <= highest


def _serves(kind: str) -> Callable[[Any], bool]:
    known = "|".join(key[-2:] for key in strings("en") if re.fullmatch(r"language\.[a-z]{2}", key))
    pattern = rf"[\w-]+-({known})" if kind == "classifier" else f"({known})-({known})"
    return lambda value: is_text(value) and re.fullmatch(pattern, value) is not None


TEXT = Wanted("text", is_text)
WHOLE = Wanted("whole", is_whole)
COUNT = Wanted("whole", lambda value: is_whole(value, 1))
NUMBER = Wanted("number", is_number)
NUMBER_OR_NONE = Wanted("number", lambda value: value is None or is_number(value))
SHARE = Wanted("number", lambda value: is_number(value, 0, 1))
SIZE = Wanted("size", lambda value: is_whole(value, 1, LARGEST_SIZE))
SIZES = {  # by the name of a size; all others are SIZE or NUMBER
    "dropout": Wanted("dropout", lambda value: is_number(value, 0, 0.999)),
    "dropout_inside": Wanted("dropout", lambda value: value is None or is_number(value, 0, 0.999)),  # None: the same
    "distances": Wanted("size", lambda value: is_whole(value, 0, MOST_DISTANCES)),
    "heads": Wanted("size", lambda value: is_whole(value, 1, MOST_HEADS)),
    **dict.fromkeys(
        ("layers", "encoder_layers", "decoder_layers"),
        Wanted("size", lambda value: is_whole(value, 1, MOST_LAYERS)),
    ),
}
LABELS = Wanted(
    "labels",
    lambda value: isinstance(value, list) and all(map(is_text, value)) and len(set(value)) == len(value),
)
TITLES = Wanted(
    "titles",  # [title, licence] of each further corpus
    lambda value: (
        isinstance(value, list)
        and all(isinstance(one, list) and len(one) == 2 and all(map(is_text, one)) for one in value)
    ),
)
RANKED = [Wanted("ranked", lambda value: isinstance(value, list) and len(value) == 2 and all(map(is_number, value)))]
SCORES_SHAPE: Shape = {  # what the app reads of it; the card reads more
    "corpus?": TEXT,
    "tests?": {"*": {"accuracy?": SHARE, "bleu?": NUMBER}},
    "alignment?": {"n": COUNT, "best": {"layer": COUNT, "head": COUNT, "step": TEXT, "weighting": TEXT, "aer": SHARE}},
    "probes?": {
        "n": COUNT,
        "split": TEXT,
        "faithfulness?": {"methods": {"*": {"comprehensiveness": NUMBER, "sufficiency": NUMBER}}},
        "attention?": {
            "tolerance": NUMBER,
            "tau": {"leave_one_out": NUMBER_OR_NONE},
            "adversarial": {"found": NUMBER, "distance": NUMBER},
            "uniform": {"flips": NUMBER},
            "seed?": {"seed": WHOLE, "distance": NUMBER},
        },
        "units?": {
            "n": COUNT,
            "hidden": COUNT,
            "split": TEXT,
            "labels": {"*": {"inside": COUNT, "units": RANKED, "random": RANKED, "chance": NUMBER}},
        },
    },
}


def stray_in(value: Any, shape: Shape, where: str = "") -> Stray | None:
    """The first value that does not fit the shape; None where all do."""
    if isinstance(shape, Wanted):
        return None if shape.holds(value) else Stray(where, value, shape.words)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return Stray(where, value, "list")
        return _first(stray_in(item, shape[0], f"{where}[{number}]") for number, item in enumerate(value))
    if not isinstance(value, dict):
        return Stray(where, value, "group")
    inside = f"{where}." if where else ""
    named = {name.removesuffix("?"): one for name, one in shape.items() if name != "*"}
    others = {name: shape["*"] for name in value if name not in named} if "*" in shape else {}
    for name, one in (named | others).items():
        if name in value:
            stray = stray_in(value[name], one, inside + name) if is_text(name) else Stray(where, name, "text")
        else:
            stray = None if f"{name}?" in shape else Stray(inside + name, None, "there")
        if stray is not None:
            return stray
    return None


def _first(found: Iterable[Stray | None]) -> Stray | None:
    return next((one for one in found if one is not None), None)


def read_json(folder: Path, file: str) -> Any:
    """What a paper holds. Raises CheckpointProblem where it is no JSON, however that came."""
    path = folder / file
    try:
        if path.is_file() and path.stat().st_size <= LONGEST_FILE:  # a pipe would be waited for
            return json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError, OSError):  # ValueError: also a number of 6,000 digits, and what is not UTF-8
        pass
    raise CheckpointProblem("checkpoint_damaged", name=name_of(folder), file=file)


def name_of(folder: Path) -> str:
    """The folder's name as it can be told: a file system may hold one that is not UTF-8."""
    return folder.name.encode(errors="replace").decode()


def read_scores(folder: Path) -> dict[str, Any]:
    """scores.json; {} before any evaluation. Raises CheckpointProblem for what no evaluation writes."""
    if not (folder / SCORES).exists():
        return {}
    scores: dict[str, Any] = read_json(folder, SCORES)
    tests = scores.get("tests", {}) if isinstance(scores, dict) else {}
    if stray_in(scores, SCORES_SHAPE) or any(
        name.count("/") > 1 or not one.keys() & {"accuracy", "bleu"} for name, one in tests.items()
    ):
        raise CheckpointProblem("checkpoint_damaged", name=name_of(folder), file=SCORES)
    return scores


def require_config(name: str, raw: dict[str, Any], known: Iterable[str]) -> None:
    """Raises CheckpointProblem, which names the key, where config.json holds something else than it should.

    known: all keys that there are.
    """
    unknown = [key for key in raw if key not in known]
    stray = Stray(shown(unknown[0])[1:-1], raw[unknown[0]], "absent") if unknown else _stray_config(raw)
    if stray is not None and stray.wanted == "there":
        raise CheckpointProblem("checkpoint_key_missing", name=name, file=CONFIG, key=stray.where[:60])
    if stray is not None:
        found, key = shown(stray.value), stray.where[:60]
        raise CheckpointProblem("checkpoint_key", name=name, file=CONFIG, key=key, found=found, wanted=stray.wanted)


def _stray_config(raw: dict[str, Any]) -> Stray | None:
    """Kind first: what else may stand there depends on it."""
    kind = raw.get("kind")
    if not isinstance(kind, str) or kind not in TABLES:
        return Stray("kind", kind, "kind" if "kind" in raw else "there")
    row = {"kind": TEXT, "model": Wanted("model", lambda value: isinstance(value, str) and value in TABLES[kind])}
    return stray_in(raw, row) or stray_in(raw, _config_shape(kind, raw["model"])) or _unlike(kind, raw)


def _config_shape(kind: str, model: str) -> Shape:
    return {
        "name": TEXT,
        "serves": Wanted(kind, _serves(kind)),
        "sizes": _sizes_shape(model),
        "tokenizer": Wanted("tokenizer", lambda value: value == TOKENIZERS[kind]),
        "tokenizer_version": TEXT,
        "labels?" if kind == "translator" else "labels": LABELS,
        "training?": {"corpus?": TEXT, "also?": TITLES, "seed?": WHOLE},
        "digests": {"*": TEXT},
    }


def _sizes_shape(model: str) -> dict[str, Shape]:
    """The fields of the model's own config; a size that it does not know is unwanted."""
    row = MODELS[model]
    types = get_type_hints(row.config)
    shape: dict[str, Shape] = {"*": Wanted("absent", lambda value: False)}
    for one in fields(row.config):
        if one.name not in row.fixed:
            optional = "" if one.default is MISSING else "?"
            shape[one.name + optional] = SIZES.get(one.name, NUMBER if types[one.name] is float else SIZE)
    return shape


def _unlike(kind: str, raw: dict[str, Any]) -> Stray | None:
    """Values that are well by themselves and do not go together."""
    sizes, labels = raw["sizes"], raw.get("labels", [])
    row = MODELS[raw["model"]]
    built = row.config(**row.fixed, **sizes)
    if kind == "classifier" and len(labels) != sizes["labels"]:
        return Stray("labels", labels, "as_many")
    if hasattr(built, "heads") and (built.model % built.heads or built.model % 2):
        return Stray("sizes.heads", built.heads, "divisor")
    return None


def shown(value: Any) -> str:
    """A few characters of it; what is inside a list or a group stays there.

    >>> shown("x" * 50), shown([1]), shown(None)
    ('"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', '[...]', 'null')
    """
    if isinstance(value, (list, dict)):
        return f"[{'...' if value else ''}]" if isinstance(value, list) else f"{{{'...' if value else ''}}}"
    return json.dumps(value[:40] if isinstance(value, str) else value)[:40]
