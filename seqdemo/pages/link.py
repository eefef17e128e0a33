"""A link to just this: what the address asks for, read with care, since anybody may have written it.

    ?tab=classify&lang=en&task=sentiment-en&text=A+fine+film.&models=rnn,gru&step=3&hide=gates,planes

The server reads what it needs to compute (tab, language, task, text, models, reedits; pair, sentence, part,
translators, beam, edits; lesson, place; train, sample, width, epochs, rate, seed). Step, head, switches and what is
asked about an answer are read in the browser (components/link.js), which alone knows them. Nothing is kept on the
server, so a link works after a restart and on another machine with the same checkpoints.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlencode

from seqdemo.bench.settings import MODELS, MOST_EPOCHS, MOST_SEED, RATES, SAMPLES, WIDTHS
from seqdemo.interventions.spelling import MOST_LETTERS, read_changes
from seqdemo.lessons.parse import NAMES
from seqdemo.locales import LANGUAGES
from seqdemo.protocols import Lab
from seqdemo.records import Notice

TABS = ("classify", "translate", "lessons", "train", "about")
PANELS = ("reading", "attention", "planes", "gates", "rereading", "reasons", "steps", "edits", "tree", "heads")
CONTROLS = ("header", "language", "tabs", "ask", "task", "pair", "beam", "models", "examples", "saving", "sources")
HIDEABLE = (*PANELS, *CONTROLS)
MOST_CHARACTERS = 2000  # of a text in an address; the lab's own limit is lower
MOST_BEAM = 10
MOST_PARTS = 200
MOST_PLACES = 20  # of a lesson
STEP = re.compile("[1-9][0-9]{0,3}")  # the browser reads it, and knows how many there are
ZOOMED = "(lesson-)?(attention|heads|planes(-deep)?|gates)"
CHARTS = re.compile(f"{ZOOMED}(,{ZOOMED})*")
# What the answer rests on (pages/reasons.py): model, question, which method or unit, and a class or words.
MORE = r"(\.[^\n]{1,120})?"
WHY = re.compile(rf"[a-z0-9-]{{1,40}}\.((words|weights)(\.[a-z_]{{0,40}}{MORE})?|unit(\.([1-9][0-9]{{0,4}})?{MORE})?)")

# Fields that the browser reads (components/link.js), and beginnings of those that other sites add to an address.
BROWSER = ("step", "map", "row", "on", "switches", "mass", "charts", "why")
FOREIGN = ("_", "utm_", "fbclid", "gclid")

# Runs before the page is drawn, so that nothing flashes; assets/style/hide.css says what each name hides.
HEAD = """<script>
(new URLSearchParams(location.search).get("hide") || "").split(",").forEach(function (name) {
  if (/^[a-z]{1,20}$/.test(name)) document.documentElement.classList.add("hide-" + name);
});
</script>"""


@dataclass(frozen=True)
class Link:
    """What an address asks the server for; None: it does not say, and the page keeps its own."""

    tab: str | None = None
    lang: str | None = None
    task: str | None = None
    text: str | None = None
    models: tuple[str, ...] | None = None
    pair: str | None = None
    sentence: str | None = None
    translators: tuple[str, ...] | None = None
    beam: int | None = None
    part: int | None = None  # which sentence of the text the views show, from 1
    edits: str | None = None  # changes to the translation, as seqdemo.interventions.spelling writes them
    reedits: str | None = None  # changes to the reading of the classifiers, likewise
    lesson: str | None = None
    place: int | None = None  # of the lesson, counted from 1
    train: str | None = None  # the network to train, and its settings: seqdemo/bench/settings.py
    sample: str | None = None
    width: int | None = None
    epochs: int | None = None
    rate: float | None = None
    seed: int | None = None
    hide: tuple[str, ...] | None = None

    @property
    def asks(self) -> bool:
        """Whether it says anything that the page must be drawn anew for."""
        return any(getattr(self, item.name) is not None for item in fields(self) if item.name != "hide")


def write_link(link: Link) -> str:
    """The query of an address.

    >>> write_link(Link(task="sentiment-en", text="A fine film.", beam=3))
    'task=sentiment-en&text=A+fine+film.&beam=3'
    """
    values = {item.name: getattr(link, item.name) for item in fields(link)}
    said = {name: ",".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return urlencode({name: value for name, value in said.items() if value is not None})


def read_link(query: Mapping[str, str], lab: Lab) -> tuple[Link, tuple[Notice, ...]]:
    """The fields that can be used, and a notice for each that cannot, and one for all that are not known here."""
    tasks, pairs = lab.tasks(), lab.pairs()
    found: dict[str, object] = {}
    notices: list[Notice] = []

    def take(name: str, value: object, usable: bool) -> None:
        if usable:
            found[name] = value
        else:
            notices.append(_unusable(name, query[name]))

    one_of = {"tab": TABS, "lang": tuple(LANGUAGES), "task": tuple(tasks), "pair": tuple(pairs), "lesson": NAMES}
    one_of |= {"train": MODELS, "sample": SAMPLES}
    for name, known in one_of.items():
        if name in query:
            take(name, query[name], query[name] in known)
    for name in ("text", "sentence"):
        if name in query:
            take(name, query[name], 0 < len(query[name]) <= MOST_CHARACTERS)
    for name, table in (("models", tasks), ("translators", pairs)):
        if name in query:
            models = tuple(query[name].split(","))
            there = {model for row in table.values() for model in row}
            take(name, models, set(models) <= there and len(set(models)) == len(models))
    bounds = {"beam": (1, MOST_BEAM), "part": (1, MOST_PARTS), "place": (1, MOST_PLACES)}
    for name, (least, most) in (bounds | {"epochs": (1, MOST_EPOCHS), "seed": (0, MOST_SEED)}).items():
        if name in query:
            digits = query[name]
            usable = digits.isascii() and digits.isdigit() and len(digits) <= 4 and least <= int(digits) <= most
            take(name, int(digits) if usable else 0, usable)
    for name in ("edits", "reedits"):
        if name in query:
            line = query[name]
            take(name, line, len(line) <= MOST_LETTERS and bool(read_changes(line)[0].made))
    choices: dict[str, tuple[float, ...]] = {"width": WIDTHS, "rate": RATES}
    for name, numbers in choices.items():
        if name in query:
            said = {f"{number:g}": number for number in numbers}
            take(name, said.get(query[name]), query[name] in said)
    if "hide" in query:
        wanted = dict.fromkeys(query["hide"].split(","))
        found["hide"] = tuple(name for name in wanted if name in HIDEABLE) or None
        if left := [name for name in wanted if name not in HIDEABLE]:
            notices.append(_unusable("hide", ",".join(left)))
    shapes = {"step": STEP, "charts": CHARTS, "why": WHY}
    notices += [_unusable(name, query[name]) for name, shape in shapes.items()
                if name in query and not shape.fullmatch(query[name])]  # fmt: skip
    ours = {*Link.__dataclass_fields__, *BROWSER}
    if others := [name for name in query if name not in ours and not name.startswith(FOREIGN)]:
        notices.append(Notice("unknown_link", {"fields": ", ".join(name[:20] for name in others[:5])}))
    return Link(**found), tuple(notices)  # type: ignore[arg-type]


def _unusable(name: str, value: str) -> Notice:
    return Notice("bad_link", {"field": name, "value": value[:40]}) if value else Notice("empty_link", {"field": name})
