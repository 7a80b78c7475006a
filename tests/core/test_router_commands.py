"""Every command in every state of an interaction: the answer is in the table below, and nothing else happens."""

from __future__ import annotations

import pytest
from router_rig import Rig, agent

from eslapp.core import commands as c
from eslapp.core.commands import Refused
from eslapp.core.model import InteractionState as I
from eslapp.core.model import Medium, Outcome, Presence

STATES = list(I)


def in_state(state: I) -> Rig:
    """A rig whose interaction ``x`` is in this state; ann is the agent, her offer is ``offer_id``."""
    rig = Rig([agent("ann", orders=1)])
    rig.opened("x")
    if state is I.IN_FLOW:
        return rig
    if state is I.SCHEDULED:
        rig = Rig([agent("ann", orders=1)])
        rig.opened("call")
        rig.ask(c.RequestCallback(at=rig.now, interaction="x", parent="call", address="13", queue="orders"))
        return rig
    rig.ask(c.EnqueueInteraction(at=rig.now, interaction="x", queue="orders"))
    if state is not I.QUEUED:
        rig.at_work("ann")
    if state in (I.CONNECTING, I.CONNECTED, I.WRAP_UP, I.CLOSED):
        rig.accept("x")
    if state in (I.CONNECTED, I.WRAP_UP, I.CLOSED):
        rig.ask(c.ConnectInteraction(at=rig.now, interaction="x"))
    if state in (I.WRAP_UP, I.CLOSED):
        rig.end("x")
    if state is I.CLOSED:
        rig.finish("x")
    record = rig.world.interaction("x")
    assert (record.state if record else I.CLOSED) is state
    return rig


def commands(rig: Rig) -> dict[str, c.Command]:
    made = rig.happened_offer()
    at = rig.now
    return {
        "open": c.OpenInteraction(at=at, interaction="x", contact="", channel="", medium=Medium.VOICE, leg="", flow=""),
        "enqueue": c.EnqueueInteraction(at=at, interaction="x", queue="orders"),
        "enqueue elsewhere": c.EnqueueInteraction(at=at, interaction="x", queue="repairs"),
        "relax": c.RelaxSkills(at=at, interaction="x"),
        "link": c.LinkInteraction(at=at, interaction="x", contact="c", parent="p", chain="p"),
        "end hold": c.EndHold(at=at, interaction="x"),
        "end window": c.EndReplyWindow(at=at, interaction="x"),
        "renew window": c.RenewReplyWindow(at=at, interaction="x", reply_by=None),
        "turn away": c.TurnAway(at=at, interaction="x", queue="orders", reason="full"),
        "expire wait": c.ExpireWait(at=at, interaction="x"),
        "announce": c.AnnounceWait(at=at, interaction="x"),
        "announce place": c.AnnouncePlace(at=at, interaction="x"),
        "leave": c.LeaveQueue(at=at, interaction="x", reason="key"),
        "call back": c.RequestCallback(at=at, interaction="y", parent="x", address="13", queue="orders"),
        "start": c.StartCallback(at=at, interaction="x"),
        "dial": c.DialContact(at=at, interaction="x", leg="l"),
        "miss": c.MissContact(at=at, interaction="x", reason="busy"),
        "close": c.CloseInteraction(at=at, interaction="x", cause="bye"),
        "accept": c.AcceptOffer(at=at, offer=made, agent="ann"),
        "accept by another": c.AcceptOffer(at=at, offer=made, agent="bob"),
        "decline": c.DeclineOffer(at=at, offer=made, agent="ann"),
        "expire": c.ExpireOffer(at=at, offer=made),
        "rescind": c.RescindOffer(at=at, offer=made, reason="leg"),
        "connect": c.ConnectInteraction(at=at, interaction="x"),
        "end": c.EndTalk(at=at, interaction="x", by="agent"),
        "finish": c.FinishWrapUp(at=at, interaction="x", agent="ann", disposition="ok"),
        "finish by another": c.FinishWrapUp(at=at, interaction="x", agent="bob", disposition="ok"),
        "more time": c.ExtendWrapUp(at=at, interaction="x", agent="ann"),
        "expire wrap-up": c.ExpireWrapUp(at=at, interaction="x"),
        "hold": c.HoldContact(at=at, interaction="x", agent="ann"),
        "resume": c.ResumeContact(at=at, interaction="x", agent="ann"),
        "transfer": c.TransferInteraction(at=at, interaction="x", agent="ann", kind="queue", target="repairs"),
        "consult": c.StartConsult(at=at, interaction="x", agent="ann", kind="outside", target="13"),
        "guest answers": c.AnswerGuest(at=at, interaction="x", guest="g"),
        "guest goes": c.DismissGuest(at=at, interaction="x", guest="g"),
        "three-way": c.StartThreeWay(at=at, interaction="x", agent="ann"),
        "complete": c.CompleteTransfer(at=at, interaction="x", agent="ann"),
        "supervise": c.Supervise(at=at, interaction="x", supervisor="bob", mode="listen"),
        "invite": c.InviteParticipant(at=at, interaction="x", agent="ann", target="bob"),
        "participant leaves": c.LeaveConversation(at=at, interaction="x", participant="bob"),
        "call out": c.CallContact(at=at, interaction="z", agent="ann", contact="k", number="13"),
        "take over": c.TakeOver(at=at, interaction="x", supervisor="bob"),
    }


# The answer in IN_FLOW, SCHEDULED, QUEUED, OFFERED, CONNECTING, CONNECTED, WRAP_UP, CLOSED.
# "!code": refused; "-": it is so already; else the short names of the events in order.
GONE = "!interaction-gone"
ANSWERS = {
    "open": ["!interaction-exists"] * 7 + ["Opened"],
    "enqueue": ["Queued Decision", "!not-in-flow", "-", "-"] + ["!not-in-flow"] * 3 + [GONE],
    "enqueue elsewhere": ["Queued Decision", "!not-in-flow", "Dequeued Queued Decision"]
    + ["!not-in-flow"] * 4
    + [GONE],
    "leave": ["-", "!offer-accepted", "Dequeued", "Rescinded Dequeued"] + ["!offer-accepted"] * 3 + [GONE],
    "relax": ["-"] * 8,
    "end hold": ["-"] * 8,
    "end window": ["-"] * 8,
    "turn away": ["Overflowed"] + ["-"] * 7,
    "expire wait": ["-"] * 8,
    "announce": ["!not-waiting"] * 2 + ["!no-estimate"] + ["!not-waiting"] * 4 + [GONE],
    "call back": ["Opened CallbackScheduled", "Closed Opened CallbackScheduled"]
    + ["Dequeued Opened CallbackScheduled", "Rescinded Dequeued Opened CallbackScheduled"]
    + ["!offer-accepted"]
    + ["Opened CallbackScheduled"] * 2
    + [GONE],
    "start": ["-", "CallbackScheduled"] + ["-"] * 6,
    "dial": ["!not-a-callback"] + ["!not-connecting"] + ["!not-a-callback"] * 5 + [GONE],
    "miss": ["!not-a-callback"] + ["!not-connecting"] + ["!not-a-callback"] * 5 + [GONE],
    "close": ["Closed"] * 3 + ["Rescinded Closed"] * 2 + ["TalkEnded WrapUpStarted", "-", GONE],
    "accept": ["!offer-gone"] * 3 + ["Accepted", "-", "-", "!offer-gone", "!offer-gone"],
    "accept by another": ["!offer-gone"] * 3 + ["!not-your-offer"] * 3 + ["!offer-gone"] * 2,
    "decline": ["!offer-gone"] * 3
    + ["Declined Queued Decision", "!offer-accepted", "!offer-accepted", "!offer-gone", "!offer-gone"],
    "expire": ["-"] * 3 + ["Expired Presence Queued Decision", "-", "-", "-", "-"],
    "rescind": ["-"] * 3 + ["Rescinded Queued", "Rescinded Queued", "!already-connected", "!already-connected", "-"],
    "connect": ["!not-connecting"] * 4 + ["Connected", "-", "!not-connecting", GONE],
    "end": ["!not-connected"] * 5 + ["TalkEnded WrapUpStarted", "-", GONE],
    "finish": ["!not-your-interaction"] * 4 + ["!still-talking"] * 2 + ["WrapUpEnded Closed", GONE],
    "finish by another": ["!not-your-interaction"] * 7 + [GONE],
    "more time": ["!not-your-interaction"] * 4 + ["!still-talking"] * 2 + ["WrapUpExtended", GONE],
    **{
        name: ["!not-your-interaction"] * 4 + ["!not-connected", answer, "!not-connected", GONE]
        for name, answer in {
            "hold": "ContactHeld",
            "invite": "!not-a-text",
            "resume": "-",
            "transfer": "Transferred Queued Decision",
            "consult": "ConsultStarted",
            "three-way": "!nobody-consulted",
            "complete": "!nobody-consulted",
        }.items()
    },
    **dict.fromkeys(("guest answers", "guest goes"), ["!guest-gone"] * 8),
    "supervise": ["!not-connected"] * 5 + ["!unknown-agent", "!not-connected", GONE],
    "participant leaves": ["-"] * 8,
    "call out": ["!agent-offline"] * 3 + ["!on-a-call"] * 4 + ["Opened Made"],
    "take over": ["!not-connected"] * 5 + ["!not-listening", "!not-connected", GONE],
    "expire wrap-up": ["-"] * 6 + ["WrapUpEnded Closed", "-"],
}
SHORT = ("Interaction", "Offer", "Made", "Changed")


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("state", STATES)
def test_every_command_in_every_state(state: I, name: str) -> None:
    rig = in_state(state)
    before = rig.world
    answer = rig.only(commands(rig)[name])
    expected = ANSWERS[name][STATES.index(state)]
    if isinstance(answer, Refused):
        assert f"!{answer.code}" == expected
        assert rig.world is before
    else:
        told = [type(event).__name__ for event in answer]
        for word in SHORT:
            told = [name.replace(word, "") or word for name in told]
        assert (" ".join(told) or "-") == expected


def test_the_table_above_names_every_command() -> None:
    tested = {type(command) for command in commands(in_state(I.OFFERED)).values()}
    others = {c.Command, c.SetPresence, c.SetPhone, c.TestPhone, c.EndPhoneTest, c.RouteWaiting}
    others |= {c.SetOpening, c.ReviewQueue}
    every = {kind for kind in vars(c).values() if isinstance(kind, type) and issubclass(kind, c.Command)}
    assert tested | others == every


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (I.IN_FLOW, Outcome.SELF_SERVICE),
        (I.QUEUED, Outcome.ABANDONED),
        (I.OFFERED, Outcome.ABANDONED),
        (I.CONNECTING, Outcome.ABANDONED),
    ],
)
def test_how_it_ended(state: I, outcome: Outcome) -> None:
    rig = in_state(state)
    rig.ask(c.CloseInteraction(at=rig.now, interaction="x"))
    assert rig.log[-1].outcome is outcome
    rig = in_state(state)
    rig.ask(c.CloseInteraction(at=rig.now, interaction="x", outcome=Outcome.LOST))
    assert rig.log[-1].outcome is Outcome.LOST


def test_unknown_names_are_refused() -> None:
    rig = in_state(I.IN_FLOW)
    refusals = [
        rig.only(c.EnqueueInteraction(at=1.0, interaction="x", queue="nowhere")),
        rig.only(c.SetPresence(at=1.0, agent="nobody", presence=Presence.AVAILABLE)),
        rig.only(c.SetPhone(at=1.0, agent="nobody", registered=True)),
        rig.only(c.SetPresence(at=1.0, agent="ann", presence=Presence.RNA)),
    ]
    assert [refusal.code for refusal in refusals] == [
        "unknown-queue",
        "unknown-agent",
        "unknown-agent",
        "presence-not-settable",
    ]
