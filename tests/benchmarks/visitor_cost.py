"""What does a visitor cost the server? Processor time, memory and bytes; and what that means for a course.

    python -m tests.benchmarks.visitor_cost            # measures, about two minutes, and prints the plan
    python -m tests.benchmarks.visitor_cost --write    # also assets/hosting/cost.json and the tables of planning.md
    python -m tests.benchmarks.visitor_cost --fill     # the tables again from cost.json, measuring nothing

Processor time is that of the server's process, so other programs on the machine disturb it little. Questions come from
--at-once visitors at the same time, who share runs as a class does.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import platform
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.load import (
    ROOT,
    TEXTS,
    Form,
    Seen,
    ask,
    fetch_plain,
    forms_of,
    free_port,
    memory,
    open_page,
    processor_seconds,
    server,
)

COST = ROOT / "assets" / "hosting" / "cost.json"
PAGE = ROOT / "assets" / "hosting" / "planning.md"
BEGIN, END = "<!-- plan: made by python -m tests.benchmarks.visitor_cost -->", "<!-- end of the plan -->"
PAGES, QUESTIONS = 20, 10
# What the plan assumes; whoever plans another course changes these and says --fill.
CROWDS = (100, 1_000, 10_000)  # visitors with the page open at the same time
THINK = 30.0  # seconds between two questions of a visitor
TRANSLATES = 0.3  # of the questions
ARRIVE = 300.0  # seconds within which all open the page
BUSY = 0.6  # of a processor that may be in use, so that waits stay short
STREAMS = 2  # connections of nginx that a visit holds
CONNECTIONS = 8192  # that one nginx has (assets/hosting/nginx.conf)


def load_form(config: dict[str, Any]) -> Form:
    """The handler that runs when a page is opened, with what stands in its inputs at first."""
    parts = {one["id"]: one for one in config["components"]}
    for event in config["dependencies"]:
        if any(kind == "load" for _, kind in event["targets"]) and event["backend_fn"]:
            data = [None if parts[one]["type"] == "state" else parts[one]["props"].get("value")
                    for one in event["inputs"]]  # fmt: skip
            return Form(int(event["id"]), data, 0)
    raise SystemExit("the page has no handler that runs when it is opened")


def at_once(port: int, form: Form, visitors: int, label: str) -> Seen:
    """So many visitors, each a session of its own, QUESTIONS each."""
    seen = Seen()

    def visit(number: int) -> None:
        for turn in range(QUESTIONS):
            ask(port, form, TEXTS[(number + turn) % len(TEXTS)], f"{label}{number}x{os.getpid()}", seen)

    threads = [threading.Thread(target=visit, args=(number,)) for number in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if seen.errors:
        raise SystemExit(f"a question failed: {seen.errors[0]}")
    return seen


def of_models(checkpoints: str | None) -> dict[str, float]:
    """Processor seconds of a question in the networks alone, and the memory of a process that holds them."""
    import torch

    from seqdemo.lab import open_lab

    torch.set_num_threads(1)
    before = memory(os.getpid())
    lab = open_lab(Path(checkpoints or ROOT / "checkpoints"), "cpu")
    asked: dict[str, Callable[[str], Any]] = {
        "classify": lambda text: lab.classify(text, "sentiment-en"),
        "translate": lambda text: lab.translate_passage(text, "en-de", next(iter(lab.pairs()["en-de"]))),
    }
    found = {}
    for name, work in asked.items():
        work(TEXTS[0])
        begin = time.process_time()
        for turn in range(QUESTIONS * 2):
            work(TEXTS[turn % len(TEXTS)])
        found[f"{name}_models"] = (time.process_time() - begin) / (QUESTIONS * 2)
    return {**found, "memory_models": memory(os.getpid()) - before}


def measure(visitors: int, checkpoints: str | None) -> dict[str, Any]:
    """Everything of cost.json. Seconds of one processor, MB of memory, bytes."""
    port = free_port()
    line = [sys.executable, "app.py", "--port", str(port), "--device", "cpu"]
    line += ["--checkpoints", checkpoints] if checkpoints else []
    found: dict[str, float] = {}
    with server(line, port) as pid:
        config = json.loads(fetch_plain(port, "/config"))
        classify, translate = forms_of(config)[:2]
        opens = load_form(config)
        seen = Seen()
        for form in (classify, translate):  # the first ones import and allocate
            at_once(port, form, 2, "warm")
        open_page(port, seen)
        seen = Seen()
        held, begin = memory(pid), processor_seconds(pid)
        for number in range(PAGES):
            open_page(port, seen)
            fetch_plain(port, "/config")
            ask(port, opens, "", f"opens{number}x{os.getpid()}", seen)
        found["page"] = (processor_seconds(pid) - begin) / PAGES
        found["page_bytes"] = seen.bytes / PAGES
        for name, form in (("classify", classify), ("translate", translate)):
            begin = processor_seconds(pid)
            told = at_once(port, form, visitors, name)
            found[name] = (processor_seconds(pid) - begin) / len(told.waits)
            found[f"{name}_bytes"] = told.told / len(told.waits)
        found["memory"] = held
        found["memory_visit"] = max(0.0, memory(pid) - held) / (PAGES + 2 * visitors)
    found |= of_models(checkpoints)
    return {
        "command": f"python -m tests.benchmarks.visitor_cost --at-once {visitors} --write",
        "date": datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        "machine": f"{processor_name()}, {os.cpu_count()} processors, Python {platform.python_version()}",
        "at_once": visitors,
        **{name: round(value, 4) for name, value in found.items()},
    }


def processor_name() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def plan(cost: dict[str, Any]) -> str:
    """The tables of planning.md, with the arithmetic."""
    page, classify, translate = cost["page"], cost["classify"], cost["translate"]
    models = {name: min(cost[f"{name}_models"], cost[name]) for name in ("classify", "translate")}
    mixed = (1 - TRANSLATES) * classify + TRANSLATES * translate
    alone = mixed - (1 - TRANSLATES) * models["classify"] - TRANSLATES * models["translate"]
    size = (1 - TRANSLATES) * cost["classify_bytes"] + TRANSLATES * cost["translate_bytes"]
    lines = [
        f"Measured on {cost['date']} ({cost['machine']}) by `{cost['command']}`, {cost['at_once']} visitors at once:",
        "",
        "| what | processor seconds | of these the networks, asked alone | bytes |",
        "|---|---:|---:|---:|",
        f"| a first visit | {page:.3f} | - | {cost['page_bytes']:,.0f} |",
        f"| a question to all classifiers of a task | {classify:.3f} | {models['classify']:.3f} "
        f"| {cost['classify_bytes']:,.0f} |",
        f"| a translation | {translate:.3f} | {models['translate']:.3f} | {cost['translate_bytes']:,.0f} |",
        "",
        f"A process of the app holds {cost['memory']:.0f} MB, and {cost['memory_visit']:.2f} MB more for each visit "
        f"(at most: what the allocator keeps is in it); "
        f"the networks of a replica {cost['memory_models']:.0f} MB beside Python and torch.",
        "",
        f"A visitor asks every {THINK:.0f} s, {TRANSLATES:.0%} of it translations, so a question costs "
        f"{1 - TRANSLATES:.1f} x {classify:.3f} + {TRANSLATES:.1f} x {translate:.3f} = {mixed:.3f} s; without the "
        f"networks {alone:.3f} s. All open the page within {ARRIVE / 60:.0f} minutes. Processors are planned to be "
        f"{BUSY:.0%} busy.",
        "",
        "| visitors at once | questions a second | first visits a second | processors: N / "
        f"{THINK:.0f} x {mixed:.3f} + N / {ARRIVE:.0f} x {page:.3f}, over {BUSY} | processes of the app | their memory "
        "| Mbit a second | nginx connections |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for crowd in CROWDS:
        rate, arriving = crowd / THINK, crowd / ARRIVE
        processors = (rate * mixed + arriving * page) / BUSY
        processes = math.ceil(processors)
        held = (processes * cost["memory"] + crowd * cost["memory_visit"]) / 1000
        bits = 8 * (rate * size + arriving * cost["page_bytes"]) / 1e6
        lines.append(
            f"| {crowd:,} | {rate:.1f} | {arriving:.1f} | {processors:.1f} | {processes} | {held:.1f} GB | {bits:.0f} "
            f"| {crowd * STREAMS:,} of {CONNECTIONS:,} |"
        )
    lines += [
        "",
        "With the models on Ray Serve the same load parts into:",
        "",
        "| visitors at once | processes of the app | replicas that read | replicas that translate |",
        "|---:|---:|---:|---:|",
    ]
    for crowd in CROWDS:
        rate = crowd / THINK
        parts = (
            rate * alone + crowd / ARRIVE * page,
            rate * (1 - TRANSLATES) * models["classify"],
            rate * TRANSLATES * models["translate"],
        )
        counts = [max(1, math.ceil(one / BUSY)) for one in parts]
        lines.append(f"| {crowd:,} | {counts[0]} | {counts[1]} | {counts[2]} |")
    return "\n".join(lines)


def filled(text: str, cost: dict[str, Any]) -> str:
    """planning.md with its tables made anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{plan(cost)}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    command = argparse.ArgumentParser(description="What does a visitor cost the server?")
    command.add_argument("--at-once", type=int, default=8, help="visitors who ask at the same time")
    command.add_argument("--checkpoints", help="folder of checkpoints (default: the app's)")
    command.add_argument("--write", action="store_true", help="write cost.json and the tables of planning.md")
    command.add_argument("--fill", action="store_true", help="the tables from cost.json, without measuring")
    chosen = command.parse_args()
    if not 0 < chosen.at_once <= 50:
        raise SystemExit("from 1 to 50 at once")
    known = chosen.fill
    cost = json.loads(COST.read_text(encoding="utf-8")) if known else measure(chosen.at_once, chosen.checkpoints)
    if chosen.write:
        COST.write_text(json.dumps(cost, indent=1) + "\n", encoding="utf-8")
    if chosen.write or chosen.fill:
        PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), cost), encoding="utf-8")
    print(plan(cost))


if __name__ == "__main__":
    main()
