"""Legs that wait without a connection: what ends their stay, whether they may be joined, what is sent to the switch."""

from __future__ import annotations

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import gevent
import pytest
from gevent.event import AsyncResult
from gevent.queue import Queue

from eslapp.core.model import InteractionState
from eslapp.esl import facts
from eslapp.esl.errors import LegTaken, SwitchDown
from eslapp.services import resting, waiting_room
from eslapp.services.caller_leg import COMFORT
from eslapp.services.queue_wait import WaitsOn
from eslapp.services.resting import lease_of
from eslapp.services.waiting_room import Waiting, WaitingRoom
from ivr import effects, waits

LEG, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
FETCH = f"uuid_transfer {LEG} zj-1 XML zongji"
AGAIN = f"uuid_transfer {LEG} zj-rest XML zongji"
BOUND_S = 5.0


def sound(path: Path, seconds: float) -> str:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(2 * round(8000 * seconds)))
    return str(path)


@pytest.mark.parametrize(
    ("seconds", "copies", "total"), [(0.6, 30, 18.0), (12, 5, 60.0), (45, 2, 90.0), (240, 1, 240.0), (599, 1, 599.0)]
)
def test_the_music_is_sent_for_about_a_minute(tmp_path: Path, seconds: float, copies: int, total: float) -> None:
    path = sound(tmp_path / "m.wav", seconds)
    lease = lease_of(path)
    assert lease is not None
    assert (lease.sounds, lease.seconds) == ((path,) * copies, pytest.approx(total))


def test_nobody_rests_with_music_that_is_not_there_or_no_good(tmp_path: Path) -> None:
    (tmp_path / "torn.wav").write_bytes(b"RIFF\x00")
    refused = [sound(tmp_path / f"{n}.wav", seconds) for n, seconds in enumerate((0.0, 0.1, 700))]
    assert [lease_of(path) for path in (*refused, str(tmp_path / "torn.wav"), str(tmp_path / "none.wav"))] == [None] * 5
    assert lease_of(COMFORT) is not None


class Link:
    """The daemon's link: what was asked of it."""

    def __init__(self) -> None:
        self.asked: Queue[str] = Queue()
        self.is_down = False

    def api(self, line: str, timeout: float = 5.0) -> str:
        self.asked.put(line)
        if self.is_down:
            raise SwitchDown("down")
        return "+OK"


class Connected:
    """A leg with a connection, as far as the room asks it."""

    may_rest = True

    def __init__(self, leg: str = LEG) -> None:
        self.leg, self.digits = leg, cast("Queue[str]", Queue())
        self.sent: tuple[str, ...] = ()

    def go_to_rest(self, music: tuple[str, ...]) -> None:
        self.sent = music


class Wait:
    """A wait that does with the resting leg what the test wants."""

    def __init__(self, work: Callable[[Any], waits.Happening]) -> None:
        self._work = work
        self.leg: AsyncResult = AsyncResult()

    def wait(self, leg: Any, *_: Any) -> waits.Happening:
        self.leg.set(leg)
        return self._work(leg)


class Scene:
    """A room with one leg in it."""

    def __init__(self, music: str, work: Callable[[Any], waits.Happening], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(waiting_room, "OLD_CONNECTION_S", 0.05)
        self.link, self.over = Link(), cast("Queue[tuple[str, str]]", Queue())
        self.state: InteractionState | None = InteractionState.QUEUED
        self.again: Waiting | None = None
        self.room = WaitingRoom(
            link=self.link,
            state_of=lambda leg: self.state,
            hung_up=lambda leg, interaction, cause: self.over.put((interaction, cause)),
            again=lambda leg: self.again,
        )
        self.came, self.wait = Connected(), Wait(work)
        with pytest.raises(LegTaken):
            self.room.take(cast(Any, self.came), WaitsOn(music), self.waiting())
        self.leg = self.wait.leg.get(timeout=BOUND_S)

    def waiting(self) -> Waiting:
        enter: dict[str, Any] = {"effect": effects.EnterQueue(queue="orders"), "language": "en", "since": 0.0}
        return Waiting(interaction="one", wait=cast(Any, self.wait), **enter)

    def fact(self, kind: type[Any], **more: Any) -> None:
        self.room.on_fact(kind(at=0.0, **{"leg": LEG, **more}))

    def asked(self) -> str:
        return str(self.link.asked.get(timeout=BOUND_S))


def until(holds: Callable[[], bool]) -> None:
    with gevent.Timeout(BOUND_S):
        while not holds():
            gevent.sleep(0.005)


@pytest.fixture
def music(tmp_path: Path) -> str:
    return sound(tmp_path / "music.wav", 12)


def stays(leg: Any) -> waits.Happening:
    while True:
        leg.pause(60)


def until_key(leg: Any) -> waits.Happening:
    while not (key := leg.key(["9"])):
        leg.pause_or_key(60)
    return waits.KeysPressed(key)


def test_a_leg_may_be_joined_when_the_switch_has_told_that_it_rests(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    assert scene.came.sent == (music,) * 5
    assert LEG in scene.room and not scene.room.is_at_rest(LEG)
    scene.fact(facts.LegRests)
    assert scene.room.is_at_rest(LEG) and not scene.room.is_at_rest(OTHER)
    scene.leg.announce(["/s/third.wav"])
    assert scene.asked() == f"uuid_broadcast {LEG} /s/third.wav aleg"
    assert not scene.room.is_at_rest(LEG)  # the words begin only now: not in the talk
    until(lambda: scene.room.is_at_rest(LEG))


def test_a_key_fetches_the_leg_and_is_pressed_on_its_new_connection(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, until_key, monkeypatch)
    scene.fact(facts.LegRests)
    scene.fact(facts.DigitPressed, digit="5", duration_ms=100)
    scene.fact(facts.DigitPressed, digit="9", duration_ms=100)
    assert scene.asked() == FETCH
    assert not scene.room.is_at_rest(LEG)
    back = Connected()
    scene.room.back(cast(Any, back))
    assert back.digits.get_nowait() == "9"
    assert LEG not in scene.room and scene.over.empty()


def test_who_hangs_up_is_told_once_at_rest_and_on_the_way_back(music: str, monkeypatch: Any) -> None:
    for work in (stays, lambda leg: waits.QueueLeft(waits.TIMEOUT)):
        scene = Scene(music, work, monkeypatch)
        if work is not stays:
            assert scene.asked() == FETCH
        for _ in range(2):
            scene.fact(facts.LegHungUp, cause="ORIGINATOR_CANCEL", answered_at=0.0, sip_status=0)
        assert scene.over.get(timeout=BOUND_S) == ("one", "ORIGINATOR_CANCEL")
        gevent.sleep(0)
        assert scene.over.empty() and LEG not in scene.room and scene.link.asked.empty()


@pytest.mark.parametrize("ends", [{"leg": LEG, "other": OTHER}, {"leg": OTHER, "other": LEG}])
def test_a_join_ends_the_stay_without_a_word(ends: dict[str, str], music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    scene.fact(facts.LegRests)
    scene.fact(facts.LegBridged, **ends)
    until(lambda: LEG not in scene.room)
    assert scene.link.asked.empty() and scene.over.empty()


def test_whatever_fails_in_the_wait_the_leg_is_fetched(music: str, monkeypatch: Any) -> None:
    def fails(leg: Any) -> waits.Happening:
        raise KeyError("ours")

    assert Scene(music, fails, monkeypatch).asked() == FETCH


def test_the_music_begins_anew_when_it_is_over_but_not_before_a_join(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(resting, "AT_LEAST_S", 0.1)
    monkeypatch.setattr(resting, "WANTED_S", 0.3)
    joining, pauses = True, 0

    def rests(leg: Any) -> waits.Happening:
        nonlocal pauses
        leg.hold_music("m", is_joining=lambda: joining)
        while True:
            leg.pause(0.1)
            pauses += 1

    scene = Scene(sound(tmp_path / "m.wav", 0.3), rests, monkeypatch)
    scene.fact(facts.LegRests)
    gevent.sleep(0.6)  # twice as long as the music: nothing may happen
    assert scene.link.asked.empty() and scene.room.is_at_rest(LEG)
    assert pauses < 10  # each as long as it should be
    joining = False
    assert scene.asked() == AGAIN
    assert not scene.room.is_at_rest(LEG)  # on its way
    scene.fact(facts.LegRests)
    assert scene.room.is_at_rest(LEG)


def test_without_the_switch_nothing_is_lost(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, until_key, monkeypatch)
    scene.link.is_down = True
    scene.fact(facts.LegRests)
    assert scene.leg.announce(["/s/third.wav"]) == ""
    scene.fact(facts.DigitPressed, digit="9", duration_ms=100)
    assert scene.asked().startswith("uuid_broadcast") and scene.asked() == FETCH
    back = Connected()  # the end of its music brings it back
    scene.room.back(cast(Any, back))
    assert back.digits.get_nowait() == "9"


def row(dest: str = "zj-rest") -> dict[str, dict[str, str]]:
    return {LEG: {"uuid": LEG, "dest": dest, "application": "playback"}}


def looked(scene: Scene, *, at_start: bool = False, has_seen: bool = True, channels: Any = None) -> list[str]:
    return list(scene.room.look(None, channels or row(), at_start, lambda mark, start: start or has_seen))


def test_legs_that_rest_for_nobody_are_fetched(music: str, monkeypatch: Any) -> None:
    scene = Scene(music, stays, monkeypatch)
    assert looked(scene) == []
    assert scene.room.is_at_rest(LEG)  # we had not been told
    scene.room.back(cast(Any, Connected()))
    assert looked(scene, has_seen=False) == [] == looked(scene, channels=row("zj-hold"))
    assert scene.link.asked.empty()
    assert looked(scene) == ["rest"] and scene.asked() == FETCH
    assert looked(scene, at_start=True) == [] and scene.asked() == FETCH  # of the daemon before: no repair
    assert scene.link.asked.empty()
    for state in (InteractionState.CONNECTED, InteractionState.CONNECTING):
        scene.state = state  # talks: its row still names where it was before
        assert looked(scene) == []


def test_who_rested_under_the_daemon_before_rests_on_and_may_be_joined(music: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(waiting_room, "LOOK_AGAIN_S", 0.3)

    def rests(leg: Any) -> waits.Happening:
        leg.hold_music(music)
        return until_key(leg)

    scene = Scene(music, rests, monkeypatch)
    scene.room.back(cast(Any, Connected()))
    scene.again, scene.wait.leg = scene.waiting(), AsyncResult()
    assert looked(scene, at_start=True) == []
    assert scene.room.is_at_rest(LEG) and scene.link.asked.empty()
    assert scene.asked() == f"uuid_setvar {LEG} zj_music file_string://{'!'.join([music] * 5)}"
    assert scene.asked() == AGAIN and not scene.room.is_at_rest(LEG)
    scene.fact(facts.LegRests)
    scene.fact(facts.DigitPressed, digit="9", duration_ms=100)
    assert scene.asked() == FETCH
