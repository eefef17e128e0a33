"""Two processes and twenty visits: each keeps to its own; a process killed costs its visits the answer under way."""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from seqdemo.cluster import workers
from seqdemo.cluster.workers import Worker, serve_many
from seqdemo.commands.serving import main
from seqdemo.problems import Problem
from tests.cluster.conftest import House, Visitor, housed, nginx_is_here, running
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


@pytest.mark.parametrize(
    ("said", "root"),
    [
        ({}, "http://{here}"),
        ({"X-Forwarded-Proto": "https", "Host": "course.example"}, "https://course.example"),
        ({"X-Forwarded-Host": "evil.example"}, "http://{here}"),
        ({"X-Gradio-Server": "http://evil.example"}, "http://{here}"),
    ],
)
def test_the_page_links_to_where_the_visitor_is(house: House, said: dict[str, str], root: str) -> None:
    """Behind a proxy with https a page whose links begin with http is dead: the browser blocks them."""
    for path in ("/config", "/"):
        status, text = Visitor(house.port, "").send(path, headers=said)
        told = root.format(here=f"127.0.0.1:{house.port}")
        assert status == 200 and f'"root":"{told}"' in text.replace('"root": ', '"root":')
        assert "evil.example" not in text


def test_a_process_that_hangs_is_noticed_and_started_again(house: House) -> None:
    """Stopped, it neither ends nor answers. The other's visits go on, its own do after a while."""
    function, visits = function_of(house), {}
    while set(visits) != {1, 2}:
        visitor = arrived(house, f"hung{len(visits)}at{time.monotonic():.3f}")
        before = [house.questions(place) for place in (1, 2)]
        visitor.ask(function, ["A fine film.", "sentiment-en", "gru"])
        more = [house.questions(place) - then for place, then in zip((1, 2), before, strict=True)]
        visits[more.index(1) + 1] = visitor
    hung, begin = house.pid(1), time.monotonic()
    os.kill(hung, signal.SIGSTOP)
    while house.pid(1) == hung:
        assert "lively" in visits[2].ask(function, ["A lively film.", "sentiment-en", "gru"])
        assert time.monotonic() - begin < 120, house.told()
        time.sleep(1)
    print(f"noticed after {time.monotonic() - begin:.0f} s")
    assert time.monotonic() - begin > 20, "a busy process must not be taken for one that hangs"
    assert "process 1 has left 3 questions for /health without an answer" in house.told()
    house.wait_until(lambda: house.health(1))
    time.sleep(3)  # nginx asks a process again that it found gone
    assert "fine" in visits[1].ask(function, ["A fine film.", "sentiment-en", "gru"])
    assert house.pid(2) in house.family() and hung not in house.family()


def test_where_the_watching_process_is_killed_all_end_and_a_new_start_succeeds(few: Path, tmp_path: Path) -> None:
    port = free_port()
    with housed(few, tmp_path, port) as house:
        family = house.family()
        assert len(family) >= 5, "two of the app, nginx, its worker, and who looks after it"
        assert len(list((tmp_path / "temporary").glob("seqdemo-*"))) == 1
        house.process.kill()
        house.process.wait(30)
        deadline = time.monotonic() + 15
        while alive(family) or list((tmp_path / "temporary").glob("seqdemo-*")):
            assert time.monotonic() < deadline, alive(family)
            time.sleep(0.1)
    with housed(few, tmp_path, port) as again:
        assert "fine" in arrived(again, "new").ask(function_of(again), ["A fine film.", "sentiment-en", "gru"])


def test_where_the_process_around_nginx_is_killed_nginx_goes_too(few: Path, tmp_path: Path) -> None:
    with housed(few, tmp_path, free_port()) as house:
        family = house.family()
        around = next(one for one in family if "seqdemo.cluster.tied" in Path(f"/proc/{one}/cmdline").read_text())
        os.kill(around, signal.SIGKILL)
        assert house.process.wait(60) == 1
        assert "nginx ended with -9; all processes are ended" in house.told()
        assert alive(family) == []


def alive(processes: list[int]) -> list[int]:
    states = running()
    return [one for one in processes if states.get(one, ("Z", 0))[0] != "Z"]


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
