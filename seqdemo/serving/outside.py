"""The server seen from outside: /health for whoever restarts it, /metrics for whoever watches it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from seqdemo import __version__
from seqdemo.problems import CheckpointProblem
from seqdemo.protocols import Explains
from seqdemo.serving.doors import Doors
from seqdemo.serving.kept import Kept
from seqdemo.serving.metrics import Counted, exposition


def app_settings(lab: Explains | None = None, problems: Sequence[CheckpointProblem] = ()) -> dict[str, Any]:
    """What Gradio hands to its FastAPI app (`launch(app_kwargs=...)`): our routes first, our doors before all routes.

    lab, problems: what /health names; without a lab it says only that the server answers.
    """
    left_out = [{"checkpoint": str(problem.values.get("name")), "problem": problem.code} for problem in problems]

    async def health(request: Request) -> JSONResponse:
        """200 while the server answers; "degraded" where a checkpoint was left out at the start."""
        answer: dict[str, Any] = {"status": "degraded" if left_out else "ok", "version": __version__}
        if lab is not None:
            names = [source.checkpoint for source in lab.sources()]
            answer |= {"device": lab.device(), "checkpoints": names, "left_out": left_out}
        return JSONResponse(answer)

    async def metrics(request: Request) -> Response:
        waiting = getattr(request.app, "blocks", None)
        queue = getattr(waiting, "_queue", None)  # Gradio's, which counts itself by len()
        told = exposition(None if queue is None else queue.__len__)
        return Response(told, media_type="text/plain; version=0.0.4; charset=utf-8")

    return {
        "routes": [Route("/health", health), Route("/metrics", metrics)],
        "middleware": [Middleware(Counted), Middleware(Doors), Middleware(Kept)],
        "docs_url": None,
        "redoc_url": None,
        "openapi_url": None,
    }
