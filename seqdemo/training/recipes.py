"""How each shipped checkpoint is made: one line a checkpoint, every number in sight.

    python -m seqdemo train sentiment-en-lstm --data DIR

To add one, add a line here; `prepare`, `train` and `evaluate` take it from there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what a checkpoint becomes."""

    name: str  # of the checkpoint
    kind: str  # "classifier" or "translator"
    serves: str  # task or pair
    model: str  # row of seqdemo.models.MODELS
    corpus: str  # row of seqdemo.training.corpora.CORPORA
    sizes: dict[str, Any] = field(default_factory=dict)  # of the network, vocabulary and labels left out
    vectors: str = ""  # row of seqdemo.training.corpora.VECTORS: word vectors to begin with (classifiers)
    subwords: int = 0  # size of the sub-word vocabulary (translators)
    epochs: int = 6
    batch_tokens: int = 2000  # target tokens (translators) or words (classifiers) in a batch, padding left out
    peak_rate: float = 1e-3  # of AdamW, reached after the warm-up
    warmup: float = 0.08  # share of all steps
    final_rate: float = 0.02  # share of the peak at the end of the cosine
    betas: tuple[float, float] = (0.9, 0.98)
    weight_decay: float = 0.01
    clip: float = 1.0  # norm of the gradient
    smoothing: float = 0.0  # label smoothing: Szegedy et al. 2016, section 7
    average: float = 0.999  # exponential moving average of the weights; what is saved
    word_dropout: float = 0.0  # share of words replaced by <unk> (classifiers)
    bfloat16: bool = False  # matrix products of training (weights stay float32): 0.7 of the time where the CPU has it
    seed: int = 1


def _sentiment(model: str, **changes: Any) -> Recipe:
    settings: dict[str, Any] = {
        "epochs": 6,
        "batch_tokens": 1000,
        "peak_rate": 1.5e-3,
        "weight_decay": 0.05,
        "smoothing": 0.1,
        "average": 0.999,
        "word_dropout": 0.1,
    }
    return Recipe(f"sentiment-en-{model}", "classifier", "sentiment-en", model, "sst2", **settings | changes)


_RECIPES = (
    _sentiment("rnn", sizes={"embedding": 128, "hidden": 128}, peak_rate=5e-4),
    _sentiment("lstm", sizes={"embedding": 128, "hidden": 128}),
    _sentiment("gru", sizes={"embedding": 128, "hidden": 128}),
    _sentiment(
        "attention",
        sizes={"model": 128, "heads": 4, "inner": 256, "layers": 2, "dropout": 0.4},
        vectors="glove6b-50d",
        peak_rate=7e-4,
        word_dropout=0.15,
        average=0.998,
        epochs=2,  # its dev score falls from the second pass on
    ),
    Recipe(
        "en-de-transformer",
        "translator",
        "en-de",
        "transformer",
        "multi30k",
        sizes={"model": 256, "heads": 4, "inner": 512, "encoder_layers": 3, "decoder_layers": 3, "dropout": 0.3},
        subwords=4000,  # 8000 would make the file larger than 10 MB
        epochs=16,
        batch_tokens=2000,
        peak_rate=1.5e-3,
        smoothing=0.1,
        bfloat16=True,
    ),
)

RECIPES = {recipe.name: recipe for recipe in _RECIPES}
