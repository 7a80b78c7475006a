"""What is queued to a channel: the words of ``sendmsg``, or an application that the API wants run. Pure.

Not here: running it (``waiting.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Message:
    """A private event queued to a channel: what ``sendmsg`` says, or an application the API wants run."""

    headers: dict[str, str]
    body: str = ""
    said: list[tuple[str, str]] = field(default_factory=list)  # what its event shows of it, first of all
    is_last: Callable[[], None] | None = field(default=None, repr=False)

    def get(self, name: str) -> str:
        """A header by lower-case name."""
        return self.headers.get(name, "")


def ordered(name: str, argument: str, born: list[tuple[str, str]], *, loops: int, said: tuple[str, ...]) -> Message:
    """An application, as the switch itself queues it. ``born`` tells of the event that it is (COMMAND), ``said`` what
    that shows besides.
    """
    headers = {"call-command": "execute", "execute-app-name": name, "execute-app-arg": argument}
    is_first = any(line.startswith("event-lock-pri") for line in said)
    told = [*born, *headers.items(), *([("event-lock", "true")] if not is_first else [])]
    for line in said:
        key, _, value = line.partition(": ")
        told.append((key, value))
    headers |= {"loops": str(loops), "event-lock": "true"}
    return Message(headers, said=told)
