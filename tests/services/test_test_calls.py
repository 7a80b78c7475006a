"""Test calls: what a call may bring along, and only where the daemon was told to take it."""

from __future__ import annotations

import pytest

from eslapp.services.test_calls import VARIABLE
from eslapp.services.test_calls import test_call as read_call
from ivr.effects import Ask, EnterQueue
from ivr.proof.rehearsal import Rehearsal, RehearsalError
from ivr.waits import Answered, Failed, QueueLeft


def test_the_header_carries_the_whole_rehearsal() -> None:
    script = (None, QueueLeft("full"), Failed("no"), Answered({"status": 200, "body": {"a": ["中"]}}))
    rehearsal = Rehearsal(1795572000.0, {"contact.level": "vip"}, {"queue.orders.waiting": 7}, script, 1.5)
    text = rehearsal.to_header()
    assert text.isascii() and " " not in text
    assert Rehearsal.from_header(text) == rehearsal


@pytest.mark.parametrize(
    "text", ["", "x", "bm9uZQ==", "e30=", "eyJhdCI6MSwic2NyaXB0IjpbeyJ0eXBlIjoiSHVuZ1VwIn1dfQ==", "A" * 5000]
)
def test_a_strange_header_is_no_test_call(text: str) -> None:
    with pytest.raises(RehearsalError):
        Rehearsal.from_header(text)
    assert read_call({VARIABLE: text}) is None


def test_a_test_call_knows_only_what_it_says() -> None:
    call = read_call({VARIABLE: Rehearsal(1.0, {"contact.level": "vip"}, {}, (), 2.0).to_header()})
    assert call is not None and call.at == 1.0
    usual = {"contact.number": "139", "contact.name": "Wang", "contact.level": "", "contact.language": "zh"}
    assert call.variables(usual) == {
        "contact.number": "",
        "contact.name": "",
        "contact.level": "vip",
        "contact.language": "",
    }
    hurried = call.hurried(Ask(speech=(), first_s=6.0))
    assert isinstance(hurried, Ask) and hurried.first_s == 2.0


def test_how_many_wait_is_what_the_call_says_and_a_line_waits_for_its_keys() -> None:
    call = read_call({VARIABLE: Rehearsal(1.0, {}, {"queue.orders.waiting": 11}, (), 2.0).to_header()})
    assert call is not None
    assert call.facts == {"queue.orders.waiting": 11, "queue.orders.waiting.voice": 11}
    line = call.hurried(EnterQueue(queue="orders", keys=("1",), own=("no-agents",)))
    assert isinstance(line, EnterQueue) and line.is_kept and line.own == ()
    assert call.hurried(EnterQueue(queue="orders", own=("no-agents",))) == EnterQueue(
        queue="orders", own=("no-agents",)
    )
