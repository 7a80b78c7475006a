"""What every command has. Not here: the commands (``commands``, ``agent_commands``, ``talk_commands``)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Base of all commands."""

    at: float
