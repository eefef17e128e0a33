"""A training that is under way, in words and numbers: what the component TrainView draws."""

from __future__ import annotations

from typing import Any

from seqdemo.bench.settings import OWN, Settings
from seqdemo.bench.training import Moment
from seqdemo.components.resources import payload, strings_of
from seqdemo.figures.names import label_name, model_name
from seqdemo.locales import translate_key
from seqdemo.serving.limits import PAUSE_SECONDS

MOST_POINTS = 200  # of the loss curve: more cannot be told apart on the page


def train_payload(moment: Moment | None, settings: Settings, labels: tuple[str, ...], *, language: str) -> str:
    """What `TrainView` draws. labels: the classes, in the order of the confusion matrix."""
    now = moment or Moment()
    every = max(1, -(-len(now.losses) // MOST_POINTS))
    unit = "accuracy" if settings.kind == "classifier" else "subwords"
    return payload(
        {
            "stage": "idle" if moment is None else now.stage,
            "status": status(moment, language),
            "share": now.step / now.steps if now.steps else 0,
            "losses": [list(point) for point in now.losses[::every]],
            "dev": [[line["step"], line["dev_accuracy"]] for line in now.epochs],
            "devLoss": [[line["step"], line["dev_loss"]] for line in now.epochs],
            "steps": now.steps,
            "test": _test(now, labels, language),
            "question": question(settings, language),
            "title": f"{model_name(settings.model, language)} · {_sample(settings, language)}",
            "provenance": provenance_of(settings, language),
            "devTitle": translate_key(language, f"view.train.dev.{unit}"),
            "strings": strings_of(language, "view.panel", "view.keep", "view.train", "view.chart"),
        }
    )


def _sample(settings: Settings, language: str) -> str:
    return translate_key(language, f"page.train.data.{settings.data}")


def provenance_of(settings: Settings, language: str) -> dict[str, Any]:
    """What `makeProvenance` shows below the curves: nothing of this training lies in a file yet."""
    values = [
        model_name(settings.model, language), _sample(settings, language), str(settings.width),
        str(settings.epochs), f"{settings.rate:g}", str(settings.seed), "cpu",
    ]  # fmt: skip
    columns = [f"page.train.{name}" for name in ("model", "data", "width", "epochs", "rate", "seed")]
    return {
        "title": translate_key(language, "view.train.source"),
        "head": [translate_key(language, key) for key in (*columns, "view.source.device")],
        "ahead": "",
        "sources": [],
        "rows": [values],
    }


def question(settings: Settings, language: str) -> dict[str, str]:
    """The settings as fields of a link; the visitor's own rows are not in it."""
    return {
        "tab": "train", "lang": language, "train": settings.model,
        "sample": "" if settings.data == OWN else settings.data, "width": str(settings.width),
        "epochs": str(settings.epochs), "rate": f"{settings.rate:g}", "seed": str(settings.seed),
    }  # fmt: skip


def status(moment: Moment | None, language: str) -> str:
    """One sentence on how it stands."""
    if moment is None:
        return translate_key(language, "view.train.status.idle")
    if moment.problem is not None:
        return moment.problem.message(language)
    stage = f"done.{moment.reason}" if moment.stage == "done" else moment.stage
    values: dict[str, str | int] = {
        "before": moment.before,
        "step": moment.step,
        "steps": moment.steps,
        "epoch": len(moment.epochs) + (moment.stage != "done"),
        "left": "–" if moment.left is None else round(moment.left),
        "spent": round(moment.spent),
        "minutes": PAUSE_SECONDS // 60,
    }
    return translate_key(language, f"view.train.status.{stage}", **values)


def _test(now: Moment, labels: tuple[str, ...], language: str) -> dict[str, Any] | None:
    """The outcome in words and, of a classifier, the confusion matrix as a table."""
    if now.test is None:
        return None
    found = now.test
    if "accuracy" not in found:
        values = {"n": found["n"], "bleu": f"{found['bleu']:.1f}", "exact": f"{100 * found['exact']:.0f}"}
        return {"words": translate_key(language, "view.train.translated", **values), "table": None}
    values = {
        "n": found["n"],
        "accuracy": f"{100 * found['accuracy']:.1f}",
        "majority": f"{100 * found['majority']:.1f}",
    }
    names = [label_name(label, language) for label in labels]
    rows = [[name, *map(str, row)] for name, row in zip(names, found["confusion"], strict=True)]
    head = [translate_key(language, "view.train.truth"), *names]
    return {"words": translate_key(language, "view.train.classified", **values), "table": [head, *rows]}
