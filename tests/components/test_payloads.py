"""What travels to the browser: exact numbers, both languages, nothing that could be mistaken for a tag."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from seqdemo.components.attention_view import attention_payload
from seqdemo.components.figure_view import figure_payload
from seqdemo.components.provenance import provenance
from seqdemo.components.resources import javascript, payload, stylesheet
from seqdemo.components.steps_view import steps_payload
from seqdemo.components.verdict_view import verdict_payload
from seqdemo.figures.heatmap import heatmap
from seqdemo.figures.theme import plain
from seqdemo.records import unpacked
from tests.drawn_records import HOSTILE, attention, classification, source, translation


def test_weights_come_back_as_the_same_float16_numbers() -> None:
    record = translation()
    for sent in json.loads(attention_payload(record.attention, language="en"))["grids"]:
        grid = record.grid(sent["kind"])
        assert grid is not None
        np.testing.assert_array_equal(unpacked(sent["weights"]), grid.weights.astype(np.float16).astype(np.float32))
        assert sent["figure"]["layout"]["yaxis"]["categoryarray"] == [plain(token) for token in sent["queries"]]
        assert sent["figure"]["layout"]["xaxis"]["categoryarray"] == [plain(token) for token in sent["keys"]]
        assert len(sent["queries"]) == grid.weights.shape[2]
        assert len(sent["keys"]) == grid.weights.shape[3]


def test_a_translators_cross_attention_comes_first_and_a_classifiers_needs_no_side() -> None:
    sent = json.loads(attention_payload(translation().attention, language="en"))["grids"]
    assert [grid["kind"] for grid in sent] == ["cross", "encoder_self", "decoder_self"]
    record = classification("attention", grid=True)
    assert record.attention is not None
    (alone,) = json.loads(attention_payload([record.attention], language="zh"))["grids"]
    assert alone["name"] == "自注意力"


def test_decoder_rows_are_what_is_written_and_columns_what_is_read() -> None:
    grids = {
        grid["kind"]: grid for grid in json.loads(attention_payload(translation().attention, language="en"))["grids"]
    }
    assert grids["decoder_self"]["queries"] == ["▁Der", "▁Film", "</s>"]
    assert grids["decoder_self"]["keys"] == ["<s>", "▁Der", "▁Film"]
    assert "start mark first" in grids["decoder_self"]["figure"]["layout"]["xaxis"]["title"]["text"]
    assert grids["cross"]["keys"] == ["▁the", "▁film", "▁the (2)", "</s>"]


def test_three_grids_of_96_tokens_stay_small() -> None:
    tokens = tuple(f"token{number}" for number in range(96))
    grids = [attention(kind, tokens, tokens, layers=3, heads=4) for kind in ("cross", "encoder_self", "decoder_self")]
    values = 3 * 3 * 4 * 96 * 96
    assert len(attention_payload(grids, language="en")) < 3.0 * values  # float16 in base64 is 2.7 bytes a value


@pytest.mark.parametrize(("language", "negative", "positive"), [("en", "negative", "positive"), ("zh", "消极", "积极")])
def test_a_verdict_names_the_label_of_the_last_word(language: str, negative: str, positive: str) -> None:
    record = classification()
    track = record.track.copy()
    track[-1] = (0.75, 0.25)
    (card,) = json.loads(verdict_payload([replace(record, track=track)], language=language))["cards"]
    assert card["verdict"] == negative
    assert [(bar["label"], bar["text"]) for bar in card["bars"]] == [(negative, "75.0%"), (positive, "25.0%")]


def test_steps_carry_what_was_written_and_what_was_not() -> None:
    sent = json.loads(steps_payload(translation(), language="en"))
    assert sent["target"] == "de"
    assert "-1.2500" in sent["score"]
    first = sent["steps"][0]
    assert (first["token"], first["probability"]) == ("▁Der", "0.500")
    assert [(one["token"], one["probability"], one["written"]) for one in first["candidates"]] == [
        ("▁Der", "0.500", True),
        ("▁Derx", "0.250", False),
        ("<unk>", "0.125", False),
    ]


def test_provenance_names_checkpoint_size_digest_score_and_device() -> None:
    line = " ".join(provenance(source(), language="en"))
    for part in ("sentiment-en-lstm", "1,234,567 parameters", "0123456789ab…", "SST-2 test: 84.1 % accuracy", "cpu"):
        assert part in line
    assert "0123456789abc" not in line
    assert "个参数" in " ".join(provenance(source(), language="zh"))


def test_no_payload_holds_a_tag() -> None:
    record, translated = classification("lstm", HOSTILE), translation(HOSTILE)
    sent = [
        verdict_payload([record], language="en"),
        steps_payload(translated, language="en"),
        attention_payload(translated.attention, language="en"),
        figure_payload(heatmap(translated.attention[2], 0, 0, language="en"), label="<b>", language="en"),
    ]
    for text in sent:
        assert "<" not in text
    assert json.loads(sent[1])["steps"][1]["token"] == "<img src=x onerror=alert(2)>"


def test_a_number_that_json_cannot_carry_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        payload({"probability": float("nan")})


def test_style_sheets_hold_nothing_that_gradio_would_evaluate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from seqdemo.components import resources

    names = sorted(path.name for path in resources.FOLDER.glob("*.css"))
    assert stylesheet(*names)
    monkeypatch.setattr(resources, "FOLDER", tmp_path)
    (resources.FOLDER / "bad.css").write_text("p { content: '${value}'; }", encoding="utf-8")
    with pytest.raises(ValueError, match="evaluates"):
        stylesheet("bad.css")


def test_no_script_writes_html_or_speaks_a_language() -> None:
    from seqdemo.components.resources import FOLDER

    for path in FOLDER.glob("*.js"):
        script = javascript(path.name)
        for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert forbidden not in script, path.name
