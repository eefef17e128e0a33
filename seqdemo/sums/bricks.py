"""The code of a brick, as it runs: the file that a number of the page comes from."""

from __future__ import annotations

import inspect

from seqdemo.layers import additive_attention, gru, lstm, multihead_attention, rnn
from seqdemo.models import (
    attention_classifier,
    bilstm_attention,
    recurrent_classifier,
    recurrent_translator,
    transformer,
)
from seqdemo.probes import norms, rollout
from seqdemo.problems import Problem

BRICKS = {
    "rnn": rnn,
    "lstm": lstm,
    "gru": gru,
    "multihead_attention": multihead_attention,
    "additive_attention": additive_attention,
    "rollout": rollout,
    "norms": norms,
    "recurrent_classifier": recurrent_classifier,
    "attention_classifier": attention_classifier,
    "bilstm_attention": bilstm_attention,
    "transformer": transformer,
    "recurrent_translator": recurrent_translator,
}


def source_of(brick: str) -> tuple[str, str]:
    """(path in the repository, the file's text). Raises Problem for a brick that there is not."""
    if brick not in BRICKS:
        raise Problem("no_brick", came=brick[:40], known=", ".join(BRICKS))
    module = BRICKS[brick]
    return module.__name__.replace(".", "/") + ".py", inspect.getsource(module)
