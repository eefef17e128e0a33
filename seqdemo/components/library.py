"""plotly.js for the zoomable charts: the very file that the installed plotly package brings, from our own address.

Gradio would compress its 4.8 MB anew for every visitor; here that is done once, and a browser keeps the file for a
year. Its name holds the package's version, so that another version is another file.
"""

from __future__ import annotations

import gzip
import importlib.util
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FORMS = {"br": 5, "gzip": 6}  # encodings, best first, and how hard to try
PATH = f"/seqdemo/plotly-{version('plotly')}.js"
YEAR = 365 * 24 * 3600


def routes() -> list[Route]:
    """For `launch(app_kwargs={"routes": ...})`."""
    return [Route(PATH, _answer)]


def _file() -> Path:
    found = importlib.util.find_spec("plotly")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "package_data" / "plotly.min.js"


@lru_cache(maxsize=4)
def library(form: str) -> bytes:
    """The file, compressed. form: one of FORMS, or "" for the file as it is."""
    data = _file().read_bytes()
    if form == "gzip":
        return gzip.compress(data, FORMS["gzip"])
    if form == "br":
        import brotli  # type: ignore[import-untyped]  # Gradio needs it too

        packed: bytes = brotli.compress(data, quality=FORMS["br"])
        return packed
    return data


def _answer(request: Request) -> Response:
    """A plain function: Starlette runs it in a thread, so that compressing holds nobody up."""
    taken = [part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")]
    form = next((one for one in FORMS if one in taken), "")
    headers: dict[str, Any] = {"cache-control": f"public, max-age={YEAR}, immutable", "vary": "accept-encoding"}
    if form:
        headers["content-encoding"] = form
    return Response(library(form), media_type="text/javascript", headers=headers)
