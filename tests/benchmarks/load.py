"""How many visitors at once, and how long do they wait? Raw HTTP and event streams, on this machine only.

    python -m tests.benchmarks.load --visitors 1,30,100 --seconds 20
    python -m tests.benchmarks.load --visitors 30 --together 3

Starts `python app.py` in a process of its own, and a Gradio app whose one event does nothing, to compare with: the two
take turns. A visitor opens the page, then asks as the page asks (the handler behind the first text box, now and then
the second's), thinks, and asks again. --together: all press at the same moment, so many rounds. Prints events a
second, median and 95th percentile in seconds, errors (a question that was answered by a problem is one), the server's
memory in MB, how many texts shared a run, and what share of the trivial app's events a second the app has.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
TEXTS = (
    "A warm, funny, engaging film.",
    "The plot is thin, but the acting is wonderful.",
    "It is not a bad film, and not a good one either; I would not see it twice.",
    "A man in a red shirt is riding a bicycle.",
    "Two dogs run along the beach while a child watches them from the sand.",
)
TRIVIAL = """
import gradio as gr
with gr.Blocks() as page:
    box, answer = gr.Textbox("x"), gr.Textbox()
    box.submit(lambda text: text, box, answer, concurrency_limit=16)
page.queue()
page.launch(server_port=PORT, quiet=True, run_history=False, ssr_mode=False)
"""
MOST_SECONDS, MOST_VISITORS = 3700, 200


class Form(NamedTuple):
    """A text box of the page and the handler behind it. data: its inputs, text: which of them is the text."""

    function: int
    data: list[Any]
    text: int


@dataclass
class Seen:
    """What the visitors of one run saw. waits: seconds of each answered question; pages: of each opened page.

    bytes: of pages with their files; told: of answers.
    """

    waits: list[float] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    bytes: int = 0
    told: int = 0


def forms_of(config: dict[str, Any]) -> list[Form]:
    """The handlers that Enter in a text box starts, with what stands in the page's inputs at first."""
    parts = {one["id"]: one for one in config["components"]}
    forms = []
    for event in config["dependencies"]:
        if any(kind == "submit" for _, kind in event["targets"]) and event["backend_fn"]:
            kinds = [parts[number]["type"] for number in event["inputs"]]
            data = [None if kind == "state" else parts[number]["props"].get("value")
                    for number, kind in zip(event["inputs"], kinds, strict=True)]  # fmt: skip
            forms.append(Form(int(event["id"]), data, kinds.index("textbox")))
    return forms


def fetch(port: int, path: str, body: Any = None, *, cookie: str = "", seconds: float = 60) -> tuple[int, bytes]:
    """One request to this machine -> status and body."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        data = None if body is None else json.dumps(body)
        head = {"Content-Type": "application/json", "Accept-Encoding": "br, gzip"}
        head |= {"Cookie": cookie} if cookie else {}
        line.request("GET" if body is None else "POST", path, data, head)
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def open_page(port: int, seen: Seen) -> str:
    """The page and every script and style that it names, as a browser without a cache does -> its cookie."""
    begin = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", "/")
    answer = line.getresponse()
    cookie, page = (answer.getheader("Set-Cookie") or "").partition(";")[0], answer.read()
    paths = set(re.findall(rb'(?:src|href)="(\.?/[^"]+\.(?:js|css))"', page))
    for path in sorted(paths):
        line.request("GET", "/" + path.decode().lstrip("./"), headers={"Accept-Encoding": "br"})
        page += line.getresponse().read()
    line.close()
    seen.bytes += len(page)
    seen.pages.append(time.perf_counter() - begin)
    return cookie


def ask(port: int, form: Form, text: str, session: str, seen: Seen, cookie: str = "") -> None:
    """One question as the page asks it; its wait is from pressing until the answer is there."""
    data = list(form.data)
    data[form.text] = text
    begin = time.perf_counter()
    try:
        status, body = fetch(port, "/gradio_api/queue/join", {"data": data, "fn_index": form.function,
                                                              "session_hash": session}, cookie=cookie)  # fmt: skip
        if status != 200:
            seen.errors.append(f"{status} {body[:80]!r}")
            return
        status, body = fetch(port, f"/gradio_api/queue/data?session_hash={session}", cookie=cookie)
        done = [line[6:] for line in body.decode().splitlines() if line.startswith('data: {"msg":"process_completed"')]
        seen.told += len(body)
        wrong = "no answer" if not done else problem_of(beginning(done[-1]))
        if wrong:
            seen.errors.append(wrong[:80])
            return
        seen.waits.append(time.perf_counter() - begin)
    except (OSError, http.client.HTTPException) as error:
        seen.errors.append(type(error).__name__)


def beginning(line: str) -> dict[str, Any]:
    """A message with the first of its outputs only: a visitor's browser, not this machine, reads the rest."""
    place = line.find('"data":[')
    if place < 0 or '"success":true' not in line[-200:]:
        return dict(json.loads(line))
    first, _ = json.JSONDecoder().raw_decode(line, place + len('"data":['))
    return {"success": True, "output": {"data": [first]}}


def problem_of(message: dict[str, Any]) -> str:
    """What was told instead of an answer; "" where there is one. The page's first output is its message."""
    if not message["success"]:
        return str(message.get("output")) or "failed"
    first = (message["output"].get("data") or [""])[0]
    try:
        told = json.loads(first) if isinstance(first, str) else {}
    except ValueError:  # the trivial app's text
        return ""
    return str(told.get("problem", "")) if isinstance(told, dict) else ""


def visit(port: int, number: int, forms: Sequence[Form], seen: Seen, until: float, think: float, rounds: Any) -> None:
    """One visitor. rounds: (how many, a barrier that all press at), or None: to think and ask until `until`."""
    draw, session = random.Random(number), f"load{number}x{os.getpid()}"
    cookie = ""
    try:
        cookie = open_page(port, seen)
    except (OSError, http.client.HTTPException) as error:
        seen.errors.append(f"page: {type(error).__name__}")
    turn = 0
    while turn < rounds[0] if rounds else time.perf_counter() < until:
        if rounds:
            rounds[1].wait()
        else:
            time.sleep(draw.uniform(0.5, 1.5) * think)
        form = forms[0] if len(forms) < 2 or draw.random() < 0.7 else forms[1]
        ask(port, form, draw.choice(TEXTS), session, seen, cookie)
        turn += 1


def run(port: int, visitors: int, seconds: float, think: float, rounds: int) -> tuple[Seen, float]:
    """All visitors, each a thread -> what they saw, and how long it took."""
    forms = forms_of(json.loads(fetch_plain(port, "/config")))
    seen, together = Seen(), (rounds, threading.Barrier(visitors)) if rounds else None
    begin = time.perf_counter()
    threads = [
        threading.Thread(target=visit, args=(port, number, forms, seen, begin + seconds, think, together))
        for number in range(visitors)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen, time.perf_counter() - begin


def fetch_plain(port: int, path: str) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("GET", path)
    text = line.getresponse().read().decode()
    line.close()
    return text


@contextmanager
def server(command: Sequence[str], port: int) -> Iterator[int]:
    """A process that answers at /config; ended when done -> its id."""
    environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
    try:
        for _ in range(600):
            try:
                fetch_plain(port, "/config")
                break
            except OSError:
                if process.poll() is not None:
                    raise SystemExit(f"{command} ended with {process.returncode}") from None
                time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def memory(pid: int) -> float:
    """Resident, in MB, of the process and its children."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6 + sum(memory(int(child)) for child in children)


def processor_seconds(pid: int) -> float:
    """What the process has used so far, with its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(int(child)) for child in children)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def batch_mean(port: int) -> str:
    if "seqdemo_batch" not in (told := fetch_plain(port, "/metrics")):
        return "-"  # several processes: each counts for itself
    found = dict(re.findall(r"^seqdemo_batch_size_(sum|count) (\S+)$", told, re.MULTILINE))
    return f"{float(found['sum']) / float(found['count']):.2f}" if float(found.get("count", 0)) else "-"


def main() -> None:
    command = argparse.ArgumentParser(description="How many visitors at once, and how long do they wait?")
    command.add_argument("--visitors", default="1,30,100", help="numbers of visitors, parted by commas")
    command.add_argument("--seconds", type=float, default=20)
    command.add_argument("--think", type=float, default=2.0, help="mean seconds between two questions of a visitor")
    command.add_argument("--together", type=int, default=0, metavar="ROUNDS", help="press at the same moment instead")
    command.add_argument("--workers", type=int, default=1, help="processes of the app, behind nginx where several")
    command.add_argument("--checkpoints", help="folder of checkpoints (default: the app's)")
    chosen = command.parse_args()
    numbers = [int(number) for number in chosen.visitors.split(",")]
    if not (0 < max(numbers) <= MOST_VISITORS and 0 < chosen.seconds <= MOST_SECONDS):
        raise SystemExit(f"at most {MOST_VISITORS} visitors and {MOST_SECONDS} seconds")
    app, trivial = free_port(), free_port()
    line = [sys.executable, "app.py", "--port", str(app), "--device", "cpu"]
    line += ["--checkpoints", chosen.checkpoints] if chosen.checkpoints else []
    line += ["--workers", str(chosen.workers)] if chosen.workers > 1 else []
    print("server   visitors  events  events/s    p50    p95  page p95  MB a page  errors    MB  batch")
    idle = [sys.executable, "-c", TRIVIAL.replace("PORT", str(trivial))]
    with server(line, app) as ours, server(idle, trivial) as theirs:
        for number in numbers:
            rates = []
            for name, port, pid in (("seqdemo", app, ours), ("trivial", trivial, theirs)):
                seen, took = run(port, number, chosen.seconds, chosen.think, chosen.together)
                rates.append(len(seen.waits) / took)
                print(
                    f"{name:8} {number:8} {len(seen.waits):7} {len(seen.waits) / took:9.1f} "
                    f"{percentile(seen.waits, 0.5):6.2f} {percentile(seen.waits, 0.95):6.2f} "
                    f"{percentile(seen.pages, 0.95):9.2f} {seen.bytes / 1e6 / number:10.2f} {len(seen.errors):7} "
                    f"{memory(pid):5.0f} {batch_mean(port) if name == 'seqdemo' else '-':>6}",
                    flush=True,
                )
                for words_of_error in sorted(set(seen.errors))[:3]:
                    print(f"         {words_of_error}")
            print(f"         {rates[0] / max(rates[1], 1e-9):.0%} of the trivial app's events a second", flush=True)


if __name__ == "__main__":
    main()
