"""A closed browser: no more offers soon, the chats back in line later, everything as it was for who comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from house import Clock, House

from eslapp.core.model import InteractionState, Presence
from webhooks.api.events import NOTICE_S
from webhooks.deps import WebSettings
from webhooks.desks import GONE, GRACE_S, LOST_S, Desks
from webhooks.web import KEY

QUICK = WebSettings(heartbeat_s=0.05)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path, QUICK)
    yield house
    house.close()


def desks(house: House) -> Desks:
    found: Desks = house.app.extensions[KEY].desks
    return found


def pass_s(house: House, seconds: float) -> None:
    assert isinstance(house.clock, Clock)
    house.clock.pass_s(seconds)
    desks(house).look()


def test_who_closes_the_browser_is_asked_no_more_and_the_chat_goes_back_in_line(house: House) -> None:
    client = house.sign_in("1001")
    with client.stream("/api/events") as stream:
        stream.next()
        house.available("1001")
        interaction = house.chat_interaction()
        house.connect(interaction)
        before = house.world.interactions[interaction]
    house.until(lambda: desks(house)._closed_at, "the stream's end")
    pass_s(house, LOST_S - 1)
    assert house.world.agents["1001"].presence == Presence.AVAILABLE
    pass_s(house, 2)
    assert (house.world.agents["1001"].presence, house.world.agents["1001"].reason) == (Presence.OFFLINE, GONE)
    assert house.world.interactions[interaction].state == InteractionState.CONNECTED
    with client.stream("/api/events") as stream:
        stream.next()
        assert house.world.agents["1001"].presence == Presence.AVAILABLE, "back in time: as it was"
    house.until(lambda: desks(house)._closed_at, "the stream's end")
    pass_s(house, LOST_S)
    pass_s(house, GRACE_S)
    after = house.world.interactions[interaction]
    assert (after.state, after.agent, after.queued_at) == (InteractionState.QUEUED, "", before.queued_at)


def test_another_window_counts_too(house: House) -> None:
    client = house.sign_in("1001")
    with client.stream("/api/events") as stream:
        stream.next()
        house.available("1001")
        with desks(house).at_work("1001"):
            pass
        pass_s(house, LOST_S + GRACE_S)
        assert house.world.agents["1001"].presence == Presence.AVAILABLE


def test_a_browser_closed_while_the_daemon_was_down_is_noticed_by_the_next_one(house: House) -> None:
    client = house.sign_in("1001")
    house.available("1002")  # has a telephone and no browser
    with client.stream("/api/events") as stream:
        stream.next()
        house.available("1001")
        interaction = house.chat_interaction()
        house.connect(interaction)
        parts = house.app.extensions[KEY]
        parts.desks = Desks(house.deps, parts.board)  # the old one's memory is gone
        desks(house).expect()
    pass_s(house, LOST_S + 1)
    assert (house.world.agents["1001"].presence, house.world.agents["1001"].reason) == (Presence.OFFLINE, GONE)
    assert house.world.agents["1002"].presence == Presence.AVAILABLE
    pass_s(house, GRACE_S)
    assert house.world.interactions[interaction].state == InteractionState.QUEUED
    desks(house).expect()
    assert not desks(house)._closed_at, "once"


def test_a_browser_that_comes_back_to_the_next_daemon_loses_nothing(house: House) -> None:
    client = house.sign_in("1001")
    with client.stream("/api/events") as stream:
        stream.next()
        house.available("1001")
    parts = house.app.extensions[KEY]
    parts.desks = Desks(house.deps, parts.board)
    desks(house).expect()
    with client.stream("/api/events") as stream:
        stream.next()
        pass_s(house, LOST_S + GRACE_S)
        assert house.world.agents["1001"].presence == Presence.AVAILABLE


def test_a_closed_browser_is_noticed_before_any_beat(tmp_path: Path) -> None:
    patient = House(tmp_path, WebSettings(heartbeat_s=60.0))
    try:
        with patient.sign_in("1001").stream("/api/events") as stream:
            stream.next()
        began = monotonic()
        patient.until(lambda: desks(patient)._closed_at, "the stream's end")
        assert monotonic() - began < NOTICE_S, "the next beat would have told it"
    finally:
        patient.close()
