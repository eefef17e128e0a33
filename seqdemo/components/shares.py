"""Attention weights as they travel: numbers from 0 to 1 in two characters each, so that a large grid stays small."""

from __future__ import annotations

from typing import Any

import numpy as np

from seqdemo.records import Floats

LETTERS = "".join(chr(code) for code in range(32, 127) if chr(code) not in '"&<\\')
"""91 characters that stand for themselves in JSON and in HTML; two of them are one of 8281 numbers."""
TOP = 8191
"""Wrong by at most 1 / (2 * TOP) = 0.00006: closer than float16 for every weight above 1/8, in 3/4 of its base64."""


def packed_shares(array: Floats) -> dict[str, Any]:
    """{"shape", "pairs"}: the values in C order, each as two of LETTERS, the larger part first.

    Raises ValueError for a value outside 0 to 1 (a thousandth of rounding is forgiven).
    """
    if array.size and not (array.min() >= -1e-3 and array.max() <= 1 + 1e-3):
        raise ValueError(f"values from {array.min()} to {array.max()} came, 0 to 1 was expected")
    whole = np.rint(np.clip(array, 0, 1).ravel().astype(np.float64) * TOP).astype(np.uint16)
    letters = np.frombuffer(LETTERS.encode("ascii"), dtype=np.uint8)
    pairs = letters[np.stack(np.divmod(whole, len(LETTERS)), axis=1)]
    return {"shape": list(array.shape), "pairs": pairs.tobytes().decode("ascii")}
