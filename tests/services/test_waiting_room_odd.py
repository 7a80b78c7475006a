"""Odd moments of legs that wait without a connection: lost on the way, a link away, words at the end of music."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import gevent
import pytest
from gevent.event import AsyncResult
from test_waiting_room import (
    AGAIN,
    FETCH,
    LEG,
    OTHER,
    Connected,
    Scene,
    Wait,
    looked,
    music,
    row,
    sound,
    stays,
    until,
    until_key,
)

from eslapp.core.model import InteractionState
from eslapp.esl import facts
from eslapp.esl.errors import LegTaken
from eslapp.services import resting, waiting_room
from eslapp.services.queue_wait import WaitsOn
from eslapp.store import StoreError
from ivr import waits

__all__ = ["music"]
GONE: dict[str, Any] = {"cause": "ORIGINATOR_CANCEL", "answered_at": 0.0, "sip_status": 0}


def leaves(leg: Any) -> waits.Happening:
    return waits.QueueLeft(waits.LEFT)


def test_who_hangs_up_on_the_way_to_rest_is_told_though_the_wait_is_over(music: str, monkeypatch: Any) -> None:
    """The router hears of it, too, and the wait looks there first."""
    scene = Scene(music, stays, monkeypatch)
    scene.room.back(cast(Any, Connected()))
    scene.wait._work = leaves
    came = Connected()
    monkeypatch.setattr(came, "go_to_rest", lambda music: scene.fact(facts.LegHungUp, **GONE))
    with pytest.raises(LegTaken):
        scene.room.take(cast(Any, came), WaitsOn(music), scene.waiting())
    assert scene.over.get(timeout=5) == ("one", "ORIGINATOR_CANCEL")
    assert LEG not in scene.room and scene.link.asked.empty()


def test_a_key_on_the_way_to_rest_counts(music: str, monkeypatch: Any) -> None:
    """The link told of it before the stay, the leg's connection after it."""
    scene = Scene(music, stays, monkeypatch)
    scene.room.back(cast(Any, Connected()))
    scene.wait._work = until_key
    came = Connected()
    monkeypatch.setattr(came, "go_to_rest", lambda music: came.digits.put("9"))
    with pytest.raises(LegTaken):
        scene.room.take(cast(Any, came), WaitsOn(music), scene.waiting())
    assert scene.asked() == FETCH


def test_who_could_not_be_fetched_is_fetched_at_the_next_look(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, leaves, monkeypatch)
    assert scene.asked() == FETCH
    assert looked(scene, has_seen=False) == [] == looked(scene, channels=row("zj-1"))
    assert scene.link.asked.empty()
    assert looked(scene) == ["rest"] and scene.asked() == FETCH


def test_a_stay_whose_leg_is_nowhere_is_over(music: str, monkeypatch: Any) -> None:
    """It hung up while the link was down."""
    for work in (stays, leaves):
        scene = Scene(music, work, monkeypatch)
        elsewhere = {OTHER: {"uuid": OTHER, "dest": "zj-rest", "application": "playback"}}
        scene.state = InteractionState.CONNECTED  # of the other one
        assert looked(scene, has_seen=False, channels=elsewhere) == []
        assert LEG in scene.room
        looked(scene, channels=elsewhere)
        assert scene.over.get(timeout=5) == ("one", "LOST")
        until(lambda scene=scene: LEG not in scene.room)  # type: ignore[misc]


@pytest.mark.parametrize("state", [InteractionState.IN_FLOW, InteractionState.CONNECTING, None])
def test_who_is_not_in_line_any_more_after_a_kill_is_fetched(state: Any, music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    scene.room.back(cast(Any, Connected()))
    scene.state = state
    joined = {LEG: {**row()[LEG], "call_uuid": LEG}, OTHER: {"uuid": OTHER, "dest": "", "call_uuid": LEG}}
    assert looked(scene, at_start=True, channels=joined) == []
    assert scene.link.asked.empty()  # it talks
    assert looked(scene, at_start=True, channels={LEG: {**row()[LEG], "call_uuid": LEG}}) == []
    assert scene.asked() == FETCH


def test_who_rests_with_music_that_is_no_good_any_more_is_fetched(music: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(waiting_room, "LOOK_AGAIN_S", 0.1)

    def rests(leg: Any) -> waits.Happening:
        leg.hold_music(music + ".gone")
        return stays(leg)

    scene = Scene(music, stays, monkeypatch)
    scene.room.back(cast(Any, Connected()))
    scene.wait._work = rests
    scene.again, scene.wait.leg = scene.waiting(), AsyncResult()
    assert looked(scene, at_start=True) == []
    assert scene.asked() == FETCH
    gevent.sleep(0.3)  # three times as long as the lease: nothing may happen
    assert scene.link.asked.empty()


def asks(scene: Scene, monkeypatch: Any, begins: str) -> list[bool]:
    """Whether the leg may be joined, at each command to the switch of that kind."""
    may: list[bool] = []
    api = scene.link.api

    def noted(line: str, timeout: float = 5.0) -> str:
        if line.startswith(begins):
            may.append(scene.room.is_at_rest(LEG))
            gevent.sleep(0.3)  # a switch that is slow
            may.append(scene.room.is_at_rest(LEG))
        return api(line, timeout)

    monkeypatch.setattr(scene.link, "api", noted)
    return may


def begun_anew(monkeypatch: Any, music: str) -> Callable[[Any], waits.Happening]:
    monkeypatch.setattr(waiting_room, "LOOK_AGAIN_S", 0.3)

    def rests(leg: Any) -> waits.Happening:
        leg.hold_music(music)
        return stays(leg)

    return rests


def test_nobody_is_joined_from_the_first_command_for_new_music_on(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    scene.room.back(cast(Any, Connected()))
    may = asks(scene, monkeypatch, "uuid_setvar")
    scene.wait._work = begun_anew(monkeypatch, music)
    scene.again, scene.wait.leg = scene.waiting(), AsyncResult()
    looked(scene, at_start=True)
    assert scene.room.is_at_rest(LEG)
    assert scene.asked().startswith("uuid_setvar") and scene.asked() == AGAIN
    assert may == [False, False]


def test_nobody_is_joined_before_the_words_have_been_ordered(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    scene.fact(facts.LegRests)
    may = asks(scene, monkeypatch, "uuid_broadcast")
    scene.leg.announce(["/s/third.wav"])
    assert may == [False, False] and not scene.room.is_at_rest(LEG)
    until(lambda: scene.room.is_at_rest(LEG))


def test_a_look_that_is_older_than_the_way_does_not_settle_the_leg(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    assert looked(scene, has_seen=False) == [] and not scene.room.is_at_rest(LEG)
    assert looked(scene) == [] and scene.room.is_at_rest(LEG)


def test_words_at_the_end_of_the_music_are_heard_to_their_end(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(resting, "AT_LEAST_S", 0.1)
    monkeypatch.setattr(resting, "WANTED_S", 0.5)
    words = sound(tmp_path / "words.wav", 1.0)
    scene = Scene(sound(tmp_path / "m.wav", 0.5), stays, monkeypatch)
    scene.fact(facts.LegRests)
    scene.leg.announce([words, words])
    assert scene.asked().startswith("uuid_broadcast")
    gevent.sleep(1.5)  # the music waits for them: it would have been over by now
    assert scene.link.asked.empty()
    assert scene.asked() == AGAIN


def test_a_leg_that_cannot_be_taken_over_is_fetched_and_the_look_goes_on(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    scene.room.back(cast(Any, Connected()))

    def fails(leg: str) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(scene.room, "_again", fails)
    assert looked(scene, at_start=True) == []
    assert scene.asked() == FETCH


def test_a_thousand_short_stays_leave_nothing_behind(music: str, monkeypatch: Any) -> None:
    """A third each are joined, hang up, and are fetched."""
    scene = Scene(music, stays, monkeypatch)
    scene.room.back(cast(Any, Connected()))
    before = greenlets()
    for number in range(1000):
        leg = f"11111111-1111-4111-8111-{number:012d}"
        scene.wait = Wait(leaves if number % 3 == 0 or number % 2 else stays)  # some are over before they have begun
        with pytest.raises(LegTaken):
            scene.room.take(cast(Any, Connected(leg)), WaitsOn(music), scene.waiting())
        if number % 3 == 1:
            scene.fact(facts.LegBridged, leg=leg, other=OTHER)
        elif number % 3 == 2:
            scene.fact(facts.LegHungUp, leg=leg, **GONE)
    until(lambda: scene.link.asked.qsize() == 334)
    for number in range(0, 1000, 3):
        scene.room.back(cast(Any, Connected(f"11111111-1111-4111-8111-{number:012d}")))
    until(lambda: not scene.room._stays and greenlets() <= before)
    assert scene.over.qsize() == 333


def greenlets() -> int:
    gc.collect()
    return sum(isinstance(one, gevent.Greenlet) for one in gc.get_objects())
