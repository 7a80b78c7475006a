"""The four tables, exhaustively: every state is reached, every pair leads somewhere, the timers are the RFC's."""

from __future__ import annotations

import pytest

from eslapp.softswitch.sip.transactions import FIRST_STATE, START_TIMERS, TABLES, Timers, event_of

STATES = {
    "invite server": {"proceeding", "completed", "confirmed", "accepted", "terminated"},
    "server": {"trying", "proceeding", "completed", "terminated"},
    "invite client": {"calling", "proceeding", "completed", "accepted", "terminated"},
    "client": {"trying", "proceeding", "completed", "terminated"},
}
EVENTS = ("request", "ack", "1xx", "2xx", "final", *"ABDEFGHIJKLM")
VERBS = {"send", "resend", "pass", "ack", "timed out", "start", "stop"}


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_pair(kind: str) -> None:
    for state in STATES[kind]:
        for event in EVENTS:
            found = TABLES[kind].get((state, event))
            if found is None:
                continue
            assert state != "terminated"
            assert found[0] in STATES[kind]
            for action in found[1]:
                assert action in VERBS or action.split(" ")[0] in VERBS
    assert {state for state, _ in TABLES[kind]} | {to for to, _ in TABLES[kind].values()} == STATES[kind]
    assert all(event in EVENTS for _, event in TABLES[kind])


@pytest.mark.parametrize("kind", sorted(TABLES))
def test_every_state_can_end_by_itself(kind: str) -> None:
    """No state waits for ever: a started timer leads out (a ringing INVITE waits for people)."""
    table = TABLES[kind]
    started = {(FIRST_STATE[kind], timer) for timer in START_TIMERS.get(kind, ())}
    for (state, _), (to, actions) in table.items():
        started |= {(to, action[6:]) for action in actions if action.startswith("start ")}
        if to == state:
            started |= {(to, action[6:]) for action in actions if action.startswith("start ")}
    for state in STATES[kind] - {"terminated"}:
        waits_for_people = (kind, state) in {("invite server", "proceeding"), ("invite client", "proceeding"),
                                             ("server", "trying"),
                                             ("server", "proceeding"), ("client", "proceeding")}  # fmt: skip
        assert waits_for_people or any((state, timer) in table for at, timer in started if at == state), state


def walk(kind: str, *events: str) -> tuple[str, list[str]]:
    state, done = FIRST_STATE[kind], []
    for event in events:
        state, actions = TABLES[kind].get((state, event), (state, ()))
        done += actions
    return state, done


def test_an_unreliable_refusal_is_repeated_until_its_ack() -> None:
    state, done = walk("invite server", "1xx", "final", "request", "G", "ack", "ack", "I")
    assert state == "terminated"
    assert done == ["send", "send", "start G", "start H", "resend", "resend", "start G", "stop G", "stop H", "start I"]


def test_a_lost_ack_is_noticed() -> None:
    assert walk("invite server", "final", "G", "H") == (
        "terminated", ["send", "start G", "start H", "resend", "start G", "timed out"],
    )  # fmt: skip


def test_answers_are_passed_once() -> None:
    assert walk("client", "1xx", "final", "final", "2xx")[1].count("pass") == 2
    assert walk("invite client", "1xx", "final", "final")[1] == [
        "stop A",
        "stop B",
        "pass",
        "ack",
        "start D",
        "pass",
        "ack",
    ]
    assert walk("invite client", "2xx", "2xx")[1].count("pass") == 2  # each 2xx wants its ACK


def test_nothing_is_sent_after_the_final_answer() -> None:
    assert walk("server", "final", "1xx", "final", "2xx")[1] == ["send", "start J"]
    assert walk("invite server", "2xx", "final")[1] == ["send", "start L"]


def test_delays_are_the_rfcs() -> None:
    timers = Timers()
    assert [timers.delay("A", n) for n in range(6)] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
    assert [timers.delay("G", n) for n in range(6)] == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    assert [timers.delay(t, 0) for t in "BDFHJLM"] == [32.0] * 7
    assert [timers.delay(t, 0) for t in "IK"] == [5.0, 5.0]
    assert [timers.delay(t, 0, is_reliable=True) for t in "AEGIJKDBF"] == [None] * 3 + [0.0] * 3 + [32.0] * 3


@pytest.mark.parametrize(
    ("status", "event"), [(100, "1xx"), (199, "1xx"), (200, "2xx"), (299, "2xx"), (300, "final"), (699, "final")]
)
def test_events_of_responses(status: int, event: str) -> None:
    assert event_of(status) == event
