"""What do heads do? The head that looks most at the word before, at the marks, and from a word to its translation.

    python -m seqdemo experiment head-roles --write

After Voita et al. 2019, "Analyzing Multi-Head Self-Attention", section 5 (positional heads), and Xiao et al. 2023,
section 3.1 (sinks). Every head is asked on several captions; the look across on one sentence. Where no head does it,
its share tells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from seqdemo.decoding.batch import translate_ids
from seqdemo.experiments.opened import about, opened
from seqdemo.models.transformer import Transformer
from seqdemo.text.subwords import END, START, Subwords

SENTENCE = "A woman who is wearing a green hat rides her bicycle down the street."
PAIRS = (("hat", "Hut"), ("street", "Straße"), ("green", "grünen"), ("woman", "Frau"))  # the first that is there
TEXTS = (
    SENTENCE,
    "Two children are playing with a big ball in the park.",
    "A man in a red shirt is reading a newspaper on a bench.",
    "Three dogs run through the snow behind a boy.",
    "An old couple is walking along the beach at sunset.",
    "A girl with long hair plays the guitar for her friends.",
    "People wait for the train while it is raining.",
    "A cook cuts vegetables in a small kitchen.",
)
MARKS = ("</s>", "▁.", ".")
BEAM = 5


@torch.inference_mode()
def measure(say: Callable[[str], None]) -> dict[str, Any]:
    """{"previous", "align": a head, "sinks": {kind: a head}, "pair", "step", ...}; layers and heads counted from 1.

    A head is {"layer", "head", "share", "even"}. share: mean weight on what is meant; even: what a head that looks
    evenly would have there. Sinks: full stop and end mark of the source, the start mark of what was written.
    """
    model = opened("en-de-transformer")
    network, subwords = model.network, model.tokenizer
    assert isinstance(network, Transformer)
    assert isinstance(subwords, Subwords)
    ids = [[*subwords.encode(text), END] for text in TEXTS]
    written = translate_ids(network, [one[:-1] for one in ids], beam=BEAM, batch=len(ids))
    looks: dict[str, list[Tensor]] = {"encoder_self": [], "cross": [], "decoder_self": []}  # [layer, head, query, key]
    for source, target in zip(ids, written, strict=True):
        encoded = network.encode(torch.tensor([source]))
        decoded = network.decode(encoded, torch.tensor([[START, *target]]))
        found = {
            "encoder_self": encoded.self_weights,
            "cross": decoded.cross_weights,
            "decoder_self": decoded.self_weights,
        }
        for kind, weights in found.items():
            looks[kind].append(torch.stack(weights)[:, 0])
    tokens = [subwords.tokens(one) for one in ids]
    marks = [[place for place, token in enumerate(one) if token in MARKS] for one in tokens]
    previous = [(look.diagonal(-1, dim1=-2, dim2=-1).mean(-1), 1 / look.shape[-1]) for look in looks["encoder_self"]]
    sinks = {
        kind: _most([_on(look, places) for look, places in zip(looks[kind], marks, strict=True)])
        for kind in ("encoder_self", "cross")
    }
    sinks["decoder_self"] = _most([_on(look, [0]) for look in looks["decoder_self"]])
    german = subwords.tokens(written[0])
    word, wrote = next((one, other) for one, other in PAIRS if f"▁{one}" in tokens[0] and f"▁{other}" in german)
    step, key = german.index(f"▁{wrote}"), tokens[0].index(f"▁{word}")
    align = _most([(looks["cross"][0][:, :, step, key], 1 / len(ids[0]))])
    say(f"previous {_most(previous)}; sinks {sinks}; {word} {wrote} {align}")
    told = {"sentence": SENTENCE, "texts": len(TEXTS), "pair": [word, wrote], "step": step + 1}
    return {**told, "previous": _most(previous), "sinks": sinks, "align": align, "about": about(model)}


def _on(look: Tensor, places: Sequence[int]) -> tuple[Tensor, float]:
    """(the mean row's share on these keys [layer, head], what an even look has there)."""
    even = (look > 0).float()
    even = even / even.sum(-1, keepdim=True)
    return look[..., places].sum(-1).mean(-1), float(even[..., places].sum(-1).mean())


def _most(found: Sequence[tuple[Tensor, float]]) -> dict[str, Any]:
    """The head with the largest mean share. found: of each text the shares [layer, head], and those of an even look."""
    shares = torch.stack([one for one, _ in found]).mean(0)
    even = sum(one for _, one in found) / len(found)
    layer, head = divmod(int(shares.argmax()), shares.shape[1])
    return {"layer": layer + 1, "head": head + 1, "share": round(float(shares.max()), 4), "even": round(even, 4)}
