"""An exported folder translates as we do: the same weights in another engine."""

from __future__ import annotations

from pathlib import Path

import ctranslate2
import pytest
import torch

from seqdemo import checkpoint
from seqdemo.decoding.batch import length_limit, search
from seqdemo.exporting import export
from seqdemo.models import TRANSLATORS
from seqdemo.problems import Problem
from seqdemo.text.subwords import Subwords

ROOT = Path(__file__).resolve().parent.parent
CHECKPOINTS = ROOT / "checkpoints"
SENTENCES = (
    "A man in a red shirt is reading a book.",
    "Two dogs are playing.",
    "A young girl in a pink coat runs through the snow while her brother watches her from a bench.",
    "People.",
    "Several men with hard hats are working on a tall building next to a busy street.",
)


@pytest.fixture(scope="module")
def opened() -> checkpoint.Checkpoint:
    return checkpoint.load(CHECKPOINTS / "en-de-transformer")


@pytest.fixture(scope="module")
def theirs(opened: checkpoint.Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> ctranslate2.Translator:
    folder = tmp_path_factory.mktemp("export") / "folder"
    export(opened, "ctranslate2", folder)
    assert (folder / "subwords.model").read_bytes() == opened.tokenizer.model  # type: ignore[union-attr]
    return ctranslate2.Translator(str(folder), compute_type="float32", intra_threads=1)


@pytest.mark.parametrize("beam", [1, 5])
def test_it_finds_our_hypotheses_with_our_scores(
    opened: checkpoint.Checkpoint, theirs: ctranslate2.Translator, beam: int
) -> None:
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    sources = [subwords.encode(sentence) for sentence in SENTENCES]
    ours = search(opened.network, sources, beam=beam, guard=None).hypotheses
    found = theirs.translate_batch(
        [[*subwords.tokens(ids), "</s>"] for ids in sources],
        beam_size=beam,
        num_hypotheses=beam,
        max_decoding_length=length_limit(max(map(len, sources))),
        disable_unk=True,
        suppress_sequences=[["<pad>"], ["<s>"]],
        return_scores=True,
    )
    for mine, other in zip(ours, found, strict=True):
        assert [list(subwords.tokens(one.ids)) for one in mine] == other.hypotheses
        if beam > 1:  # without a beam it does not divide by the length; it shares out what forbidden tokens had
            assert [one.score for one in mine] == pytest.approx(other.scores, abs=1e-3)


def test_weights_that_hide_nothing_are_carried_over(opened: checkpoint.Checkpoint, tmp_path: Path) -> None:
    """Shapes that are not the shipped one's, biases and norms far from 0 and 1."""
    from dataclasses import replace

    torch.manual_seed(5)
    network = TRANSLATORS["transformer"].build(
        vocabulary=len(opened.tokenizer), model=32, heads=2, inner=48, encoder_layers=1, decoder_layers=2
    )
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    export(replace(opened, network=network.eval()), "ctranslate2", tmp_path)
    theirs = ctranslate2.Translator(str(tmp_path), compute_type="float32")
    subwords = opened.tokenizer
    assert isinstance(subwords, Subwords)
    source, target = subwords.encode("Two dogs."), subwords.encode("Zwei Hunde spielen.")
    with torch.no_grad():
        decoded = network(torch.tensor([[*source, 3]]), torch.tensor([[2, *target]]))
    expected = decoded.logits[0].log_softmax(-1).gather(1, torch.tensor([*target, 3])[:, None])[:, 0]
    (scored,) = theirs.score_batch([[*subwords.tokens(source), "</s>"]], [list(subwords.tokens(target))])
    assert scored.log_probs == pytest.approx(expected.tolist(), abs=1e-4)


@pytest.mark.parametrize(
    ("code", "name", "to"),
    [("export_model", "sentiment-en-gru", "ctranslate2"), ("unknown_export", "en-de-transformer", "onnx")],
)
def test_what_cannot_be_exported_is_told(tmp_path: Path, code: str, name: str, to: str) -> None:
    with pytest.raises(Problem) as caught:
        export(checkpoint.load(CHECKPOINTS / name), to, tmp_path / "new")
    assert caught.value.code == code
    assert not (tmp_path / "new").exists()


def test_a_folder_with_other_files_is_left_alone(opened: checkpoint.Checkpoint, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(Problem, match="holds other files"):
        export(opened, "ctranslate2", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_command_writes_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from seqdemo.commands import main

    command = ["export", "en-de-transformer", "--to", "ctranslate2", "--output", str(tmp_path / "out")]
    for _ in range(2):  # its own files are written anew
        assert main(command) == 0
    assert (tmp_path / "out" / "model.bin").is_file()
    assert "README.md" in capsys.readouterr().out
    assert main(["export", "no-such-checkpoint", "--to", "ctranslate2"]) == 1
