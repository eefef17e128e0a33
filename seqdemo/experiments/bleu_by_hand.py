"""BLEU of one sentence by hand: which n-grams of the translation also stand in the reference?

    python -m seqdemo experiment bleu-by-hand --write

Papineni et al. 2002, sections 2.1 to 2.3, as sacrebleu computes it (Post 2018): 13a tokens, clipped counts, brevity
penalty. The matches are listed here; their number is sacrebleu's own.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import torch

from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments.opened import about, opened
from seqdemo.text.subwords import Subwords

SOURCE = "Two children are playing with a big ball in the park."
REFERENCE = "Zwei Kinder spielen mit einem großen Ball im Park."
BEAM, LONGEST = 5, 4


@torch.inference_mode()
def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{"source", "translation", "reference", "orders": [{"n", "matches", "total", "found", ...}], "bleu", ...}."""
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

    model = opened("en-de-transformer")
    subwords = model.tokenizer
    assert isinstance(subwords, Subwords)
    ids = translate_ids(model.network, [subwords.encode(SOURCE)], beam=BEAM, batch=1)[0]
    translation = subwords.decode(ids)
    metric = BLEU(tokenize="13a", effective_order=True)
    score = metric.sentence_score(translation, [REFERENCE])
    cut: Callable[[str], str] = Tokenizer13a()  # type: ignore[no-untyped-call]
    written, wanted = cut(translation).split(), cut(REFERENCE).split()
    orders = []
    for n in range(1, LONGEST + 1):
        there = grams(written, n) & grams(wanted, n)
        count, total = score.counts[n - 1], score.totals[n - 1]
        row = {"n": n, "matches": count, "total": total, "found": sorted(" ".join(gram) for gram in there.elements())}
        orders.append(row | {"precision": round(score.precisions[n - 1], 2)})
        say(f"{n}-grams: {count} of {total}: {row['found']}")
    say(f"BLEU {score.score:.2f}, brevity penalty {score.bp:.3f}: {translation}")
    return {
        "source": SOURCE,
        "translation": translation,
        "reference": REFERENCE,
        "orders": orders,
        "lengths": {"translation": score.sys_len, "reference": score.ref_len},
        "brevity_penalty": round(score.bp, 4),
        "mean": round(math.exp(sum(map(math.log, score.precisions)) / LONGEST), 2)
        if min(score.precisions) > 0
        else 0.0,
        "bleu": round(score.score, 2),
        "signature": str(metric.get_signature()),
        "about": about(model),
    }


def grams(tokens: list[str], n: int) -> Counter[tuple[str, ...]]:
    """How often each n tokens in a row stand there."""
    return Counter(tuple(tokens[place : place + n]) for place in range(len(tokens) - n + 1))
