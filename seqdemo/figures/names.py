"""What a class, a model or a gate is called in the visitor's language."""

from __future__ import annotations

from seqdemo.locales import strings


def _name(language: str, key: str, fallback: str) -> str:
    return strings(language).get(key, fallback)


def label_name(label: str, language: str) -> str:
    """`positive` -> `积极`; a class that the locale files do not know keeps its own name."""
    return _name(language, f"view.label.{label}", label)


def model_name(model: str, language: str) -> str:
    """`lstm` -> `LSTM`; a model that the locale files do not know keeps its own name."""
    return _name(language, f"view.model.{model}", model)


def gate_name(gate: str, language: str) -> str:
    """`forget_gate` -> `Forget gate: what is kept of the old cell`."""
    return _name(language, f"figure.gate.{gate}", gate.replace("_", " "))


def pair_name(pair: str, language: str) -> str:
    """`en-de` -> `English → German`; a language that the locale files do not know keeps its code."""
    return " → ".join(_name(language, f"language.{code}", code) for code in pair.split("-"))
