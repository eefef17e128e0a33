"""Two processes and twenty visits: each keeps to its own; a process killed costs its visits the answer under way."""

from __future__ import annotations

import http.client
import json
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Browser, Page, expect

from seqdemo.cluster import workers
from seqdemo.cluster.workers import Worker, serve_many
from seqdemo.commands.serving import main
from seqdemo.problems import Problem
from tests.cluster.conftest import House, Visitor, nginx_is_here
from tests.serving.conftest import free_port

pytestmark = [nginx_is_here, pytest.mark.drill]
VISITORS = 20
BOX = "#typed-classify textarea"


def function_of(house: House) -> int:
    config = json.loads(Visitor(house.port, "").send("/config")[1])
    return next(int(one["id"]) for one in config["dependencies"] if one["api_name"] == "classify")


def arrived(house: House, name: str) -> Visitor:
    visitor = Visitor(house.port, name)
    assert visitor.send("/")[0] == 200
    return visitor


def test_a_visit_stays_with_one_process(house: House) -> None:
    function, places = function_of(house), set()
    for number in range(8):
        visitor = arrived(house, f"stays{number}")
        before = [house.questions(place) for place in (1, 2)]
        for _ in range(3):
            assert "stays" in visitor.ask(function, [f"A stays{number} film.", "sentiment-en", "gru"])
        more = [house.questions(place) - then for place, then in zip((1, 2), before, strict=True)]
        assert sorted(more) == [0, 3]
        places.add(more.index(3))
    assert places == {0, 1}


def test_a_program_without_cookies_gets_its_answer(house: House) -> None:
    for number in range(6):
        program = Visitor(house.port, "")
        event = json.loads(
            program.send("/gradio_api/call/classify", {"data": [f"Plain{number} fine.", "sentiment-en", "rnn"]})[1]
        )
        answer = program.send(f"/gradio_api/call/classify/{event['event_id']}")[1]
        assert "event: complete" in answer and f"Plain{number}" in answer


def test_a_process_killed_under_way_costs_its_visits_one_answer_at_most(house: House) -> None:
    """And nobody else anything; it is started again, and all go on."""
    function, stop, begun = function_of(house), threading.Event(), threading.Barrier(VISITORS + 1, timeout=120)

    words: list[list[str]] = [["nothing"] for _ in range(VISITORS)]

    def visit(number: int) -> list[str]:
        visitor, heard = arrived(house, f"drill{number}x"), words[number]
        heard.clear()
        turn = 0
        while turn < 2 or not stop.is_set():
            if turn == 1:
                begun.wait()
            try:
                answer = visitor.ask(function, [f"A mark{number}x film of turn {turn}.", "sentiment-en", "gru"])
                heard.append("right" if f"mark{number}x" in answer else answer)
                assert not [n for n in range(VISITORS) if n != number and f"mark{n}x" in answer]
            except (OSError, http.client.HTTPException) as error:
                heard.append(f"broken {error}")
            turn += 1
            time.sleep(0.3)
        return heard

    with ThreadPoolExecutor(VISITORS) as pool:
        visits = [pool.submit(visit, number) for number in range(VISITORS)]
        begun.wait()
        house.kill(1)
        killed = house.told().count("process 1: pid")
        house.wait_until(lambda: house.told().count("process 1: pid") > killed and house.health(1))
        time.sleep(3)  # nginx asks a process again that it found gone
        house.wait_until(lambda: all(one[-1] == "right" for one in words))
        stop.set()
        heard = [one.result(timeout=240) for one in visits]
    broken = [[word for word in one if word != "right"] for one in heard]
    assert all(one[-1] == "right" for one in heard), broken
    print("broken answers a visit:", [len(one) for one in broken])
    # one when it was killed; where a question was on its way in the moment when it came back, one more
    assert max(len(one) for one in broken) <= 2, broken
    assert sum(1 for one in broken if one) <= VISITORS - 2, "those of the other process noticed it too"


def test_twenty_pages_in_browsers_go_on_where_a_process_was_killed(house: House, browser: Browser) -> None:
    """Each in a browser profile of its own; the unasked text is still in the box, and each sees its own words alone."""
    errors: list[str] = []
    pages = [opened(house, browser, errors) for _ in range(VISITORS)]
    places = []
    for number, page in enumerate(pages):
        before = [house.questions(place) for place in (1, 2)]
        asked(page, f"A warm film{number}x.", number)
        more = [house.questions(place) - then for place, then in zip((1, 2), before, strict=True)]
        assert sorted(more) == [0, 1]
        places.append(more.index(1) + 1)
    assert set(places) == {1, 2}
    for number, page in enumerate(pages):
        page.locator(BOX).fill(f"A clumsy film{number}x.")
    started = house.told().count("process 1: pid")
    house.kill(1)
    stayed = places.index(2)
    asked(pages[stayed], f"A clumsy film{stayed}x.", stayed)  # while the other is away
    house.wait_until(lambda: house.told().count("process 1: pid") > started)
    for number, page in enumerate(pages):
        assert page.locator(BOX).input_value() == f"A clumsy film{number}x."
        asked(page, f"A clumsy film{number}x.", number)
    house.wait_until(lambda: house.health(1))
    assert errors == []
    for page in pages:
        page.context.close()


def opened(house: House, browser: Browser, errors: list[str]) -> Page:
    page = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 720}).new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"http://127.0.0.1:{house.port}/")
    page.locator("#reading .seqdemo-sheet").first.wait_for(timeout=60_000)
    return page


def asked(page: Page, text: str, number: int) -> None:
    """Ask, wait for the answer, and see that it is about this visitor's words and nobody else's."""
    page.locator(BOX).fill(text)
    page.locator(BOX).press("Enter")
    reading = page.locator("#reading")
    expect(reading).to_contain_text(f"film{number}x", timeout=60_000)
    expect(reading).to_contain_text(text.split()[1], timeout=60_000)
    shown = reading.inner_text()
    assert [other for other in range(VISITORS) if f"film{other}x" in shown] == [number]


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--workers", "0"], "must be from 1 to 64"), (["--workers", "2", "--share"], "Leave out --share or --workers")],
)
def test_what_cannot_be_is_told(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(options) == 1
    assert words in capsys.readouterr().err


def test_a_process_that_cannot_start_ends_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first lives, the second ends: one is told, and nothing is left running."""
    commands, made = [["-c", "import time; time.sleep(99)"], ["-c", "raise SystemExit(3)"]], []

    def worker(_: object, port: int) -> Worker:
        made.append(Worker([sys.executable, *commands[len(made)]], port))
        return made[-1]

    monkeypatch.setattr(workers, "_worker", worker)
    monkeypatch.setattr(Worker, "answers", lambda self: "sleep" in self.command[-1])
    with pytest.raises(Problem, match="ended with exit code 3"):
        serve_many([], 2, host="127.0.0.1", port=free_port())
    assert [one.process.poll() for one in made] == [-signal.SIGTERM, 3]


def test_a_process_that_dies_again_and_again_is_started_ever_later(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, said = [100.0], []
    monkeypatch.setattr(workers.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(workers.subprocess, "Popen", lambda *_, **__: Ended())
    one = Worker([], 1, Ended(), began=100.0)
    for _ in range(1200):  # ten minutes
        clock[0] += 0.5
        workers._look_after(one, 1, {}, said.append)
    starts = sum(1 for line in said if "starting it again" in line)
    assert 10 < starts < 30


class Ended:
    pid, returncode = 1, 1

    def poll(self) -> int:
        return 1
