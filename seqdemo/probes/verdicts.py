"""What the numbers about attention come to, as a sentence: made from them, for one model and one set of texts.

The thresholds are ours and stand here; the sentence tells the numbers beside its verdict, so that a reader may draw
the line elsewhere.
"""

from __future__ import annotations

from typing import Any

from seqdemo.probes.attention_explanation import FARTHEST
from seqdemo.records import Notice

FAR = FARTHEST / 4  # a quarter of the largest divergence there is: weights on mostly other words
AGREES = 0.25  # Kendall's tau with leaving words out from which weights rank the words alike at all
OFTEN = 0.5  # share of the texts in which other weights do as well, from which the model's own are not the only ones


def about_texts(attention: dict[str, Any], model: str, data: str, count: int) -> Notice:
    """attention: as `seqdemo.scoring.attention_explanation.score` gives it; data: what the texts are."""
    tau: float | None = attention["tau"]["leave_one_out"]
    others = attention["adversarial"]["found"]
    values: dict[str, str | int] = {
        "model": model,
        "data": data,
        "count": count,
        "others": f"{100 * others:.0f}%",
        "tolerance": f"{100 * attention['tolerance']:g}%",
        "flips": f"{100 * attention['uniform']['flips']:.0f}%",
    }
    if tau is None:
        return Notice("attention_unranked", values)
    values["tau"] = f"{tau:.2f}"
    if others >= OFTEN:
        return Notice("attention_partly", values) if tau >= AGREES else Notice("attention_no", values)
    return Notice("attention_yes", values) if tau >= AGREES else Notice("attention_unclear", values)


def about_text(model: str, *, distance: float, far: float, flips: bool, tau: float | None) -> Notice:
    """distance: the adversary's; far: from which it counts; flips: whether equal weights turn the answer.

    tau: with leaving words out; None where the words cannot be ranked, of which no verdict is made.
    """
    values: dict[str, str | int] = {"model": model, "distance": f"{distance:.2f}"}
    if tau is None:
        return Notice("attention_text_unranked", values)
    values["tau"] = f"{tau:.2f}"
    others, agrees = distance >= far, tau >= AGREES
    if flips and not others:
        return Notice("attention_text_needed", values)
    if others:
        return Notice("attention_text_partly", values) if agrees else Notice("attention_text_no", values)
    return Notice("attention_text_yes", values) if agrees else Notice("attention_text_unclear", values)


def about_seed(attention: dict[str, Any]) -> Notice:
    """How a second training's weights differ, beside the adversary's. attention: with its "seed"."""
    other, adversary = attention["seed"], attention["adversarial"]["distance"]
    values: dict[str, str | int] = {
        "seed": other["seed"],
        "distance": f"{other['distance']:.2f}",
        "adversary": f"{adversary:.2f}",
    }
    if 2 * other["distance"] < adversary:
        return Notice("attention_seed_alike", values)
    return Notice("attention_seed_unlike", values)
