"""Every visible string, in English and Chinese, from assets/locales/LANGUAGE/*.json.

One flat JSON object a file, the same files and keys with the same {holes} in each language (a
test sees to it). A key that is missing is an error, never a blank label.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "zh": "中文"}
FOLDER = Path(__file__).resolve().parent.parent / "assets" / "locales"


@cache
def strings(language: str) -> dict[str, str]:
    """Key -> string of one language. Raises KeyError for a language that we do not have."""
    if language not in LANGUAGES:
        raise KeyError(f"language {language!r} came, one of {sorted(LANGUAGES)} was expected")
    loaded: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob("*.json")):
        loaded |= json.loads(path.read_text(encoding="utf-8"))
    return loaded


def translate_key(language: str, key: str, /, **values: str | int) -> str:
    """The string behind `key`, with its {holes} filled. Values are inserted as they are: a "{hole}" in one stays."""
    return re.sub(r"\{(\w+)\}", lambda hole: str(values.get(hole[1], hole[0])), strings(language)[key])


def choose_language(accepted: str) -> str:
    """The best of our languages for an Accept-Language header; English where none fits.

    >>> choose_language("zh-CN,zh;q=0.9,en;q=0.8")
    'zh'
    """
    weighted = []
    for position, item in enumerate(accepted.split(",")):
        tag, _, quality = item.partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        weighted.append((-weight, position, tag.strip().lower().split("-")[0]))
    return next((tag for weight, _, tag in sorted(weighted) if tag in LANGUAGES and weight < 0), "en")
