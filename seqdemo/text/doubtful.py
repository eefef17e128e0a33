"""A text that every model can read and that yet is unlike all it learnt from: told, since the percentages look as sure.

A classifier always answers. Of a few words about nothing, or of a statement where it learnt questions, that is worth
little, and nothing in the network says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from seqdemo.records import Notice
from seqdemo.text.limits import letters_of

FEWEST_WORDS = 3  # with fewer: 12 of the 1,821 texts of SST-2's test part
FEWEST_CHARACTERS = 6  # with fewer: 1 of the 1,200 texts of ChnSentiCorp's test part
ASKS = re.compile(  # how a question begins: "In what year", "Is it", "Can n't it"; TREC also has "Name a country"
    r"(?:\w+ )?(?:what|which|who|whom|whose|where|when|why|how)\b"
    r"|(?:am|is|are|was|were|do|does|did|have|has|had|can|could|will|would|shall|should|may|might|must|\w+ n't)\b"
    r"|(?:name|define|describe|give|tell|list|explain)\b",
    re.IGNORECASE,
)


def doubtful(text: str, words: Sequence[str], task: str) -> tuple[Notice, ...]:
    """What to tell of a text that is too short for a verdict, or no question where questions were learnt."""
    kind, _, language = task.partition("-")
    spoken = [word for word in words if any(map(str.isalpha, word))]
    if kind == "sentiment" and _is_short(text, spoken, language):
        return (Notice("short_text"),)
    if task == "question-en" and not _asks(text, spoken):
        return (Notice("no_question"),)
    return ()


def _is_short(text: str, spoken: Sequence[str], language: str) -> bool:
    return len(letters_of(text, "zh")) < FEWEST_CHARACTERS if language == "zh" else len(spoken) < FEWEST_WORDS


def _asks(text: str, spoken: Sequence[str]) -> bool:
    return "?" in text or "？" in text or bool(ASKS.match(" ".join(spoken)))
