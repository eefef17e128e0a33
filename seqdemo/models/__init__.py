"""The tables of networks. To add one: write its file, add its line here; the contract tests find it.

A row names the class and its config; `fixed` are the fields that make this row what it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from seqdemo.models.attention_classifier import AttentionClassifier, AttentionConfig
from seqdemo.models.bilstm_attention import BiLSTMAttention, BiLSTMAttentionConfig
from seqdemo.models.folded_transformer import FoldedTransformer
from seqdemo.models.recurrent_classifier import RecurrentClassifier, RecurrentConfig
from seqdemo.models.recurrent_translator import RecurrentTranslator, RecurrentTranslatorConfig
from seqdemo.models.transformer import Transformer, TransformerConfig


class Row(NamedTuple):
    """One network that can be built: how to, and with which choices made."""

    model: Any  # the network's class
    config: Any  # its frozen config dataclass
    fixed: dict[str, Any] = {}  # noqa: RUF012  (a NamedTuple's default is never changed)
    fast: Any = None  # makes a finished network into one that gives the same numbers sooner; None: there is none

    def build(self, **sizes: Any) -> Any:
        """A network of this row with fresh weights."""
        return self.model(self.config(**self.fixed, **sizes))


CLASSIFIERS = {
    "rnn": Row(RecurrentClassifier, RecurrentConfig, {"cell": "rnn"}),
    "lstm": Row(RecurrentClassifier, RecurrentConfig, {"cell": "lstm"}),
    "gru": Row(RecurrentClassifier, RecurrentConfig, {"cell": "gru"}),
    "attention": Row(AttentionClassifier, AttentionConfig),
    "bilstm-attention": Row(BiLSTMAttention, BiLSTMAttentionConfig),
}

TRANSLATORS = {
    "transformer": Row(Transformer, TransformerConfig, fast=FoldedTransformer),
    "seq2seq-attention": Row(RecurrentTranslator, RecurrentTranslatorConfig, {"attention": True}),
    "seq2seq": Row(RecurrentTranslator, RecurrentTranslatorConfig, {"attention": False}),
}

MODELS = {**CLASSIFIERS, **TRANSLATORS}
