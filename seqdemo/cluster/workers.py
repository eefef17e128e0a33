"""`python app.py --workers N`: N processes of the app behind one nginx; one that dies or hangs is started again.

A process answers as many visitors as one Python can; several use several processors. They share nothing: a visit stays
with its process (seqdemo/cluster/doorman.py). This process only watches. Should it be killed, all end with it
(seqdemo/cluster/tied.py), so that a new start finds the place free.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from seqdemo.cluster.doorman import nginx_config, nginx_here
from seqdemo.problems import Problem
from seqdemo.serving.port import require_free

ROOT = Path(__file__).resolve().parent.parent.parent
WATCH = 0.5  # seconds between two looks
REST = 30.0  # seconds at most before a process that dies again and again is started once more
ASK = 2.0  # seconds between an answer to /health and the next question
PATIENCE = 10.0  # seconds that an answer may take: a process with its hands full is slow, and well
MISSES = 3  # so many answers in a row that did not come: the process hangs
OPENING = 300.0  # seconds that a process may take to its first answer; it opens the models meanwhile


@dataclass
class Worker:
    """One process of the app.

    port: on this machine; began: when it was last started; deaths: in a row, each soon; lifeline: what it reads for
    as long as it may live; heard: whether it has answered since; misses: answers in a row that did not come.
    """

    command: Sequence[str]
    port: int
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    deaths: int = field(default=0)
    lifeline: int = subprocess.DEVNULL
    heard: bool = False
    misses: int = 0

    def start(self, environment: dict[str, str]) -> None:
        # A session of its own: Ctrl-C reaches the watching process alone, which then ends all in order.
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env=environment, stdin=self.lifeline, start_new_session=True
        )
        self.began, self.heard, self.misses = time.monotonic(), False, 0

    def in_words(self, place: int) -> str:
        """For the log, and for who measures or drills."""
        return f"process {place}: pid {self.process.pid if self.process else 0}, port {self.port}"

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError, http.client.HTTPException):
            return False

    def ask(self) -> None:
        """Ask once how it is, and remember."""
        if self.answers():
            self.heard, self.misses = True, 0
        else:
            self.misses += 1

    def hangs(self, now: float) -> bool:
        """Failures are counted, not time: where the whole machine slept, no process is to blame."""
        return self.misses >= MISSES and (self.heard or now - self.began > OPENING)


def _say(line: str) -> None:
    print(f"seqdemo: {line}", flush=True)


def serve_many(options: Sequence[str], number: int, *, host: str, port: int, say: Callable[[str], None] = _say) -> int:
    """Run `number` processes with `options` of `python -m seqdemo serve` until interrupted; an exit code.

    Raises Problem where nginx is missing, the port is taken, or a process cannot start at all.
    """
    nginx = nginx_here()
    require_free(host, port)
    environment = {**os.environ}
    with ExitStack() as ending:
        lifeline = _lifeline(ending)
        workers = [_worker(options, free) for free in _free_ports(number)]
        ending.callback(_end, workers)
        old = signal.signal(signal.SIGTERM, _interrupt)
        ending.callback(signal.signal, signal.SIGTERM, old)
        try:
            for place, worker in enumerate(workers, start=1):
                worker.lifeline = lifeline
                worker.start(environment)
                say(worker.in_words(place))
            for worker in workers:
                _wait_for(worker)
            folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="seqdemo-")))
            folder.chmod(0o711)  # started by root, nginx reads on as another user
            config = folder / "nginx.conf"
            text = nginx_config([worker.port for worker in workers], host=host, port=port, folder=folder)
            config.write_text(text, encoding="utf-8")
            command = [nginx, "-p", str(folder), "-e", "stderr", "-c", str(config)]
            tied = [sys.executable, "-m", "seqdemo.cluster.tied", str(folder), *command]
            door = subprocess.Popen(tied, cwd=ROOT, stdin=lifeline, start_new_session=True)
            ending.callback(_end_group, door)
            say(f"{number} processes behind nginx: http://{host}:{port}")
            ended = threading.Event()
            ending.callback(ended.set)
            for worker in workers:
                threading.Thread(target=_keep_asking, args=(worker, ended), daemon=True).start()
            while door.poll() is None:
                time.sleep(WATCH)
                for place, worker in enumerate(workers, start=1):
                    _look_after(worker, place, environment, say)
        except KeyboardInterrupt:
            return 0
        say(f"nginx ended with {door.returncode}; all processes are ended")
        return 1


def _lifeline(ending: ExitStack) -> int:
    """The reading end of a pipe that nobody writes to. It ends when this process does, since it alone has the other."""
    reading, writing = os.pipe()
    ending.callback(os.close, reading)
    ending.callback(os.close, writing)
    return reading


def _worker(options: Sequence[str], port: int) -> Worker:
    place = ["--host", "127.0.0.1", "--port", str(port)]
    return Worker([sys.executable, "-m", "seqdemo.commands.tied", *options, *place], port)


def _keep_asking(worker: Worker, ended: threading.Event) -> None:
    while not ended.wait(ASK):
        worker.ask()


def _look_after(worker: Worker, place: int, environment: dict[str, str], say: Callable[[str], None]) -> None:
    """End a process that hangs; start one that ended: at once, and ever later where it dies again and again."""
    process, now = worker.process, time.monotonic()
    if process is None:
        return
    if process.poll() is None:
        if worker.hangs(now):
            worker.misses = 0
            say(f"process {place} has left {MISSES} questions for /health without an answer; ending it")
            process.kill()  # one that is stopped hears nothing milder
        return
    if worker.began + min(REST, 2.0**worker.deaths) > now and worker.deaths:
        return
    worker.deaths = worker.deaths + 1 if now - worker.began < 2 * REST else 1
    say(f"process {place} ended with {process.returncode}; starting it again")
    worker.start(environment)
    say(worker.in_words(place))


def _wait_for(worker: Worker) -> None:
    """Until it answers. Raises Problem where it ends instead; what it said stands on stderr."""
    assert worker.process is not None
    while not worker.answers():
        if worker.process.poll() is not None:
            raise Problem("process_ended", status=worker.process.returncode)
        time.sleep(0.2)


def _free_ports(number: int) -> list[int]:
    """Held together while they are drawn, so that none is drawn twice."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _end(workers: Sequence[Worker]) -> None:
    for worker in workers:
        if worker.process is not None:
            _end_process(worker.process)


def _end_process(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
    process.wait()


def _end_group(door: subprocess.Popen[bytes]) -> None:
    """nginx is a child of `door` and in its group, which goes on where somebody killed `door` alone."""
    _end_process(door)
    with suppress(ProcessLookupError):
        os.killpg(door.pid, signal.SIGKILL)
