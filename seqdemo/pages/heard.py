"""The language of an event that does not say which: that of the browser or program that sent it."""

from __future__ import annotations

from typing import Any

from seqdemo.locales import choose_language


def language_of(request: Any) -> str:
    """By the header Accept-Language of a gr.Request; English where there is no request or no such header.

    >>> language_of(None)
    'en'
    """
    headers = getattr(request, "headers", None)
    return choose_language(headers.get("accept-language", "") if headers is not None else "")
