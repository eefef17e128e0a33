"""Words become sub-words: byte-pair encoding learnt from the training text (sentencepiece).

Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", section 3.2.
Both languages share one vocabulary, so a name or a number can be copied piece by piece. "▁"
marks the start of a word: "▁bal | lo | on".
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import sentencepiece

PAD, UNKNOWN, START, END = 0, 1, 2, 3
SPECIAL_TOKENS = ("<pad>", "<unk>", "<s>", "</s>")


class Subwords:
    """Text <-> sub-word ids. Holds the sentencepiece model as bytes, so that it can be saved unchanged."""

    def __init__(self, model: bytes) -> None:
        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor()
        self._processor.LoadFromSerializedProto(model)
        found = tuple(self._processor.IdToPiece(number) for number in range(4))
        if found != SPECIAL_TOKENS:
            raise ValueError(f"a sub-word model starts with {SPECIAL_TOKENS}; {found} came")

    def __len__(self) -> int:
        return int(self._processor.GetPieceSize())

    def encode(self, text: str) -> list[int]:
        """Ids of the text alone, without start or end mark."""
        return list(self._processor.EncodeAsIds(text))

    def decode(self, ids: Sequence[int]) -> str:
        """Plain text; special tokens are left out."""
        return str(self._processor.DecodeIds([number for number in ids if number > END or number == UNKNOWN]))

    def tokens(self, ids: Iterable[int]) -> tuple[str, ...]:
        """The sub-words as the model reads them, "▁" at the start of a word."""
        return tuple(self._processor.IdToPiece(int(number)) for number in ids)

    def unknown_pieces(self, text: str) -> tuple[str, ...]:
        """What in the text has no sub-word of its own, each piece once."""
        pieces = self._processor.EncodeAsPieces(text)
        return tuple(dict.fromkeys(piece.strip("▁") for piece in pieces if self._processor.PieceToId(piece) == UNKNOWN))

    @classmethod
    def train(cls, sentences: Iterable[str], size: int, seed: int = 1) -> Subwords:
        """Learn `size` sub-words (special tokens included) from sentences of both languages."""
        sentencepiece.set_random_generator_seed(seed)
        written = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=written,
            model_type="bpe",
            vocab_size=size,
            character_coverage=1.0,
            pad_id=PAD,
            unk_id=UNKNOWN,
            bos_id=START,
            eos_id=END,
            pad_piece=SPECIAL_TOKENS[PAD],
            unk_piece=SPECIAL_TOKENS[UNKNOWN],
            bos_piece=SPECIAL_TOKENS[START],
            eos_piece=SPECIAL_TOKENS[END],
            minloglevel=2,
        )
        return cls(written.getvalue())

    def save(self, path: Path) -> None:
        path.write_bytes(self.model)

    @classmethod
    def load(cls, path: Path) -> Subwords:
        return cls(path.read_bytes())
