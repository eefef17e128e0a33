"""What one server takes, in one place; the page's "Models" tab states it, and a test holds both together.

How much of a text is read stands in seqdemo/text/limits.py, which the lab enforces.
"""

from __future__ import annotations

from seqdemo.text import limits

QUEUE = 300  # questions that wait; three for each of a class of a hundred
OWN_QUEUE = 10  # of them of one visit: the page itself asks two or three at a time
ADDRESS_QUEUE = 200  # of them of one address: two for each of a class of a hundred, and never the whole queue
UNHEARD_SECONDS = 30  # a visit's question whose answer nobody has listened for since then is dropped
WORKERS = 4  # questions of a kind that are answered at the same time
LONG = 2  # of the kind that takes seconds for a long text: explanations put to the test, other attention weights
READERS = 16  # but so many are classified, and so many translated, since they share their runs (sharing.py)
BURST, A_SECOND = 30, 2.0  # questions of one visit: so many at once, then so many a second
PROGRAM_BURST, PROGRAM_A_SECOND = 60, 10.0  # of programs that keep no session, by address: a class may share one
MAX_BODY = 8_000_000  # bytes of one request
MAX_BODIES = 100_000_000  # bytes of all requests that are on their way in, and again of all that wait
BODY_SECONDS = 20  # of one request, from its first byte to its last
MAX_NAME = 64  # characters of a session or of an event; Gradio's own have 10 to 36
MAX_BRACKETS = 10_000  # in a request, outside strings
MAX_DEPTH = 32  # brackets within brackets in a request; the page sends at most 6
MAX_KEPT = 32_000_000  # bytes of the page's own files that stay in memory, compressed

MAX_FILE = 2_000_000  # bytes of a table that a visitor brings to train on
MAX_ROWS = 5_000  # of it
MAX_CLASSES = 12
TRAININGS = 2  # at the same time, each in a process of its own at low priority; further ones wait
TRAININGS_WAIT = 30  # so many
TRAINING_SECONDS = 120  # of one training, pauses not counted
VISIT_SECONDS = 600  # of all trainings of one visit
PAUSE_SECONDS = 120  # then a paused training goes on, since others wait for its place
RESULT_MINUTES = 60  # a trained network is kept so long after it was last asked, while the page is open
MAX_RESULTS = 4  # networks that one visit keeps: one of each kind of classifier


def stated() -> dict[str, int]:
    """What the page says of all limits: the holes of the locale key "page.about.limits" -> numbers."""
    return {
        "characters": limits.MAX_CHARACTERS,
        "words": limits.MAX_WORDS,
        "subwords": limits.MAX_SUBWORDS,
        "beam": limits.MAX_BEAM,
        "batch": limits.MAX_BATCH,
        "queue": QUEUE,
        "own_queue": OWN_QUEUE,
        "address_queue": ADDRESS_QUEUE,
        "unheard": UNHEARD_SECONDS,
        "body_seconds": BODY_SECONDS,
        "burst": BURST,
        "a_second": round(A_SECOND),
        "program_burst": PROGRAM_BURST,
        "program_a_second": round(PROGRAM_A_SECOND),
        "megabytes": MAX_BODY // 1_000_000,
        "file": MAX_FILE // 1_000_000,
        "rows": MAX_ROWS,
        "classes": MAX_CLASSES,
        "trainings": TRAININGS,
        "trainings_wait": TRAININGS_WAIT,
        "training_seconds": TRAINING_SECONDS,
        "visit_minutes": VISIT_SECONDS // 60,
        "pause_minutes": PAUSE_SECONDS // 60,
        "result_minutes": RESULT_MINUTES,
    }
