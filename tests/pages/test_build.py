"""The page is a function of the lab: it offers what the lab can do, and every view of the table draws."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from seqdemo.lab import open_lab
from seqdemo.pages.app import build_page
from seqdemo.pages.views import VIEWS, View
from seqdemo.pages.words import Words

CHECKPOINTS = Path(__file__).resolve().parents[2] / "checkpoints"


@pytest.mark.parametrize(
    ("names", "tabs"),
    [
        (["sentiment-en-gru"], ["classify", "lessons", "about"]),
        (["en-de-transformer"], ["translate", "lessons", "about"]),
    ],
)
def test_a_page_has_a_tab_for_what_its_lab_can_do(tmp_path: Path, names: list[str], tabs: list[str]) -> None:
    for name in names:
        shutil.copytree(CHECKPOINTS / name, tmp_path / name)
    page = build_page(open_lab(tmp_path, "cpu"))
    assert [block.id for block in page.blocks.values() if block.get_block_name() == "tabitem"] == tabs


def test_a_task_without_words_of_its_own_is_left_to_programs(tmp_path: Path) -> None:
    for name in ("sentiment-en-gru", "en-de-transformer"):
        shutil.copytree(CHECKPOINTS / name, tmp_path / name)
    path = tmp_path / "sentiment-en-gru" / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(config | {"serves": "mood-en"}), encoding="utf-8")
    lab = open_lab(tmp_path, "cpu")
    page = build_page(lab)
    assert [block.id for block in page.blocks.values() if block.get_block_name() == "tabitem"] == [
        "translate",
        "lessons",
        "about",
    ]
    assert lab.classify("A fine film.", "mood-en")[0].label == "positive"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_view_draws_every_record_that_has_what_it_needs(view: View, language: str) -> None:
    records = open_lab(CHECKPOINTS, "cpu").classify("A fine film, not a dull one.", "sentiment-en")
    able = view.able(records)
    assert able
    for chosen in (able, *((record,) for record in able)):
        payload = view.payload(chosen, language=language)
        assert len(payload) < 200_000
        json.loads(payload)


def test_a_view_is_not_offered_for_what_a_record_lacks() -> None:
    records = open_lab(CHECKPOINTS, "cpu").classify("A fine film.", "sentiment-en")
    offered = {view.name: {record.source.model for record in records if view.needs(record)} for view in VIEWS}
    assert offered["attention"] == {"attention", "bilstm-attention"}
    assert "attention" not in offered["gates"]
    assert offered["planes"] == {"rnn", "lstm", "gru", "attention", "bilstm-attention"}


def test_words_follow_the_language() -> None:
    import gradio as gr

    with gr.Blocks():
        words = Words()
        words.add(gr.Textbox(), label="page.translate.text.en-de")
    assert words.updates("zh")[0]["label"] == "一句图片说明或日常英文"
    assert words.updates("en")[0]["label"] == "A caption or an everyday sentence, in English"
