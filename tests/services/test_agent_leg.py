"""Ringing an agent, what became of it, and joining: every cause, and the order of commands."""

from __future__ import annotations

import gevent
import pytest
from fake_switch import LEG, OTHER, FakeSwitch, Peer

from eslapp.esl.codec import Event
from eslapp.esl.errors import SwitchDown
from eslapp.esl.link import SwitchLink
from eslapp.esl.switch_events import fact
from eslapp.services.agent_leg import AgentOutcome, BridgeFailed, bridge, drop, of_cause, outcome, ring

BOUND_S = 3.0
JOB = "4e8aad39-5a62-49cd-baaa-f7f0ed676af8"
BACK = ("zj-1", "zongji")
PREPARE = f"api uuid_setvar_multi {LEG} socket_resume=false;transfer_after_bridge=zj-1:XML:zongji"


@pytest.fixture
def linked():
    """``linked(script)``: a link whose switch runs ``script`` after the login."""
    opened = []

    def start(script) -> tuple[SwitchLink, FakeSwitch]:
        def serve(peer: Peer) -> None:
            peer.login()
            peer.subscribe()
            script(peer)

        switch = FakeSwitch(serve)
        switch.__enter__()
        link = SwitchLink("127.0.0.1", switch.port, "secret")
        link.start()
        assert link.wait_up(BOUND_S)
        opened.append((link, switch))
        return link, switch

    yield start
    for link, switch in opened:
        link._connection.fail("the test is over")
        link.stop()
        switch.__exit__(None)


def answering(*answers: str):
    def script(peer: Peer) -> None:
        for answer in answers:
            peer.expect("api ")
            peer.api_reply(answer)
        peer.wait_closed()

    return script


def test_ringing_returns_at_once_with_the_job(linked):
    link, switch = linked(lambda peer: peer.command())
    job = ring(
        link,
        OTHER,
        "1001",
        "127.0.0.1",
        caller_number="1000",
        caller_name="Ann O'Lee",
        timeout_s=25,
        variables={"zj_offer": "abc"},
    )
    with gevent.Timeout(BOUND_S):
        while len(switch.peers[0].commands) < 3:
            gevent.idle()
    assert switch.peers[0].commands[-1] == (
        f"bgapi originate {{^^;origination_uuid={OTHER};ignore_early_media=true;hangup_after_bridge=true;"
        "originate_timeout=25;origination_caller_id_number=1000;origination_caller_id_name='Ann O Lee';"
        f"zj_offer=abc}}user/1001@127.0.0.1 &park()\nJob-UUID: {job}"
    )


def hung_up(cause: str, answered: str = "0", leg: str = OTHER) -> Event:
    headers = {"Event-Name": "CHANNEL_HANGUP_COMPLETE", "Unique-ID": leg, "Hangup-Cause": cause}
    return Event({**headers, "Caller-Channel-Answered-Time": answered})


def job_done(text: str, job: str = JOB) -> Event:
    return Event({"Event-Name": "BACKGROUND_JOB", "Job-UUID": job, "Job-Command": "originate"}, text)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (Event({"Event-Name": "CHANNEL_ANSWER", "Unique-ID": OTHER}), AgentOutcome.ANSWERED),
        (Event({"Event-Name": "CHANNEL_ANSWER", "Unique-ID": LEG}), None),
        (hung_up("USER_BUSY"), AgentOutcome.DECLINED),
        (hung_up("CALL_REJECTED"), AgentOutcome.DECLINED),
        (hung_up("NO_ANSWER"), AgentOutcome.NO_ANSWER),
        (hung_up("NO_USER_RESPONSE"), AgentOutcome.NO_ANSWER),
        (hung_up("ORIGINATOR_CANCEL"), AgentOutcome.CANCELLED),
        (hung_up("NORMAL_TEMPORARY_FAILURE"), AgentOutcome.FAILED),
        (hung_up("SOMETHING_NEW"), AgentOutcome.FAILED),
        (hung_up("NORMAL_CLEARING", answered="1795311997552097"), AgentOutcome.ENDED),
        (hung_up("USER_BUSY", leg=LEG), None),
        (job_done(f"+OK {OTHER}\n"), None),
        (job_done("-ERR USER_NOT_REGISTERED\n"), AgentOutcome.UNREGISTERED),
        (job_done("-ERR SUBSCRIBER_ABSENT\n"), AgentOutcome.UNREGISTERED),
        (job_done("-ERR NO_ANSWER\n"), AgentOutcome.NO_ANSWER),
        (job_done("-ERR USER_BUSY\n", job=OTHER), None),
        (Event({"Event-Name": "DTMF", "Unique-ID": OTHER}), None),
    ],
)
def test_what_a_fact_says_about_the_offer(event, expected):
    assert outcome(fact(event), OTHER, JOB) is expected


def test_an_unknown_cause_is_nobodys_fault():
    assert of_cause("") is AgentOutcome.FAILED


def test_joining_prepares_the_caller_first(linked):
    link, switch = linked(answering("+OK\n", f"+OK {OTHER}\n"))
    bridge(link, LEG, OTHER, back_to=BACK)
    assert switch.peers[0].commands[2:] == [PREPARE, f"api uuid_bridge {LEG} {OTHER}"]


def test_a_bridge_that_fails_leaves_the_caller_in_our_hands(linked):
    link, switch = linked(answering("+OK\n", "-ERR Invalid uuid\n", "+OK\n"))
    with pytest.raises(BridgeFailed, match="uuid_bridge: -ERR Invalid uuid"):
        bridge(link, LEG, OTHER, back_to=BACK)
    assert switch.peers[0].commands[-1] == f"api uuid_setvar_multi {LEG} socket_resume=true"


def test_a_caller_who_is_gone_is_not_bridged(linked):
    link, switch = linked(answering("-ERR No such channel!\n-USAGE: <uuid> ...\n"))
    with pytest.raises(BridgeFailed, match="No such channel"):
        bridge(link, LEG, OTHER, back_to=BACK)
    assert len(switch.peers[0].commands) == 3


def test_dropping_a_leg_that_is_gone_is_fine(linked):
    link, switch = linked(answering("-ERR No such channel!\n"))
    drop(link, OTHER)
    assert switch.peers[0].commands[-1] == f"api uuid_kill {OTHER} ORIGINATOR_CANCEL"


def test_a_switch_that_is_away_is_said_so(linked):
    link, _ = linked(lambda peer: peer.close())
    with pytest.raises(SwitchDown):
        bridge(link, LEG, OTHER, back_to=BACK)
