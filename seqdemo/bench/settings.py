"""What a visitor may choose about a training: a few settings with few values each, so that a link can hold them all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from seqdemo.training.recipes import Recipe

CLASSIFIERS = ("rnn", "lstm", "gru", "attention")
TRANSLATOR = "transformer"
MODELS = (*CLASSIFIERS, TRANSLATOR)
OWN = "own"  # the visitor's rows; other names are files of assets/samples
SAMPLES = ("requests-en", "requests-zh", "en-zh", "en-de")
WIDTHS = (32, 64, 128)
RATES = (0.001, 0.003, 0.01)
MOST_EPOCHS = 60
MOST_SEED = 9999


@dataclass(frozen=True)
class Settings:
    """One training, but for the rows. Raises ValueError for what cannot be chosen."""

    model: str = "gru"
    data: str = "requests-en"  # one of SAMPLES, or OWN
    width: int = 64  # of word vectors and states
    epochs: int = 20
    rate: float = 0.003  # highest learning rate of AdamW
    seed: int = 1

    def __post_init__(self) -> None:
        known: dict[str, tuple[Any, ...]] = {
            "model": MODELS, "data": (*SAMPLES, OWN), "width": WIDTHS, "rate": RATES,
            "epochs": tuple(range(1, MOST_EPOCHS + 1)), "seed": tuple(range(MOST_SEED + 1)),
        }  # fmt: skip
        for name, value in asdict(self).items():
            if isinstance(value, bool) or value not in known[name]:
                raise ValueError(f"{name}: {value!r} came, one of {known[name][:6]} ... was expected")

    @property
    def kind(self) -> str:
        return "translator" if self.model == TRANSLATOR else "classifier"


def recipe_of(settings: Settings, serves: str, rows: int) -> Recipe:
    """The same training in the words of the training loop. serves: "own-en" or a pair; rows: to learn from."""
    width = settings.width
    common: dict[str, Any] = {
        "epochs": settings.epochs, "peak_rate": settings.rate, "seed": settings.seed, "average": 0.98,
    }  # fmt: skip
    if settings.kind == "translator":
        sizes = {"model": width, "heads": 4, "inner": 2 * width, "encoder_layers": 1, "decoder_layers": 1}
        return Recipe(
            f"{serves}-{settings.model}", "translator", serves, settings.model, OWN,
            sizes=sizes | {"dropout": 0.1}, batch_tokens=1000, smoothing=0.1, **common,
        )  # fmt: skip
    recurrent = {"embedding": width, "hidden": width, "dropout": 0.3}
    attention = {"model": width, "heads": 4, "inner": 2 * width, "layers": 1, "dropout": 0.1, "distances": 8}
    return Recipe(
        f"{serves}-{settings.model}", "classifier", serves, settings.model, OWN,
        sizes=attention if settings.model == "attention" else recurrent,
        at_least=1 if rows < 2000 else 2, batch_tokens=200 if rows < 2000 else 800, weight_decay=0.05, word_dropout=0.1,
        **common,
    )  # fmt: skip
