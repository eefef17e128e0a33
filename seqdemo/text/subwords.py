"""Words become sub-words: byte-pair encoding learnt from the training text (sentencepiece).

Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units", section 3.2.
Both languages share one vocabulary, so a name or a number can be copied piece by piece. "▁"
marks the start of a word: "▁bal | lo | on". A character that training never saw is spelled in its
UTF-8 bytes, "<0xE7> <0x8B> <0x97>" (Radford et al. 2019, section 2.2), so any text can be read, and
comes back from its ids exactly as it was.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import sentencepiece

from seqdemo.text.merging import is_chinese

PAD, UNKNOWN, START, END = 0, 1, 2, 3
SPECIAL_TOKENS = ("<pad>", "<unk>", "<s>", "</s>")
SPACE_MARK = "\u2581"  # "▁", which sentencepiece writes for a space
STAND_IN = "\ufdd0"  # a code point that Unicode keeps out of all text: encodes a "▁" that somebody typed


class Subwords:
    """Text <-> sub-word ids. Holds the sentencepiece model as bytes, so that it can be saved unchanged."""

    def __init__(self, model: bytes) -> None:
        self.model = model
        self._processor = sentencepiece.SentencePieceProcessor()
        self._processor.LoadFromSerializedProto(model)
        found = tuple(self._processor.IdToPiece(number) for number in range(4))
        if found != SPECIAL_TOKENS:
            raise ValueError(f"a sub-word model starts with {SPECIAL_TOKENS}; {found} came")
        self._bytes = tuple(self._processor.PieceToId(f"<0x{value:02X}>") for value in range(256))
        self.exact = bool(self._processor.IsByte(self._bytes[0]))  # False: an older model, which normalises (NFKC)

    def __len__(self) -> int:
        return int(self._processor.GetPieceSize())

    @cached_property
    def signs(self) -> tuple[int, ...]:
        """How many Chinese signs each id spells, 1 for whatever is not Chinese; () where no id is."""
        signs = [sum(map(is_chinese, piece)) for piece in self.tokens(range(len(self)))]
        return tuple(max(1, number) for number in signs) if any(signs) else ()

    def encode(self, text: str) -> list[int]:
        """Ids of the text alone, without start or end mark."""
        if not self.exact or SPACE_MARK not in text:
            return list(self._processor.EncodeAsIds(text))
        ids = list(self._processor.EncodeAsIds(text.replace(SPACE_MARK, STAND_IN)))
        spelled, meant = self.spelled(STAND_IN), self.spelled(SPACE_MARK)
        for place in range(len(ids) - 2):
            if ids[place : place + 3] == spelled:
                ids[place : place + 3] = meant
        return ids

    def surfaces(self, text: str) -> list[str]:
        """The text of each id of `encode`; joined they are the text as it is read, with a blank before the first word.

        A character in several bytes stands at the first of them; the others are empty.
        """
        if not self.exact:
            return [piece.replace(SPACE_MARK, " ") for piece in self._processor.EncodeAsPieces(text)]
        ids = self.encode(text)
        place = {number: value for value, number in enumerate(self._bytes)}
        found, at = [""] * len(ids), 0
        while at < len(ids):
            end = at
            while end < len(ids) and ids[end] in place:
                end += 1
            if end == at:
                found[at] = str(self._processor.IdToPiece(ids[at])).replace(SPACE_MARK, " ")
                end += 1
            else:
                data = bytes(place[number] for number in ids[at:end])
                for character in data.decode("utf-8", errors="strict"):
                    found[at] = character
                    at += len(character.encode())
            at = end
        return found

    def id_of(self, token: str) -> int | None:
        """The number of a sub-word as `tokens` writes it; None where there is no such sub-word."""
        number = int(self._processor.PieceToId(token))
        return number if self._processor.IdToPiece(number) == token else None

    def spelled(self, character: str) -> list[int]:
        """The ids of a character's UTF-8 bytes."""
        return [self._bytes[value] for value in character.encode()]

    def decode(self, ids: Sequence[int]) -> str:
        """Plain text; special tokens are left out."""
        return str(self._processor.DecodeIds([number for number in ids if number > END or number == UNKNOWN]))

    def tokens(self, ids: Iterable[int]) -> tuple[str, ...]:
        """The sub-words as the model reads them, "▁" at the start of a word."""
        return tuple(self._processor.IdToPiece(int(number)) for number in ids)

    def numbers(self, tokens: Iterable[str]) -> list[int]:
        """The reverse of `tokens`: the id of each sub-word."""
        return [int(self._processor.PieceToId(token)) for token in tokens]

    def unknown_pieces(self, text: str) -> tuple[str, ...]:
        """What in the text has no sub-word of its own (it is read as <unk>, or byte by byte), each piece once."""
        pieces = text.replace(" ", "") if self.exact else self._processor.EncodeAsPieces(text)
        unknown = (piece.strip(SPACE_MARK) for piece in pieces if self._processor.PieceToId(piece) == UNKNOWN)
        return tuple(dict.fromkeys(unknown))

    @classmethod
    def train(cls, sentences: Iterable[str], size: int, seed: int = 1, *, coverage: float = 1.0) -> Subwords:
        """Learn `size` sub-words (special tokens and 256 bytes included) from sentences of both languages.

        coverage: share of all characters of the text that get a sub-word; the rarest are spelled in bytes.
        """
        sentencepiece.set_random_generator_seed(seed)
        written = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_writer=written,
            model_type="bpe",
            vocab_size=size,
            character_coverage=coverage,
            normalization_rule_name="identity",
            remove_extra_whitespaces=False,
            byte_fallback=True,
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
