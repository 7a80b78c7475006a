"""Lines that a controller or the dialplan asks to log (``log``), to the controllers that hear the log.

Owns: FreeSWITCH's level names and numbers, who hears how far down. Not here: the ``log`` command of the event socket
(``event_socket.commands``); the switch's own operation, which goes to Python's logging and to no controller.
"""

from __future__ import annotations

from typing import Protocol

from eslapp.softswitch.numbers import is_whole

LEVELS = ("CONSOLE", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG")
DEBUG, LOWEST = 7, 63


class Reader(Protocol):
    """A controller."""

    def send(self, data: bytes) -> None:
        """Take one frame."""


def level_of(word: str) -> int | None:
    """0 (console) to 7 (debug) of a name or number; None: no such level."""
    if is_whole(word.removeprefix("-")):
        return min(max(int(word), 0), LOWEST)
    return LEVELS.index(word.upper()) if word.upper() in LEVELS else None


class LogLines:
    """Who hears the log. ``limit``: lines below it are not logged at all (``loglevel`` of switch.conf)."""

    def __init__(self, limit: int | None) -> None:
        self.limit = DEBUG if limit is None else limit
        self.readers: dict[Reader, int] = {}

    def write(self, level: int, text: str, leg: str, *, function: str, line: int, file: str) -> None:
        """One line, with where FreeSWITCH would log it."""
        if level > self.limit:
            return
        body = f"{text}\n".encode("utf-8", "surrogateescape")
        lines = [
            "Content-Type: log/data",
            f"Content-Length: {len(body)}",
            f"Log-Level: {level}",
            f"Text-Channel: {3 if leg else 0}",
            f"Log-File: {file}",
            f"Log-Func: {function}",
            f"Log-Line: {line}",
            f"User-Data: {leg}",
        ]
        frame = ("\n".join(lines) + "\n\n").encode("ascii") + body
        for reader, wanted in list(self.readers.items()):
            if level <= wanted:
                reader.send(frame)
