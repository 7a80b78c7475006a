"""Events of a real FreeSWITCH, as facts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_esl_codec import golden

from eslapp.esl import switch_events as switch
from eslapp.esl.codec import Event

GOLDEN_FACTS = {
    "create.json": (
        switch.LegCreated,
        {"direction": "inbound", "caller_number": "1000", "caller_name": "Lab Caller", "destination": "9196"},
    ),
    "answer.json": (switch.LegAnswered, {"leg": "da28d139-66b1-46b7-a603-07922971f28d"}),
    "hangup_complete.json": (switch.LegHungUp, {"cause": "NORMAL_CLEARING", "answered_at": 1795311997.552097}),
    "bridge.plain": (
        switch.LegBridged,
        {"leg": "942629a0-f115-4f90-8bca-37b84fa7e38a", "other": "94ccf4f5-9495-4a73-b640-ebaffd5ed204"},
    ),
    "unbridge.plain": (switch.LegUnbridged, {"other": "94ccf4f5-9495-4a73-b640-ebaffd5ed204"}),
    "digits_complete.plain": (switch.AppCompleted, {"app": "play_and_get_digits", "response": "_none_"}),
    "dtmf.plain": (switch.DigitPressed, {"digit": "1", "duration_ms": 80}),
    "record_stop.plain": (
        switch.RecordingStopped,
        {"path": "/fs/rec/ur1.wav", "seconds": 1.1, "bytes": 17644, "cause": "success-maxtime"},
    ),
    "register.plain": (switch.PhoneRegistered, {"user": "1001", "domain": "127.0.0.1", "expires_s": 300}),
    "unregister.plain": (switch.PhoneUnregistered, {"user": "1001", "domain": "127.0.0.1", "expired": False}),
    "expire.plain": (switch.PhoneUnregistered, {"user": "1001", "domain": "127.0.0.1", "expired": True}),
    "job.plain": (switch.JobDone, {"command": "uuid_kill", "result": "-ERR No such channel!\n"}),
    "heartbeat.plain": (switch.SwitchBeat, {}),
}


@pytest.mark.parametrize("name", GOLDEN_FACTS)
def test_a_golden_event_states_its_fact(name):
    kind, fields = GOLDEN_FACTS[name]
    fact = switch.fact(golden(name))
    assert type(fact) is kind
    assert {key: getattr(fact, key) for key in fields} == fields
    assert fact.at > 1_795_000_000


def test_what_means_nothing_to_us_is_none():
    assert switch.fact(Event({"Event-Name": "PRESENCE_IN"})) is None
    assert switch.fact(Event({"Event-Name": "CUSTOM", "Event-Subclass": "lab::one"})) is None
    assert switch.fact(Event({})) is None


def test_a_subclass_does_not_pass_for_an_event():
    assert switch.fact(Event({"Event-Name": "CUSTOM", "Event-Subclass": "CHANNEL_HANGUP_COMPLETE"})) is None


HEADERS = ["Event-Subclass", "Unique-ID", "Event-Date-Timestamp", "Hangup-Cause", "DTMF-Digit", "DTMF-Duration"]
HEADERS += ["variable_record_ms", "variable_sip_term_status", "expires", "Caller-Channel-Answered-Time", "Job-UUID"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(switch._READERS)), st.dictionaries(st.sampled_from(HEADERS), st.text()))
def test_no_event_raises(name, headers):
    switch.fact(Event({**headers, "Event-Name": name}))
