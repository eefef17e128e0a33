"""What the lab does with a translator: text -> sub-words -> search -> record. A function for each thing asked.

Nothing here knows which network it is: it needs `encode` and `decode` (to show every head of a
finished translation), what a search needs, `start` and `advance`, and takes `look_back` where there is one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import torch

from seqdemo.checkpoint import Checkpoint
from seqdemo.decoding.batch import device_of, length_limit, score_ids, translate_ids
from seqdemo.decoding.family import Family
from seqdemo.decoding.next_token import Hypothesis
from seqdemo.decoding.written import Looked, Written, written
from seqdemo.models.transformer import Transformer
from seqdemo.probes.norms import translator_lengths
from seqdemo.problems import Problem
from seqdemo.records import (
    Alternative,
    AttentionGrid,
    BeamMember,
    Candidate,
    DecodingStep,
    Notice,
    PassageRecord,
    ScoreRecord,
    Source,
    TranslationRecord,
)
from seqdemo.text import limits
from seqdemo.text.as_read import as_read
from seqdemo.text.sentences import split_sentences
from seqdemo.text.subwords import END, START, Subwords
from seqdemo.text.unknown import figures_alone, other_language, unseen_words
from seqdemo.text.words import split_words

CANDIDATES = 5  # alternatives shown at each step


class Asked(NamedTuple):
    """One sentence to translate, and what the visitor should know about it."""

    text: str
    ids: list[int]
    notices: tuple[Notice, ...]


def require_beam(beam: Any) -> None:
    """Raises Problem for a beam that is no whole number from 1 to limits.MAX_BEAM."""
    if isinstance(beam, bool) or not isinstance(beam, int) or not 1 <= beam <= limits.MAX_BEAM:
        raise Problem("bad_beam", most=limits.MAX_BEAM, came=str(beam)[:20])


@torch.inference_mode()
def translate(
    opened: Checkpoint,
    text: str,
    *,
    source: Source,
    beam: int,
    prefix: str = "",
    n_best: int = 1,
    begun: Sequence[int] = (),
    turned: Collection[str] = (),
) -> TranslationRecord:
    """The text as one sentence. Raises Problem. begun: ids to begin with, in place of a prefix.

    turned: words that the translator of the turned pair knows, to tell who typed its language.
    """
    if isinstance(n_best, bool) or not isinstance(n_best, int) or not 1 <= n_best <= beam:
        raise Problem("bad_n_best", most=beam, came=str(n_best)[:20])
    text, notices = limits.clean(text)
    limits.require_script(text, _languages(opened)[0])
    asked = _asked(opened, text, notices, turned)
    prefix, prefix_ids = _beginning(opened, prefix, len(asked.ids))
    if begun:
        prefix, prefix_ids = _subwords(opened).decode(begun), list(begun)
    found = _written(opened, [asked], beam, [prefix_ids])
    return _records(opened, [asked], found, source=source, beam=beam, prefix=prefix, n_best=n_best)[0]


@torch.inference_mode()
def translate_passage(
    opened: Checkpoint, text: str, *, source: Source, beam: int, turned: Collection[str] = ()
) -> PassageRecord:
    """Each sentence of the text by itself, all in one batch. Raises Problem. turned: as of `translate`."""
    pair, language = opened.config.serves, _languages(opened)[0]
    text, notices = limits.clean(text)
    limits.require_script(text, language)
    sentences, more = _within_limit(split_sentences(text, language))
    notices = (*notices, *more)
    asked = [_asked(opened, sentence, (), turned) for sentence in sentences]
    found = _written(opened, asked, beam)
    records = _records(opened, asked, found, source=source, beam=beam)
    return PassageRecord(text, pair, records, _between(opened), notices)


Tell = Callable[[int, Notice | Problem], None]  # the place of a line among those that came, and what is said of it


def translate_lines(
    opened: Checkpoint, lines: Sequence[str], *, beam: int, batch: int, tell: Tell = lambda *_: None
) -> list[str]:
    """As many lines as came; one with nothing to translate stays as it is. Nothing but text is kept.

    tell: hears of each line that was cut, or not translated although something stands there.
    """
    if not 1 <= batch <= limits.MAX_BATCH:
        raise Problem("bad_batch", most=limits.MAX_BATCH, came=batch)
    subwords, language = _subwords(opened), _languages(opened)[0]
    results = [line.strip() for line in lines]
    sources, places = [], []  # the ids of every sentence, and the line that it stands in
    for place, line in enumerate(lines):
        try:
            text, notices = limits.clean(line)
            limits.require_script(text, language)
        except Problem as problem:
            if line.strip():
                tell(place, problem)
            continue
        sentences, more = _within_limit(split_sentences(text, language))
        for sentence in sentences:
            ids = subwords.encode(as_read(sentence, language))
            more = (*more, *_too_long(ids))
            sources.append(ids[: limits.MAX_SUBWORDS])
            places.append(place)
        for notice in (*notices, *more):
            tell(place, notice)
    written: dict[int, list[str]] = {place: [] for place in places}
    for place, ids in zip(places, translate_ids(_network(opened), sources, beam=beam, batch=batch), strict=True):
        written[place].append(subwords.decode(ids))
    for place, sentences in written.items():
        results[place] = _between(opened).join(sentences)
    return results


def score_translation(opened: Checkpoint, text: str, translation: str, *, source: Source) -> ScoreRecord:
    """How probable a translation is that somebody else wrote. Raises Problem."""
    subwords, (language, target) = _subwords(opened), _languages(opened)
    text, notices = limits.clean(text)
    limits.require_script(text, language)
    asked = _asked(opened, text, notices)
    translation, _ = limits.clean(translation)
    _require_target_script(translation, target)
    ids = subwords.encode(translation)
    if len(ids) > limits.MAX_SUBWORDS:
        raise Problem("translation_too_long", limit=limits.MAX_SUBWORDS, came=len(ids))
    outputs = [*ids, END]
    (scores,) = score_ids(_network(opened), [asked.ids], [ids])
    written = scores.gather(1, torch.tensor(outputs, device=scores.device)[:, None])
    return ScoreRecord(
        text=asked.text,
        pair=opened.config.serves,
        translation=translation,
        source_tokens=subwords.tokens([*asked.ids, END]),
        output_tokens=subwords.tokens(outputs),
        log_probabilities=written[:, 0].cpu().numpy(),
        ranks=tuple((scores > written).sum(dim=1).tolist()),
        preferred=subwords.tokens(scores.argmax(dim=1).tolist()),
        source=source,
        notices=(*asked.notices, *_unknown_pieces(subwords, translation)),
    )


def _asked(opened: Checkpoint, text: str, notices: tuple[Notice, ...], turned: Collection[str] = ()) -> Asked:
    """A cleaned sentence as ids, with a notice for all that the model cannot do justice to."""
    subwords, (language, target) = _subwords(opened), _languages(opened)
    read = as_read(text, language)
    ids, words = subwords.encode(read), split_words(read, language)
    other = other_language(words, opened.source_words, turned, f"{target}-{language}")
    notices = (*notices, *_too_long(ids), *other, *figures_alone(words))
    notices = (*notices, *unseen_words(words, [word.lower() in opened.source_words for word in words]))
    return Asked(text, ids[: limits.MAX_SUBWORDS], (*notices, *_unknown_pieces(subwords, read)))


def _within_limit(sentences: list[str]) -> tuple[list[str], tuple[Notice, ...]]:
    """The sentences that are translated, and a notice where there are more."""
    most, came = limits.MAX_SENTENCES, len(sentences)
    return sentences[:most], (Notice("cut_sentences", {"limit": most, "came": came}),) if came > most else ()


def _too_long(ids: Sequence[int]) -> tuple[Notice, ...]:
    """A notice where a sentence has more sub-words than are read."""
    most, came = limits.MAX_SUBWORDS, len(ids)
    return (Notice("cut_subwords", {"limit": most, "came": came}),) if came > most else ()


def _beginning(opened: Checkpoint, prefix: str, source_length: int) -> tuple[str, list[int]]:
    """A forced beginning, cleaned, and its ids. Raises Problem where no translation can go on from it."""
    if not prefix.strip():
        return "", []
    subwords = _subwords(opened)
    prefix, _ = limits.clean(prefix)
    _require_target_script(prefix, _languages(opened)[1])
    unknown = subwords.unknown_pieces(prefix)
    if unknown and not subwords.exact:
        raise Problem("prefix_unknown", pieces=" ".join(unknown[:5]))
    ids, most = subwords.encode(prefix), length_limit(source_length) - 2  # one token more, and the end mark
    if len(ids) > most:
        raise Problem("prefix_too_long", limit=most, came=len(ids))
    return prefix, ids


def _written(
    opened: Checkpoint, asked: Sequence[Asked], beam: int, prefixes: Sequence[Sequence[int]] = ()
) -> list[Written]:
    subwords = _subwords(opened)

    def has_text(ids: Sequence[int]) -> bool:
        return bool(subwords.decode(ids).strip())

    return written(_network(opened), [one.ids for one in asked], beam=beam, prefixes=prefixes, has_text=has_text)


def _records(
    opened: Checkpoint,
    asked: Sequence[Asked],
    found: Sequence[Written],
    *,
    source: Source,
    beam: int,
    prefix: str = "",
    n_best: int = 1,
) -> tuple[TranslationRecord, ...]:
    """A record for each sentence, of its best hypothesis that has any text."""
    subwords, records = _subwords(opened), []
    for one, sentence in zip(found, asked, strict=True):
        record = _with_lengths(opened, _record(opened, sentence, one.chosen, one.looked, source=source, beam=beam))
        alternatives = tuple(_alternative(subwords, other) for other in one.hypotheses[:n_best])
        tree = _tree(subwords, one.family)
        records.append(replace(record, prefix=prefix, alternatives=alternatives, tree=tree))
    return tuple(records)


def _record(
    opened: Checkpoint, asked: Asked, best: Hypothesis, looked: Looked, *, source: Source, beam: int
) -> TranslationRecord:
    subwords = _subwords(opened)
    outputs = [*best.ids, END] if best.ended else list(best.ids)
    inputs = [START, *outputs[:-1]]
    log_probabilities = looked.logits.float().log_softmax(dim=-1)  # [step, vocab]
    written = log_probabilities.gather(1, torch.tensor(outputs, device=looked.logits.device)[:, None])[:, 0]
    top, top_ids = log_probabilities.topk(CANDIDATES, dim=-1)
    source_tokens, input_tokens = subwords.tokens([*asked.ids, END]), subwords.tokens(inputs)
    output_tokens = subwords.tokens(outputs)
    steps = tuple(
        DecodingStep(token, chance, tuple(map(Candidate, subwords.tokens(others), chances)))
        for token, chance, others, chances in zip(
            output_tokens, written.exp().tolist(), top_ids.tolist(), top.exp().tolist(), strict=True
        )
    )
    grids = (
        ("encoder_self", source_tokens, source_tokens, looked.encoder_self),
        ("decoder_self", output_tokens, input_tokens, looked.decoder_self),
        ("cross", output_tokens, source_tokens, looked.cross),
    )
    notices = asked.notices if best.ended else (*asked.notices, Notice("no_end", {"limit": len(best.ids)}))
    return TranslationRecord(
        text=asked.text,
        pair=opened.config.serves,
        beam=beam,
        translation=subwords.decode(best.ids),
        source_tokens=source_tokens,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        steps=steps,
        log_probability=float(written.sum()),
        attention=tuple(
            AttentionGrid(kind, rows, columns, torch.stack(weights).float().cpu().numpy())
            for kind, rows, columns, weights in grids
            if weights
        ),
        source=source,
        notices=notices,
    )


def _with_lengths(opened: Checkpoint, record: TranslationRecord) -> TranslationRecord:
    """The record with the lengths of what each key writes, where the network is a Transformer (probes/norms.py)."""
    network, subwords = opened.network, _subwords(opened)
    if not isinstance(network, Transformer):
        return record
    device = device_of(network)
    source, target = (
        torch.tensor([subwords.numbers(tokens)], device=device)
        for tokens in (record.source_tokens, record.input_tokens)
    )
    lengths = translator_lengths(network, source, target)
    grids = (replace(grid, lengths=lengths[grid.kind].float().cpu().numpy()) for grid in record.attention)
    return replace(record, attention=tuple(grids))


def _alternative(subwords: Subwords, one: Hypothesis) -> Alternative:
    return Alternative(subwords.decode(one.ids), one.log_probability, one.score)


def _tree(subwords: Subwords, family: Family) -> tuple[tuple[BeamMember, ...], ...]:
    steps = []
    for members in family:
        tokens = subwords.tokens(member.token for member in members)
        named = zip(tokens, members, strict=True)
        steps.append(tuple(BeamMember(token, one.parent, one.log_probability, one.fate) for token, one in named))
    return tuple(steps)


def _unknown_pieces(subwords: Subwords, text: str) -> tuple[Notice, ...]:
    pieces = " ".join(subwords.unknown_pieces(text)[:5])
    if not pieces:
        return ()
    return (
        Notice("byte_pieces", {"pieces": pieces}) if subwords.exact else Notice("unknown_pieces", {"pieces": pieces}),
    )


def _require_target_script(text: str, language: str) -> None:
    share = limits.foreign_share(text, language)
    if share > 0.5:
        raise Problem("prefix_script", language=language, share=round(100 * share))


def _languages(opened: Checkpoint) -> tuple[str, str]:
    source, _, target = opened.config.serves.partition("-")
    return source, target


def _between(opened: Checkpoint) -> str:
    return "" if _languages(opened)[1] == "zh" else " "


def _subwords(opened: Checkpoint) -> Subwords:
    assert isinstance(opened.tokenizer, Subwords)
    return opened.tokenizer


def _network(opened: Checkpoint) -> Any:
    """Its methods are those of a translator: encode, decode, start, advance."""
    return opened.fast
