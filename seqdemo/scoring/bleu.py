"""BLEU and chrF of translations, by sacrebleu, each with the signature that lets others compute the same figure.

`bleu` is the figure to quote: cased, on plain text, cut by mteval's 13a rules (Post 2018, "A Call for
Clarity in Reporting BLEU Scores"). Papers on Multi30k mostly report BLEU of lower-cased text that the
Moses tokeniser had cut; `bleu_lowercase_tokenised` is lower-cased BLEU with the 13a cut, the nearest
that sacrebleu has of its own. The two cuts differ in 4 of the 1,000 German references of
test_2016_flickr, 3 of the 1,000 of test_2017_flickr and none of the 461 of test_2017_mscoco, so the
figures are comparable up to about the first decimal; papers' own normalising (e.g. splitting hyphens)
can still shift theirs. `chrf` is chrF2 (Popovic 2015), cased: it counts characters, so it forgives an
ending that BLEU does not.

Chinese has no spaces to cut at: `language="zh"` takes sacrebleu's zh cut, every Chinese character a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def score(written: Sequence[str], references: Sequence[str], language: str = "en") -> dict[str, Any]:
    """{"n", "bleu", "bleu_signature", ...}: figures from 0 to 100, rounded to 2 decimals; one reference a sentence.

    language: that was written. Raises ValueError where the numbers of lines differ or there are none.
    """
    from sacrebleu.metrics.bleu import BLEU  # here, so that the app starts without it
    from sacrebleu.metrics.chrf import CHRF

    if not references or len(written) != len(references):
        raise ValueError(f"{len(written)} translations came for {len(references)} references")
    cut = "zh" if language == "zh" else "13a"
    metrics = {
        "bleu": BLEU(tokenize=cut),
        "bleu_lowercase_tokenised": BLEU(tokenize=cut, lowercase=True),
        "chrf": CHRF(),
    }
    result: dict[str, Any] = {"n": len(references)}
    for name, metric in metrics.items():
        result[name] = round(metric.corpus_score(list(written), [list(references)]).score, 2)
        result[f"{name}_signature"] = str(metric.get_signature())
    return result
