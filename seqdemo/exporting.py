"""A checkpoint in another engine's format, for users who outgrow this app. The weights are the same numbers.

CTranslate2 (Klein et al. 2020, "Efficient and High-Quality Neural Machine Translation with OpenNMT",
section 5) translates faster and on more kinds of machine, and shows nothing of the inside.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor, nn

from seqdemo.checkpoint import Checkpoint, write_atomically
from seqdemo.layers.multihead_attention import MultiHeadAttention
from seqdemo.layers.positions import sinusoidal_positions
from seqdemo.models.transformer import Transformer
from seqdemo.problems import Problem
from seqdemo.text.subwords import SPECIAL_TOKENS, Subwords

PLACES = 1024  # positions that the folder holds patterns for; a longer sentence is refused there
WRITTEN = {"model.bin", "config.json", "shared_vocabulary.json", "subwords.model", "README.md"}

HOW_TO = """# {name} for CTranslate2

Written by `python -m seqdemo export {name} --to ctranslate2`. To translate:

```python
import ctranslate2
import sentencepiece

subwords = sentencepiece.SentencePieceProcessor("subwords.model")
translator = ctranslate2.Translator(".", compute_type="float32")
tokens = [*subwords.encode("A man rides a bicycle.", out_type=str), "</s>"]
found = translator.translate_batch(
    [tokens], beam_size=5, disable_unk=True, suppress_sequences=[["<pad>"], ["<s>"]], max_decoding_length=200
)
print(subwords.decode(found[0].hypotheses[0]))
```

The weights, and what they were learnt from, are those of checkpoint {name}: read its card.
"""


def export(opened: Checkpoint, to: str, folder: Path) -> None:
    """Write the checkpoint into `folder` in a format of FORMATS. Raises Problem, and then leaves the folder alone."""
    if to not in FORMATS:
        raise Problem("unknown_export", to=to[:40], known=", ".join(FORMATS))
    if folder.exists() and {path.name for path in folder.iterdir()} - WRITTEN:
        raise Problem("export_exists", folder=str(folder))
    FORMATS[to](opened, folder)


def to_ctranslate2(opened: Checkpoint, folder: Path) -> None:
    """A folder that `ctranslate2.Translator` opens; subwords.model and README.md stand beside its files."""
    name, subwords = opened.config.name, opened.tokenizer
    if not isinstance(opened.network, Transformer) or not isinstance(subwords, Subwords):
        raise Problem("export_model", name=name, model=opened.config.model, to="ctranslate2", known="transformer")
    network: Any = opened.network
    try:
        from ctranslate2.specs import TransformerSpec
    except ImportError:
        raise Problem("export_package", package="ctranslate2>=4.5,<5") from None
    sizes = network.config
    spec = TransformerSpec.from_config((sizes.encoder_layers, sizes.decoder_layers), sizes.heads, pre_norm=True)
    weights = _array(network.embedding.weight)
    places = sinusoidal_positions(PLACES, sizes.model).float().numpy()
    spec.encoder.embeddings[0].weight = spec.decoder.embeddings.weight = spec.decoder.projection.weight = weights
    spec.encoder.position_encodings.encodings = spec.decoder.position_encodings.encodings = places
    for layer, block in zip(spec.encoder.layer, network.encoder, strict=True):
        _attention(layer.self_attention, block.self_norm, block.self_attention, with_itself=True)
        _feed_forward(layer.ffn, block)
    for layer, block in zip(spec.decoder.layer, network.decoder, strict=True):
        _attention(layer.self_attention, block.self_norm, block.self_attention, with_itself=True)
        _attention(layer.attention, block.cross_norm, block.cross_attention, with_itself=False)
        _feed_forward(layer.ffn, block)
    _norm(spec.encoder.layer_norm, network.encoder_norm)
    _norm(spec.decoder.layer_norm, network.decoder_norm)
    tokens = list(subwords.tokens(range(len(subwords))))
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    _, unknown, start, end = SPECIAL_TOKENS
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = unknown, start, end
    spec.config.decoder_start_token = start
    spec.validate()
    spec.optimize()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    write_atomically(folder / "subwords.model", subwords.model)
    write_atomically(folder / "README.md", HOW_TO.format(name=name).encode())


def _attention(spec: Any, norm: nn.LayerNorm, brick: MultiHeadAttention, *, with_itself: bool) -> None:
    """Theirs has query, key and value in one product where all read the same, else key and value in one."""
    _norm(spec.layer_norm, norm)
    parts = ((brick.query, brick.key, brick.value),) if with_itself else ((brick.query,), (brick.key, brick.value))
    for linear, together in zip(spec.linear, (*parts, (brick.output,)), strict=True):
        linear.weight = np.concatenate([_array(one.weight) for one in together])
        linear.bias = np.concatenate([_array(one.bias) for one in together])


def _feed_forward(spec: Any, block: Any) -> None:
    _norm(spec.layer_norm, block.feed_norm)
    for linear, ours in ((spec.linear_0, block.feed_forward.inner), (spec.linear_1, block.feed_forward.outer)):
        linear.weight, linear.bias = _array(ours.weight), _array(ours.bias)


def _norm(spec: Any, norm: nn.LayerNorm) -> None:
    spec.gamma, spec.beta = _array(norm.weight), _array(norm.bias)


def _array(tensor: Tensor) -> Any:
    return tensor.detach().float().cpu().numpy()


FORMATS: dict[str, Callable[[Checkpoint, Path], None]] = {"ctranslate2": to_ctranslate2}
