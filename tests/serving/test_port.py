"""A port that cannot be listened on: taken, not ours to take, or none."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from seqdemo.problems import Problem
from seqdemo.serving.port import require_free, usual_port


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_port_is_taken_while_somebody_listens(family: socket.AddressFamily, host: str) -> None:
    with socket.socket(family) as taken:
        try:
            taken.bind((host, 0))
        except OSError:
            pytest.skip("this machine has no such address")
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} on {host} is already in use"):
            require_free(host, port)
    require_free(host, port)


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("192.0.2.1", 7860, "Cannot assign requested address"),  # RFC 5737: no machine has it
        ("no.such.host.invalid", 7860, "not known|resolution|No address"),
        ("127.0.0.1", 70_000, "from 0 to 65535"),
    ],
)
def test_an_address_that_is_not_ours_is_told_as_that(host: str, port: int, reason: str) -> None:
    with pytest.raises(Problem, match=reason) as caught:
        require_free(host, port)
    assert caught.value.code == "bad_address"
    assert "--host" in str(caught.value) and "--host" in caught.value.message("zh")


@pytest.mark.parametrize("came", ["abc", "-1", "7860.5", "²"])
def test_a_port_of_the_environment_that_is_none_is_told(came: str) -> None:
    with pytest.raises(Problem, match="GRADIO_SERVER_PORT must be a number") as raised:
        usual_port(came)
    assert raised.value.values["came"] == came


def test_only_who_serves_minds_a_wrong_port_of_the_environment() -> None:
    """Every command builds the options of `serve`, and most of them need no port."""
    wrong = {**os.environ, "GRADIO_SERVER_PORT": "abc"}
    told = {
        command: subprocess.run(
            [sys.executable, "-m", "seqdemo", command, *more], env=wrong, capture_output=True, text=True, timeout=120
        )
        for command, more in (("serve", []), ("classify", ["--help"]))
    }
    assert (told["serve"].returncode, told["classify"].returncode) == (1, 0)
    assert "GRADIO_SERVER_PORT must be a number" in told["serve"].stderr
    assert all("Traceback" not in one.stderr for one in told.values())
