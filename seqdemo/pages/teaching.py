"""The teacher's page: how to run a class, a link for each lesson, what can be hidden and what can be printed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from seqdemo.lessons.parse import NAMES, lesson
from seqdemo.locales import translate_key
from seqdemo.pages.link import CONTROLS, PANELS

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "teaching"
HIDDEN = "header,language"  # what a projector does not need


def teaching(language: str) -> str:
    """Markdown: assets/teaching/LANGUAGE.md with its two holes filled."""
    text = (FOLDER / f"{language}.md").read_text(encoding="utf-8")
    hidden = ", ".join(f"`{name}`" for name in (*PANELS, *CONTROLS))
    return text.replace("{{lessons}}", _lessons(language)).replace("{{hide}}", hidden)


def _lessons(language: str) -> str:
    """A table: lesson, its steps, how many ask for a prediction, a link for the projector."""
    columns = ("lesson", "places", "predictions", "link")
    rows = [[translate_key(language, f"page.teaching.{column}") for column in columns], ["---", "---:", "---:", "---"]]
    for name in NAMES:
        taught = lesson(name, language)
        asks = sum(step.prediction is not None for step in taught.steps)
        link = "?" + urlencode({"tab": "lessons", "lesson": name, "lang": language, "hide": HIDDEN}, safe=",")
        rows.append([f"{name[1:]}. {taught.title}", str(len(taught.steps)), str(asks), f"[`{link}`]({link})"])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)
