"""One after the other: what was asked is answered before everything on show is said in another language.

Else an answer that was on its way would come in the old language, or be covered by the question before it. The browser
keeps the order (components/order.js): each question tells it when it begins and when it is answered.
"""

from __future__ import annotations

import json
from typing import Any

from seqdemo.components import drawing

HEAD = f"<script>{(drawing.FOLDER / 'order.js').read_text(encoding='utf-8')}</script>"
# Scripts of events: what a question and a change of the language do first.
WAITS = "async (...given) => { await window.seqdemoOrder.idle(); return given; }"


def begins(what: str) -> str:
    """Script of an event that asks something. what: a name for it, such as its tab's."""
    return f"(...given) => {{ window.seqdemoOrder?.begin({json.dumps(what)}); return given; }}"


def answered(asked: Any, what: str, then: str = "") -> Any:
    """The event that was asked, which tells when it is over, however it went. then: script that runs after that."""
    over = f"() => {{ window.seqdemoOrder?.end({json.dumps(what)}); {then} }}"
    asked.then(None, js=over, show_progress="hidden", api_visibility="private")
    return asked
