"""What agents do: presence, phone, idle since when. It survives a restart.

Who they are (name, skills, capacity) comes from the site and is not stored. Not here: sign-in (``web_sessions``).
"""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.core.model import Agent, PhoneTest, Presence

from .tx import Row, Tx


@dataclass(frozen=True, slots=True)
class AgentRow:
    """The stored part of an agent."""

    id: str
    presence: Presence = Presence.OFFLINE
    reason: str = ""
    phone_registered: bool = False
    idle_since: float = 0.0
    next_presence: Presence | None = None
    next_reason: str = ""
    phone_contact: str = ""
    phone_test: PhoneTest = PhoneTest.UNTESTED


def get(tx: Tx, agent: str) -> AgentRow | None:
    """One agent; None until they first did something."""
    row = tx.one("SELECT * FROM agents WHERE id = :id", id=agent)
    return _agent(row) if row else None


def all_of_them(tx: Tx) -> list[AgentRow]:
    """Every agent that ever did something, by id."""
    return [_agent(row) for row in tx.all("SELECT * FROM agents ORDER BY id")]


def put(tx: Tx, agent: AgentRow) -> None:
    """Write the whole row. For ``projection`` only."""
    row = {"id": agent.id, "presence": agent.presence.value, "reason": agent.reason}
    row |= {"phone_contact": agent.phone_contact, "phone_test": agent.phone_test.value}
    row |= {"next_presence": agent.next_presence.value if agent.next_presence else "", "next_reason": agent.next_reason}
    tx.put(
        "agents",
        "id",
        {**row, "phone_registered": int(agent.phone_registered), "idle_since": agent.idle_since},
    )


def doing(row: AgentRow) -> Agent:
    """The row as a router's agent, without what only the site knows."""
    return Agent(
        row.id,
        "",
        "",
        presence=row.presence,
        reason=row.reason,
        phone_registered=row.phone_registered,
        idle_since=row.idle_since,
        next_presence=row.next_presence,
        next_reason=row.next_reason,
        phone_contact=row.phone_contact,
        phone_test=row.phone_test,
    )


def row_of(agent: Agent) -> AgentRow:
    """The stored part of a router's agent."""
    return AgentRow(
        agent.id,
        agent.presence,
        agent.reason,
        agent.phone_registered,
        agent.idle_since,
        agent.next_presence,
        agent.next_reason,
        agent.phone_contact,
        agent.phone_test,
    )


def _agent(row: Row) -> AgentRow:
    row["presence"] = Presence(row["presence"])
    row["next_presence"] = Presence(row["next_presence"]) if row["next_presence"] else None
    row["phone_test"] = PhoneTest(row["phone_test"])
    row["phone_registered"] = bool(row["phone_registered"])
    return AgentRow(**row)
