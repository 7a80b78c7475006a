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
    said: list[tuple[str, str]] = field(default_factory=list)  # what its event shows of it
    event: str = "PRIVATE_COMMAND"  # which event tells that it is done
    is_last: Callable[[], None] | None = field(default=None, repr=False)

    def get(self, name: str) -> str:
        """A header by lower-case name."""
        return self.headers.get(name, "")


def ordered(name: str, argument: str, *, loops: int, is_locked: bool, said: tuple[str, ...]) -> Message:
    """An application, as the API queues it; ``said``: what its COMMAND event shows besides."""
    headers = {"call-command": "execute", "execute-app-name": name, "execute-app-arg": argument}
    is_first = any(line.startswith("event-lock-pri") for line in said)
    told = [*headers.items(), *([("event-lock", "true")] if is_locked and not is_first else [])]
    for line in said:
        key, _, value = line.partition(": ")
        told.append((key, value))
    headers |= {"loops": str(loops), "event-lock": "true" if is_locked else "false"}
    return Message(headers, said=told, event="COMMAND")
