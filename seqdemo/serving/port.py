"""Whether a port can be listened on, asked before the server starts: Gradio says of any failure that the port is taken.

It gives its server 5 s by the clock on the wall (gradio.http_server): where that is set meanwhile, or the machine needs
longer, it looks like a port in use.
"""

from __future__ import annotations

import errno
import socket

from seqdemo.problems import Problem

USUAL = 7860  # Gradio's


def require_free(host: str, port: int) -> None:
    """Raises Problem: something listens there (busy_port), or nobody can from here (bad_address, with the reason)."""
    host = host.strip("[]")  # an IPv6 address as it stands in a link
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Problem("busy_port", host=host, port=port) from None
        raise Problem("bad_address", host=host, port=port, reason=error.strerror or str(error)) from None
    except OverflowError:
        raise Problem("bad_address", host=host, port=port, reason="a port is a number from 0 to 65535") from None


def usual_port(named: str) -> int:
    """The port where none is given: what GRADIO_SERVER_PORT names, else 7860. Raises Problem where that is no number.

    >>> usual_port(""), usual_port("8080")
    (7860, 8080)
    """
    if not named.strip():
        return USUAL
    if not (named.strip().isascii() and named.strip().isdigit()):
        raise Problem("bad_port", came=named[:20])
    return int(named[:20])
