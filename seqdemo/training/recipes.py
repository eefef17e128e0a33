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
    corpus: str  # row of seqdemo.training.corpora.CORPORA: its home, whose dev part and tests come first
    also: tuple[str, ...] = ()  # further rows, whose training and dev parts are added
    repeats: int = 1  # how often an epoch goes through the home corpus (translators)
    oversample: dict[str, int] = field(default_factory=dict)  # corpus: how often it comes in an epoch (classifiers)
    # Checkpoints that a translator is made with: shipped, or a run of STAGES.
    back: str = ""  # translates rows of `also` that were written in the target language
    forward: str = ""  # translates rows of `also` that were written in the source language
    begin: str = ""  # whose sub-words and weights it begins with
    keep: float = 0.0  # share of those weights in what is judged and saved: Wortsman et al. 2022 (CVPR), equation 1
    sizes: dict[str, Any] = field(default_factory=dict)  # of the network, vocabulary and labels left out
    at_least: int = 2  # how often a word must come to get a vector of its own (classifiers)
    vectors: str = ""  # row of seqdemo.training.corpora.VECTORS: word vectors to begin with (classifiers)
    subwords: int = 0  # size of the sub-word vocabulary (translators)
    language: int = 0  # epochs of learning to say a missing word before any label (classifiers): language.py
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
    teacher: str = ""  # row of seqdemo.training.taught.TEACHINGS: whose answers are learnt (classifiers)
    peers: str = ""  # row of PEERS: whose answers are part of each target (classifiers)
    temperature: float = 0.0  # softens those answers; 0: labels alone are learnt
    bfloat16: bool = False  # matrix products of training (weights stay float32): 0.7 of the time where the CPU has it
    seed: int = 1


def _classifiers(task: str, corpus: str, shared: dict[str, Any], **models: dict[str, Any]) -> tuple[Recipe, ...]:
    """A recipe a model: what all share, then what is its own (underscores stand for hyphens)."""
    recipes = []
    for name, own in models.items():
        model = name.replace("_", "-")
        recipes.append(Recipe(f"{task}-{model}", "classifier", task, model, corpus, **shared | own))
    return tuple(recipes)


TAUGHT: dict[str, Any] = {  # what all students of an English teacher share
    "vectors": "glove6b-50d",
    "temperature": 3.0,
    "peak_rate": 1.5e-3,
    "weight_decay": 0.05,
    "word_dropout": 0.05,
}
TAUGHT_ATTENTION: dict[str, Any] = {  # soft targets leave little to regularise: see CONTRIBUTING, "What did not work"
    "sizes": {"model": 128, "heads": 4, "inner": 256, "layers": 2, "dropout": 0.05, "distances": 8},
    "peak_rate": 1e-3,
    "weight_decay": 0.01,
    "word_dropout": 0.0,
}

CHINESE: dict[str, Any] = {  # what all readers of Chinese share
    "vectors": "tencent-char-zh-200d",
    "epochs": 3,
    "peak_rate": 1.5e-3,
    "weight_decay": 0.05,
    "smoothing": 0.05,
}

REVIEWS: dict[str, Any] = CHINESE | {  # what all readers of Chinese reviews share, and their peers with them
    "also": ("online_shopping", "waimai"),
    "at_least": 12,
    "batch_tokens": 4000,
    "word_dropout": 0.05,
}
REVIEWS_CELLS: dict[str, Any] = {"embedding": 128, "hidden": 128, "dropout": 0.2}
REVIEWS_TAUGHT: dict[str, Any] = {
    "oversample": {"chnsenticorp": 2, "waimai": 4},  # else seven tenths would be of online_shopping
    "peers": "reviews",
    "temperature": 1.0,
    "epochs": 8,
}

TITLES: dict[str, Any] = CHINESE | {  # what all readers of Chinese news titles share, and their peers with them
    "vectors": "words-and-signs-zh",
    "at_least": 6,
    "batch_tokens": 2000,
    "word_dropout": 0.1,
}
TITLES_ATTENTION: dict[str, Any] = {
    "sizes": {"model": 200, "heads": 4, "inner": 256, "layers": 2, "dropout": 0.2, "distances": 8},
    "peak_rate": 1e-3,
}
TITLES_CELLS: dict[str, Any] = {"embedding": 200, "hidden": 160, "dropout": 0.3}
WITH_PEERS: dict[str, Any] = {"peers": "titles", "temperature": 1.0, "epochs": 4}

READ_FIRST: dict[str, Any] = {"language": 8, "peak_rate": 1e-3}  # the words before the labels

TRANSFORMER: dict[str, Any] = {  # what all that translate share
    "peak_rate": 1.5e-3,
    "smoothing": 0.1,
    "bfloat16": True,
}
WITH_GERMAN: dict[str, Any] = TRANSFORMER | {
    "sizes": {"model": 256, "heads": 4, "inner": 512, "encoder_layers": 3, "decoder_layers": 3, "dropout": 0.1},
    "subwords": 4000,  # 8000 would make the file larger than 10 MB
    "batch_tokens": 3000,
}
WITH_CHINESE: dict[str, Any] = TRANSFORMER | {
    "also": ("news-en-zh", "cedict"),
    "repeats": 3,
    "sizes": {"model": 256, "heads": 4, "inner": 512, "encoder_layers": 3, "decoder_layers": 2, "dropout": 0.1},
    "subwords": 6800,  # Chinese has more signs; two layers of decoder keep the file under 10 MB
    "batch_tokens": 2500,
}

RECURRENT: dict[str, Any] = {  # what both recurrent translators share
    "sizes": {"embedding": 256, "hidden": 256, "dropout": 0.3},
    "subwords": 4000,
    "smoothing": 0.1,
}

_RECIPES = (
    *_classifiers(
        "sentiment-en",
        "sst2",
        TAUGHT | {"teacher": "minilm-sst2", "epochs": 4, "batch_tokens": 1500},
        rnn={"sizes": {"embedding": 128, "hidden": 160, "dropout": 0.3}, "peak_rate": 5e-4},
        lstm={"sizes": {"embedding": 128, "hidden": 160, "dropout": 0.3}},
        gru={"sizes": {"embedding": 128, "hidden": 160, "dropout": 0.3}},
        attention=TAUGHT_ATTENTION,
        bilstm_attention={"sizes": {"embedding": 128, "hidden": 128, "dropout": 0.3}},
    ),
    *_classifiers(
        "question-en",
        "trec",
        TAUGHT | {"teacher": "minilm-trec", "epochs": 6, "batch_tokens": 1000},
        rnn={"sizes": {"embedding": 100, "hidden": 128, "dropout": 0.2}, "peak_rate": 5e-4},
        lstm={"sizes": {"embedding": 100, "hidden": 128, "dropout": 0.2}},
        gru={"sizes": {"embedding": 100, "hidden": 128, "dropout": 0.2}},
        attention=TAUGHT_ATTENTION,
        bilstm_attention={"sizes": {"embedding": 100, "hidden": 100, "dropout": 0.2}},
    ),
    *_classifiers(
        "sentiment-zh",
        "chnsenticorp",
        REVIEWS | REVIEWS_TAUGHT,
        rnn={"sizes": REVIEWS_CELLS, **READ_FIRST, "peak_rate": 5e-4},
        lstm={"sizes": REVIEWS_CELLS, **READ_FIRST},
        gru={"sizes": REVIEWS_CELLS, **READ_FIRST},
        attention={
            "sizes": {"model": 128, "heads": 4, "inner": 256, "layers": 2, "dropout": 0.1, "distances": 8},
            "epochs": 5,
            **READ_FIRST,
        },
        bilstm_attention={"sizes": REVIEWS_CELLS, **READ_FIRST},
    ),
    *_classifiers(
        "topic-zh",
        "tnews",
        TITLES | WITH_PEERS,
        rnn={"sizes": TITLES_CELLS, **READ_FIRST, "peak_rate": 5e-4},
        lstm={"sizes": TITLES_CELLS, **READ_FIRST},
        gru={"sizes": TITLES_CELLS, **READ_FIRST},
        attention=TITLES_ATTENTION,
        bilstm_attention={"sizes": {"embedding": 200, "hidden": 128, "dropout": 0.3}, **READ_FIRST},
    ),
    Recipe(
        "de-en-transformer",
        "translator",
        "de-en",
        "transformer",
        "multi30k",
        also=("tatoeba-en-de",),
        epochs=6,
        **WITH_GERMAN,
    ),
    Recipe(
        "en-de-transformer",
        "translator",
        "en-de",
        "transformer",
        "multi30k",
        also=("captions-en", "tatoeba-en-de"),
        repeats=4,
        forward="en-de-transformer-small",
        begin="en-de-transformer-finished",
        epochs=3,
        warmup=0.04,
        **WITH_GERMAN | {"sizes": {**WITH_GERMAN["sizes"], "dropout": 0.15, "dropout_inside": 0.0}, "peak_rate": 1e-3},
    ),
    Recipe("zh-en-transformer", "translator", "zh-en", "transformer", "tatoeba-en-zh", epochs=5, **WITH_CHINESE),
    Recipe(
        "en-zh-transformer",
        "translator",
        "en-zh",
        "transformer",
        "tatoeba-en-zh",
        begin="zh-en-transformer",
        epochs=4,
        warmup=0.04,
        **WITH_CHINESE,
    ),
    *(  # two alike but for the attention, so that what differs between them is what attention does
        Recipe(
            f"en-de-{model}",
            "translator",
            "en-de",
            model,
            "multi30k",
            also=("captions-en",),
            forward="en-de-transformer-finished",
            begin=f"en-de-{model}-alone",
            epochs=2,
            warmup=0.04,
            peak_rate=1e-3,
            batch_tokens=3000,
            **RECURRENT | {"sizes": {**RECURRENT["sizes"], "dropout": 0.2}},
        )
        for model in ("seq2seq-attention", "seq2seq")
    ),
)

_STAGES = (
    *(
        Recipe(
            f"en-de-{model}-alone",
            "translator",
            "en-de",
            model,
            "multi30k",
            epochs=14,
            batch_tokens=1500,
            peak_rate=1.5e-3,
            **RECURRENT,
        )
        for model in ("seq2seq-attention", "seq2seq")
    ),
    Recipe(
        "en-de-transformer-broad",
        "translator",
        "en-de",
        "transformer",
        "multi30k",
        also=("captions", "tatoeba-en-de"),
        repeats=3,
        back="de-en-transformer",
        begin="de-en-transformer",
        epochs=4,
        warmup=0.04,
        **WITH_GERMAN,
    ),
    Recipe(
        "en-de-transformer-finished",
        "translator",
        "en-de",
        "transformer",
        "multi30k",
        also=("tatoeba-en-de",),
        repeats=8,
        begin="en-de-transformer-broad",
        keep=0.6,
        epochs=2,
        warmup=0.04,
        **WITH_GERMAN | {"sizes": {**WITH_GERMAN["sizes"], "dropout": 0.2}, "peak_rate": 8e-4},
    ),
    Recipe(  # small, and dropout of what is added to the states alone: Wu et al. 2021, "Transformer-Tiny"
        "en-de-transformer-small",
        "translator",
        "en-de",
        "transformer",
        "multi30k",
        subwords=8000,
        epochs=80,
        warmup=0.2,
        batch_tokens=4096,
        **TRANSFORMER
        | {
            "sizes": {
                "model": 128,
                "heads": 4,
                "inner": 256,
                "encoder_layers": 4,
                "decoder_layers": 4,
                "dropout": 0.3,
                "dropout_inside": 0.0,
            },
            "peak_rate": 5e-3,
        },
    ),
)


@dataclass(frozen=True)
class Tuned:
    """A sentence encoder among the peers."""

    encoder: str  # row of seqdemo.training.encoders.ENCODERS
    epochs: int
    peak_rate: float = 1e-4
    folds: int = 2  # it learns slowly, and well from half of the texts
    seed: int = 1


@dataclass(frozen=True)
class Peers:
    """Readers whose answers become part of what another learns: training/peers.py. All read the same corpora."""

    readers: tuple[Recipe, ...]  # small ones, one a model; a bag of signs is asked beside them
    tuned: Tuned | None = None
    share: float = 0.5  # of the answers in a target; the rest is the label
    seed: int = 1


PEERS = {
    "reviews": Peers(
        _classifiers("peer-zh", "chnsenticorp", REVIEWS | {"epochs": 2}, lstm={"sizes": REVIEWS_CELLS}),
        Tuned("m3e-small", epochs=2),
    ),
    "titles": Peers(
        (
            *_classifiers("peer-zh", "tnews", TITLES | {"smoothing": 0.1, "epochs": 1}, attention=TITLES_ATTENTION),
            *_classifiers("peer-zh", "tnews", TITLES | {"smoothing": 0.1, "epochs": 2}, lstm={"sizes": TITLES_CELLS}),
        ),
        Tuned("m3e-small", epochs=3),
        share=0.75,
    ),
}

RECIPES = {recipe.name: recipe for recipe in _RECIPES}  # a checkpoint is shipped of each
STAGES = {recipe.name: recipe for recipe in _STAGES}  # what another begins with, and nobody reads with
