"""What server, prepared process and kernels say to each other: one line of JSON each."""

from __future__ import annotations

import contextlib
import json
import socket
from typing import Any


def send(line: socket.socket, told: dict[str, Any]) -> None:
    """Send a letter; who has gone does not get it.

    Parameters
    ----------
    line : socket
        To the other side.
    told : dict
        What JSON can hold.
    """
    with contextlib.suppress(OSError):
        line.sendall(json.dumps(told).encode() + b"\n")


def receive(line: socket.socket) -> dict[str, Any] | None:
    """Return the next letter.

    Parameters
    ----------
    line : socket
        To the other side.

    Returns
    -------
    dict or None
        None where the other side has gone, or says nothing within the socket's timeout.
    """
    found = b""
    try:
        while not found.endswith(b"\n"):
            waiting = line.recv(65536, socket.MSG_PEEK)
            if not waiting:
                return None
            found += line.recv(waiting.find(b"\n") + 1 or len(waiting))
        told = json.loads(found)
    except (OSError, ValueError):
        return None
    return told if isinstance(told, dict) else None
