"""The part of a card that is about the inside: which explanations are faithful, what a unit tells, what a "not" does.

Read from scores.json, like the rest of a card (`seqdemo.scoring.probing` puts it there).
"""

from __future__ import annotations

from typing import Any

from seqdemo.evidence import beside_chance
from seqdemo.locales import translate_key
from seqdemo.probes.faithfulness import RANDOM
from seqdemo.probes.verdicts import about_seed, about_texts
from seqdemo.records import Notice
from seqdemo.scoring.tables import table

METHODS = {
    "gradient_times_input": "gradient times input",
    "integrated_gradients": "integrated gradients",
    "occlusion": "occlusion",
    "gradient_river": "gradient river",
    "attention": "attention",
    "random": "random order",
}
BESIDE = {  # what `beside_chance` says
    "better": "better",
    "partly": "partly better",
    "mixed": "**mixed**",
    "worse": "**worse**",
    "alike": "**no better**",
}
PAIRS = {
    "negation": "with and without a negative word",
    "order": "the same words in another order",
}


def inside(scores: dict[str, Any], model: str, corpus: str) -> str:
    """Markdown; "" before anything was measured. corpus: its title, as the card prints it."""
    found = scores.get("probes")
    if not found:
        return ""
    parts = [
        "\n## Its inside\n",
        _faithfulness(found),
        _attention(found, scores["checkpoint"], model, corpus) if "attention" in found else "",
        _pairs(found["pairs"]) if "pairs" in found else "",
        _units(found["units"]) if "units" in found else "",
    ]
    return "\n".join(part for part in parts if part)


def _faithfulness(found: dict[str, Any]) -> str:
    methods = found["faithfulness"]["methods"]
    rows = [
        (METHODS[name], f"{row['comprehensiveness']:.3f}", f"{row['sufficiency']:.3f}", _against(name, row))
        for name, row in methods.items()
    ]
    shares = ", ".join(f"{100 * share:g}" for share in found["faithfulness"]["shares"])
    chance = methods[RANDOM]
    return (
        "**Are explanations faithful?** What the answered class loses without the words that an explanation puts first "
        "(comprehensiveness: higher is better) and with them alone (sufficiency: lower is better), the mean over "
        f"{shares} % of the words (ERASER, DeYoung et al. 2020); {found['rule']}. Random orders: "
        f"{found['faithfulness']['orders']} seeds, deviation {chance['comprehensiveness_deviation']:.3f} and "
        f"{chance['sufficiency_deviation']:.3f}.\n\n"
        + table(("explanation", "comprehensiveness", "sufficiency", "against a random order (95 %)"), *rows)
    )


def _against(name: str, row: dict[str, Any]) -> str:
    if name == RANDOM:
        return ""
    word = BESIDE[beside_chance((row["over_random"], row["under_random"]))]
    (more, half), (less, other) = row["over_random"], row["under_random"]
    return f"{word}: {more:+.3f} ± {half:.3f} and {-less:+.3f} ± {other:.3f}"


def _attention(found: dict[str, Any], checkpoint: str, model: str, corpus: str) -> str:
    asked = found["attention"]
    rows = [
        (name, f"{row['distance']:.3f}", f"{row['change']:.3f}", f"{100 * row['flips']:.1f} %")
        for name, row in (
            ("equal weights", asked["uniform"]),
            ("shuffled weights (median of 100)", asked["shuffled"]),
            ("an adversary's weights", asked["adversarial"]),
        )
    ]
    again = ""
    if "seed" in asked:
        row = asked["seed"]
        name = f"seed {row['seed']}: its weights, its answers"
        rows.append((name, f"{row['distance']:.3f}", f"{row['change']:.3f}", f"{100 * row['flips']:.1f} %"))
        again = (
            f"The other seed: `python -m seqdemo train {checkpoint} --seed {row['seed']} --output RUN`, then "
            f"`python -m seqdemo evaluate {checkpoint} --data DIR --seeds RUN --write`.\n"
        )
    sentences = [_said(about_texts(asked, f"`{model}`", f"{corpus}, {found['split']}", found["n"]))]
    sentences += [_said(about_seed(asked))] if "seed" in asked else []
    return (
        "**Is attention an explanation?** (Jain and Wallace 2019; Wiegreffe and Pinter 2019; the same texts, medians.) "
        f"{' '.join(sentences)}\n\n"
        + table(("", "distance of the weights", "change of the answer", "answers turned"), *rows)
        + "\nDistance is the Jensen-Shannon divergence (0 to 0.69), change the total variation distance (0 to 1). "
        f"Quite other weights: a distance of {asked['far']:.2f} or more. Kendall's tau with gradients "
        f"{_tau(asked['tau']['gradient'])}, with leaving words out {_tau(asked['tau']['leave_one_out'])}.\n" + again
    )


def _tau(value: float | None) -> str:
    """A dash where no text had words that can be ranked."""
    return "–" if value is None else f"{value:.2f}"


def _pairs(found: dict[str, Any]) -> str:
    head = ("pairs", "number", "both right", "moves the right way", "one answer for both")
    rows = [
        (PAIRS[kind], row["n"], *(f"{100 * row[name]:.1f} %" for name in ("both", "follows", "alike")))
        for kind, row in found.items()
    ]
    return (
        '**Does it hear a "not", and does it mind the order?** Pairs of sentences of contrary meaning, written for '
        "this project.\n\n" + table(head, *rows)
    )


def _units(found: dict[str, Any]) -> str:
    rows = [
        (
            f"`{label}`",
            ", ".join(f"{unit + 1} ({area:.2f})" for unit, area in row["units"][:3]),
            ", ".join(f"{unit + 1} ({area:.2f})" for unit, area in row["random"][:3]),
            f"{0.5 + row['chance'] / 2:.2f}",
        )
        for label, row in found["labels"].items()
    ]
    return (
        f"**What do single units tell?** Area under the ROC curve of a unit's value after the last word, for one class "
        f"against the rest ({found['split']}, {found['n']:,} texts, {found['hidden']} units; 0.5 says nothing, far "
        "below 0.5 is as telling as far above). Units are counted from 1, as on the page. Chance: the best of all "
        "units where the classes are shuffled.\n\n"
        + table(("class", "most telling units", "units drawn at random", "chance"), *rows)
    )


def _said(notice: Notice) -> str:
    return translate_key("en", f"notice.{notice.code}", **notice.values)
