"""The agent hangs up between any two commands of a hold, a consultation, a transfer: nobody is left alone with it.

The switch here is FreeSWITCH's rules for the legs of one talk. A contact who is sent back to the flow while the flow
has them already is the fault: the switch resets such a leg when its old connection closes, and it is silent for good.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_talk_repairs import LEG, Talk

from eslapp.core import commands as c
from eslapp.core.model import InteractionState

pytestmark = pytest.mark.slow


class Switch:
    """Where the legs of one talk are: ``agent`` hangs up before command number ``cut``."""

    def __init__(self, agent: str, cut: int) -> None:
        self.agent, self.cut, self.count = agent, cut, 0
        self.up = {LEG, agent}
        self.joined = {frozenset((LEG, agent))}
        self.contact = "talk"  # hold, flow, gone
        self.variables: dict[tuple[str, str], str] = {}
        self.was_sent_on_twice = False

    def start_job(self, line: str) -> str:
        self.up.add(line.partition("origination_uuid=")[2][:36])
        return "job"

    def api(self, line: str, timeout: float = 5.0) -> str:
        if self.count == self.cut:
            self.hang_up(self.agent)
        self.count += 1
        verb, leg, *rest = line.split()
        if leg not in self.up:
            return "-ERR No such channel!"
        answer: str | None = getattr(self, verb)(leg, *rest)
        return answer or "+OK"

    def hang_up(self, leg: str) -> None:
        if leg in self.up:
            self.up.remove(leg)
            self._part(leg)

    def _part(self, leg: str) -> str:
        """Its bridge is over; who was in it."""
        other = self._partner(leg)
        self.joined = {pair for pair in self.joined if leg not in pair}
        if other == LEG:
            self._arrive()
        elif other and self.variables.get((other, "park_after_bridge")) != "true":
            self.up.discard(other)
        return other

    def _partner(self, leg: str) -> str:
        return next((next(iter(pair - {leg})) for pair in self.joined if leg in pair), "")

    def _arrive(self) -> None:
        self.was_sent_on_twice |= self.contact == "flow"
        self.contact = "flow"

    # --- commands ------------------------------------------------------------------------------------------------

    def uuid_setvar_multi(self, leg: str, pairs: str) -> None:
        self.variables |= {(leg, name): value for name, _, value in (one.partition("=") for one in pairs.split(";"))}

    def uuid_getvar(self, leg: str, name: str) -> str:
        return self.variables.get((leg, name), "_undef_")

    def uuid_transfer(self, leg: str, *words: str) -> None:
        if words[0] == "-bleg":
            leg, words = self._partner(leg) or leg, words[1:]
        if leg != LEG:
            return
        self.joined = {pair for pair in self.joined if LEG not in pair}
        if words[0] == "zj-hold":
            self.was_sent_on_twice |= self.contact == "flow"
            self.contact = "hold"
        else:
            self._arrive()

    def uuid_bridge(self, one: str, other: str) -> str:
        if other not in self.up:
            return "-ERR No such channel!"
        self.joined = {pair for pair in self.joined if not pair & {one, other}} | {frozenset((one, other))}
        if LEG in (one, other):
            self.contact = "talk"
        return ""

    def uuid_kill(self, leg: str, _cause: str) -> None:
        self.hang_up(leg)
        if leg == LEG:
            self.contact = "gone"


Step = Callable[[Talk], c.Command]


def _of(command: type[c.Command], /, **fields: Any) -> Step:
    return lambda talk: command(at=talk.floor.clock(), interaction="one", **fields)


def _answers(talk: Talk) -> c.Command:
    return c.AnswerGuest(at=talk.floor.clock(), interaction="one", guest=talk.now.guests[0].id)


HOLD, RESUME = _of(c.HoldContact, agent="1001"), _of(c.ResumeContact, agent="1001")
CONSULT = _of(c.StartConsult, agent="1001", kind="agent", target="1002")
CANCEL = lambda talk: c.DismissGuest(at=talk.floor.clock(), interaction="one", guest=talk.now.guests[0].id)  # noqa: E731
TRANSFER = _of(c.TransferInteraction, agent="1001", kind="queue", target="orders")
THREE_WAY, COMPLETE = _of(c.StartThreeWay, agent="1001"), _of(c.CompleteTransfer, agent="1001")
STORIES: dict[str, tuple[Step, ...]] = {
    "hold": (HOLD,),
    "resume": (HOLD, RESUME),
    "hold again": (HOLD, RESUME, HOLD),
    "transfer": (TRANSFER,),
    "transfer from hold": (HOLD, TRANSFER),
    "transfer after a hold": (HOLD, RESUME, TRANSFER),
    "consult": (CONSULT, _answers),
    "consult and back": (CONSULT, _answers, CANCEL, RESUME),
    "three-way": (CONSULT, _answers, THREE_WAY),
    "hand over": (CONSULT, _answers, COMPLETE),
    "hand over out of three": (CONSULT, _answers, THREE_WAY, COMPLETE),
}


class Recorder:
    """Records nothing."""

    def start(self, interaction: str, leg: str) -> None: ...
    def stop(self, interaction: str, leg: str) -> None: ...


def told(talk: Talk, story: tuple[Step, ...], cut: int, *, is_seen_late: bool = False) -> Switch:
    """The story, and the end that its cut makes; it may be seen (the switch's events have a connection of their own)
    only when the rest of the story has been carried out."""
    switch = talk.switch = Switch(talk.agent, cut)
    talk.talks._link = talk.guests._link = switch
    talk.talks._recorder = Recorder()
    switch.variables[LEG, "transfer_after_bridge"] = "zj-1:XML:zongji"
    for number, step in enumerate(story, 1):
        is_over = step is _answers and talk.guest not in switch.up  # who was never rung cannot answer
        if not is_over:
            _carry_out(talk, step(talk))
            is_over = number == len(story) or not is_seen_late
        if is_over and switch.agent not in switch.up and talk.now.agent == "1001":
            _carry_out(talk, c.EndTalk(at=talk.floor.clock(), interaction="one", by="agent"))
            break
    return switch


def _carry_out(talk: Talk, command: c.Command) -> None:
    events = talk.floor.bus.submit(command)
    for event in events if isinstance(events, list) else []:
        talk.talks._carry_out(event)


def _length(folder: Path, story: tuple[Step, ...]) -> int:
    talk = Talk(folder)
    try:
        return told(talk, story, cut=-1).count
    finally:
        talk.floor.close()


@pytest.mark.parametrize("name", STORIES)
def test_an_agent_who_hangs_up_between_two_commands(tmp_path: Path, name: str) -> None:
    folders = (tmp_path / str(number) for number in itertools.count())
    story = STORIES[name]
    cuts = range(_length(next(folders), story))
    assert len(cuts) >= 2
    for cut, is_seen_late in itertools.product(cuts, (False, True)):
        talk = Talk(next(folders))
        try:
            switch = told(talk, story, cut, is_seen_late=is_seen_late)
            state, agent, guest_leg = talk.now.state, talk.now.agent, talk.agent
        finally:
            talk.floor.close()
        when = "late" if is_seen_late else "at once"
        where = f"cut before command {cut}, seen {when}: {state} {agent or 'nobody'}, contact {switch.contact}"
        assert not switch.was_sent_on_twice, where
        is_with_guest = state == InteractionState.CONNECTED and agent == "1002"
        assert switch.contact == ("talk" if is_with_guest else "flow"), where
        assert not is_with_guest or switch._partner(LEG) == guest_leg, where
