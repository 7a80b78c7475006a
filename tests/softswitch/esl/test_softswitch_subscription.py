"""Who hears what: names, CUSTOM subclasses, myevents, filters."""

from __future__ import annotations

import pytest

from eslapp.softswitch.event_socket.subscription import MAX_FILTERS, Subscription
from eslapp.softswitch.events import Event

PARK = Event([("Event-Name", "CHANNEL_PARK"), ("Unique-ID", "u1"), ("Channel-Name", "sofia/lab/1000@h")])


def listening(words: str) -> Subscription:
    wish = Subscription()
    assert wish.subscribe(wish.take_format(words.split()))
    return wish


@pytest.mark.parametrize(
    ("words", "form", "heard", "unheard"),
    [
        ("plain ALL", "plain", ["CHANNEL_PARK", "CUSTOM any::thing", "HEARTBEAT"], []),
        ("json CHANNEL_PARK heartbeat", "json", ["CHANNEL_PARK", "HEARTBEAT"], ["CUSTOM a::b", "DTMF"]),
        ("DTMF", "plain", ["DTMF"], ["CHANNEL_PARK"]),
        ("xml DTMF NONSENSE CUSTOM a::b c::d", "xml", ["DTMF", "CUSTOM a::b", "CUSTOM c::d"], ["CUSTOM e::f"]),
        # all that follows CUSTOM is a subclass, also what looks like an event
        ("plain CUSTOM a::b DTMF", "plain", ["CUSTOM a::b"], ["DTMF"]),
        ("plain ALL CUSTOM a::b", "plain", ["DTMF", "CUSTOM z::z"], []),
    ],
)
def test_names_and_subclasses(words: str, form: str, heard: list[str], unheard: list[str]) -> None:
    wish = listening(words)
    assert wish.form == form
    for each in heard:
        assert wish.wants(*(each + " ").split(" ")[:2]), each
    for each in unheard:
        assert not wish.wants(*(each + " ").split(" ")[:2]), each


def test_nothing_is_heard_before_a_wish_and_after_noevents() -> None:
    wish = Subscription()
    assert not wish.wants("DTMF", "")
    assert not wish.subscribe(["NONSENSE"]) and not wish.is_listening
    wish.subscribe(["ALL"])
    wish.clear()
    assert not wish.wants("DTMF", "")


def test_nixevent_takes_away_one_by_one() -> None:
    wish = listening("plain ALL")
    assert wish.unsubscribe(["DTMF"])
    assert wish.wants("CHANNEL_PARK", "") and not wish.wants("DTMF", "")
    wish = listening("plain DTMF CUSTOM a::b c::d")
    assert wish.unsubscribe("CUSTOM a::b".split())
    assert wish.wants("CUSTOM", "c::d") and not wish.wants("CUSTOM", "a::b")
    assert not wish.unsubscribe(["NONSENSE"])
    assert wish.unsubscribe(["ALL"]) and not wish.wants("DTMF", "")


def test_myevents_hears_one_channel_and_its_jobs() -> None:
    wish = Subscription()
    wish.follow("u2")
    assert wish.wants("CHANNEL_PARK", "") and not wish.passes(PARK)
    wish.follow("u1")
    assert wish.passes(PARK)
    assert not wish.passes(Event([("Event-Name", "HEARTBEAT")]))
    assert wish.passes(Event([("Event-Name", "BACKGROUND_JOB"), ("Job-Owner-UUID", "u1")]))
    wish.clear()
    assert not wish.passes(Event([("Event-Name", "HEARTBEAT")])), "for good"
    wish = Subscription()
    wish.follow("")
    assert wish.passes(PARK) and not wish.passes(Event([("Event-Name", "HEARTBEAT")]))


@pytest.mark.parametrize(
    ("header", "value", "is_heard"),
    [
        ("Unique-ID", "u1", True),
        ("unique-id", "U1", True),
        ("Unique-ID", "u2", False),
        ("Channel-Name", "/^sofia\\/lab/", True),
        ("Channel-Name", "/^loopback/", False),
        ("Channel-Name", "/([/", False),  # no expression at all
        ("Absent", "/.*/", False),
    ],
)
def test_a_filter_lets_through_what_matches(header: str, value: str, is_heard: bool) -> None:
    wish = listening("plain ALL")
    wish.add_filter(header, value)
    assert wish.passes(PARK) is is_heard


def test_a_filter_with_a_minus_takes_back_what_an_earlier_one_let_through() -> None:
    wish = Subscription()
    for header, value in (("Event-Name", "CHANNEL_PARK"), ("Unique-ID", "-u1")):
        wish.add_filter(header, value)
    assert not wish.passes(PARK)
    assert wish.passes(Event([("Event-Name", "CHANNEL_PARK"), ("Unique-ID", "u2")]))
    assert not wish.passes(Event([("Event-Name", "DTMF"), ("Unique-ID", "u2")]))


def test_filters_add_up_and_are_deleted_by_header_or_value() -> None:
    wish = listening("plain ALL")
    for value in ("u8", "u1", "u9"):
        wish.add_filter("Unique-ID", value)
    wish.add_filter("Event-Name", "DTMF")
    assert wish.passes(PARK)
    wish.delete_filter("unique-id", "u1")
    assert not wish.passes(PARK)
    wish.delete_filter("Unique-ID", "")
    assert wish.filters == [("Event-Name", "DTMF")]
    wish.delete_filter("all", "")
    assert wish.filters == [] and wish.passes(PARK)


def test_a_controller_cannot_pile_up_filters() -> None:
    wish = Subscription()
    assert all(wish.add_filter("a", str(number)) for number in range(MAX_FILTERS))
    assert not wish.add_filter("a", "more")
