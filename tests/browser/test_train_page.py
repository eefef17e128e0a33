"""The training page as a visitor meets it: train, look on, use, take home; bring a table; close the tab."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from seqdemo.bench.visits import Bench

SLOW = 240_000  # ms: a worker behind everything else on a busy machine


def start(page: Page, **settings: Any) -> None:
    page.locator("#train-start").wait_for(timeout=60_000)
    page.locator("#train-start").click()


def test_from_start_to_a_verdict_and_a_folder(fresh: Any, tmp_path: Path) -> None:
    page = fresh("?tab=train&train=gru&sample=requests-en&width=32&epochs=12&seed=3")
    expect(page.locator("#train-epochs input")).to_have_value("12", timeout=60_000)
    start(page)
    expect(page.locator("#train-stop")).to_be_enabled(timeout=SLOW)
    expect(page.locator("#training")).to_contain_text(re.compile(r"step \d+ of \d+; about"), timeout=SLOW)
    expect(page.locator("#training svg")).to_have_count(2)
    expect(page.locator("#training .seqdemo-test")).to_contain_text("rows that it never saw", timeout=SLOW)
    said = page.locator("#training .seqdemo-test").inner_text()
    right, majority = (float(number) for number in re.findall(r"([\d.]+)%", said))
    assert right > majority + 25

    with page.expect_download() as downloaded:
        page.locator("#train-keep").click()
    downloaded.value.save_as(tmp_path / "own.zip")
    assert "own-en-gru/model.safetensors" in ZipFile(tmp_path / "own.zip").namelist()

    page.locator("#train-useClassify").click()
    expect(page.locator(".tab-wrapper").get_by_role("tab", selected=True)).to_have_text("Classify")
    expect(page.locator("#reading .seqdemo-model")).to_have_count(1)
    expect(page.locator("#task input")).to_have_value("Trained here, in this visit")
    page.locator(".ask textarea").first.fill("Will it snow in Madrid tomorrow?")
    page.locator(".ask textarea").first.press("Enter")
    expect(page.locator("#reading")).to_contain_text("weather")

    page.locator("#language label").nth(1).click()
    expect(page.locator("#task input")).to_have_value("本次访问中训练的模型")
    expect(page.locator("#reading")).to_contain_text("天气")
    assert page.complaints == []


@pytest.mark.drill
def test_what_one_visitor_trains_no_other_sees(fresh: Any, bench: Bench) -> None:
    one, other = fresh("?tab=train&train=rnn&width=32&epochs=1"), fresh("?tab=train")
    expect(one.locator("#train-epochs input")).to_have_value("1", timeout=60_000)
    start(one)
    expect(one.locator("#train-useClassify")).to_be_visible(timeout=SLOW)
    expect(other.locator("#training")).to_contain_text("Nothing is being trained yet.")
    other.get_by_role("tab", name="Classify").click()
    other.locator("#task input").click()
    expect(other.get_by_role("option")).not_to_have_count(0)
    assert "Trained here, in this visit" not in other.get_by_role("option").all_inner_texts()


@pytest.mark.drill
def test_pause_stop_and_a_closed_tab(fresh: Any, bench: Bench) -> None:
    page = fresh("?tab=train&train=lstm&width=128&epochs=60")
    expect(page.locator("#train-epochs input")).to_have_value("60", timeout=60_000)
    start(page)
    pause = page.locator("#train-pause")
    expect(pause).to_be_enabled(timeout=SLOW)
    pause.click()
    expect(page.locator("#training")).to_contain_text("Paused at step", timeout=SLOW)
    expect(pause).to_have_text("Go on")
    pause.click()
    expect(page.locator("#training")).to_contain_text("left.", timeout=SLOW)
    processes = [one.process for one in bench.running]
    assert processes
    page.close()
    end = time.monotonic() + 60
    while bench.running:
        assert time.monotonic() < end, "the training outlived its tab"
        time.sleep(0.2)
    assert all(process is not None and process.poll() is not None for process in processes)


def test_a_table_is_brought_told_and_forgotten(fresh: Any, bench: Bench) -> None:
    page = fresh("?tab=train")
    page.locator("#bring input").wait_for(timeout=60_000)
    rows = ["text,label", *(f"the {word} number {n},{word}" for n in range(20) for word in ("<b>up</b>", "=1+1"))]
    data = "\n".join([*rows, ",empty"]).encode()
    page.locator("#bring input").set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": data})
    expect(page.locator("#bring .told")).to_contain_text("2 classes (<b>up</b>, =1+1); 28 rows to learn from")
    expect(page.locator("#train-message .notices")).to_contain_text("1 rows were left out: a cell was empty")
    expect(page.locator("#train-data input")).to_have_value("Your own table")
    page.locator("#bring .forget").click()
    expect(page.locator("#bring .told")).to_be_empty()
    expect(page.locator("#train-data input")).to_have_value("Requests to an assistant, English")
    assert page.complaints == []


@pytest.mark.parametrize(
    ("data", "locale", "words"),
    [
        (b"text,label\n" + b"a,b\n" * 30, "en-US", "Only one class came"),
        ("文本,标签\n好,坏\n".encode("gb18030"), "zh-CN", "文件不是 UTF-8 编码"),
        (b"what,label\na,b\n", "en-US", "The first line names the columns what, label"),
        (b"text,label\n" + b"".join(b"a%d,b\n" % n for n in range(100_000)), "en-US", "has 100000 rows"),
        (b"x" * 2_000_001, "zh-CN", "最多接受 2 MB"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(fresh: Any, data: bytes, locale: str, words: str) -> None:
    page = fresh("?tab=train", locale=locale)
    page.locator("#bring input").wait_for(timeout=60_000)
    page.wait_for_timeout(1000)  # the greeting in the visitor's language redraws the page
    page.locator("#bring input").set_input_files({"name": "mine.csv", "mimeType": "text/csv", "buffer": data})
    expect(page.locator("#train-message .problem")).to_contain_text(words)
    assert page.complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_its_window(fresh: Any, width: int) -> None:
    page = fresh("?tab=train")
    page.locator("#train-start").wait_for(timeout=60_000)
    page.set_viewport_size({"width": width, "height": 800})
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tabs = [box.bounding_box() for box in page.get_by_role("tab").all() if box.is_visible()]
    assert len(tabs) == 5 and len({round(box["y"]) for box in tabs if box}) == 1, "five tabs in one row"
