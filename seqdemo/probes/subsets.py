"""Read a text again with some of its words left out: what would the answer be if they had not been there?

Left out means gone: the words that stay move together, in their order. A text that loses every word is read as
one <unk>, as in `seqdemo.scoring`.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from seqdemo.text.vocabulary import PAD, UNKNOWN
from seqdemo.wanted import require_wanted

BATCH, PIECES = 256, 8192  # texts, and sub-words or words of all of them, that are read at once at most


@torch.no_grad()
def read_subsets(network: Any, ids: Tensor, keep: Tensor) -> Tensor:
    """ids: [time]; keep: [subset, time], True where a word stays -> logits [subset, label].

    Equal subsets are read once, and subsets of like length together. Raises Problem where nobody waits any more.
    """
    unlike, back = keep.unique(dim=0, return_inverse=True)
    counts = unlike.sum(dim=1)
    order = counts.argsort()
    read, done = [], 0
    while done < len(order):
        require_wanted()
        number = max(1, min(BATCH, PIECES // max(1, int(counts[order[min(done + BATCH, len(order)) - 1]]))))
        chosen = order[done : done + number]
        done += number
        count = counts[chosen]
        longest = max(1, int(count.max()))
        first = (~unlike[chosen]).to(torch.int8).argsort(dim=1, stable=True)[:, :longest]  # the words that stay
        texts = ids[first].masked_fill(torch.arange(longest, device=ids.device) >= count[:, None], PAD)
        texts[count == 0, 0] = UNKNOWN
        read.append(network(texts, count.clamp(min=1)))
    logits = torch.cat(read)
    return logits[order.argsort()][back]
