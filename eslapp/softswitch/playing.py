"""Plays a sound to a channel and waits for its end, with FreeSWITCH's events and variables.

Owns: PLAYBACK_START and PLAYBACK_STOP, terminators, being suspended while another application runs inside.
Not here: names of sounds (``soundpath.py``), gathering digits (``gathering.py``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eslapp.softswitch.events import Event
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.origins import ORIGINS
from eslapp.softswitch.profile import Header
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session_events import fire
from eslapp.softswitch.soundpath import Places, Sound, open_sound
from eslapp.softswitch.waiting import OnDigit, Wait, wait

if TYPE_CHECKING:
    from eslapp.softswitch.media.sources import Source
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.variables import Variables

FRAME_SAMPLES = 160
FRAMES_PER_S = 50


@dataclass(frozen=True)
class Played:
    """How it ended: FreeSWITCH's text, and whether another round may follow."""

    response: str  # FILE PLAYED | FILE NOT FOUND | PLAYBACK ERROR
    is_complete: bool = False
    is_by_digit: bool = False
    is_broken: bool = False
    frames: int = 0  # heard


class EchoSource:
    """What a port hears, to be played into the same port."""

    def __init__(self, port: MediaPort) -> None:
        self._port = port

    def read(self) -> bytes | None:
        """See Source; where nothing is heard, nothing is sent."""
        return self._port.heard or b""

    def close(self) -> None:
        """Nothing is held."""


class Allowance:
    """``playback_timeout_sec``, or ``playback_timeout_sec_cumulative`` for all playbacks together: frames that are
    left; 0: any number. As in FreeSWITCH one second is no limit.
    """

    def __init__(self, variables: Variables) -> None:
        self._variables = variables
        self._cumulative = leading_number(variables.text("playback_timeout_sec_cumulative"))
        seconds = self._cumulative or leading_number(variables.text("playback_timeout_sec"))
        self.frames = seconds * FRAMES_PER_S if seconds > 1 else 0
        self.is_used_up = False

    def take(self) -> None:
        """One frame was played."""
        if self.frames:
            self.frames -= 1
            self.is_used_up = not self.frames

    def keep(self) -> None:
        """What is left of the cumulative one is for the next playback."""
        if self.frames and self._cumulative > 1:
            self._variables.set("playback_timeout_sec_cumulative", str(self.frames // FRAMES_PER_S))


class Counted:
    """A source that counts its frames and tells when it was heard to the end."""

    def __init__(self, source: Source, allowance: Allowance) -> None:
        self._source, self._allowance = source, allowance
        self.frames = 0

    def read(self) -> bytes | None:
        """See Source."""
        frame = None if self._allowance.is_used_up else self._source.read()
        if frame is not None:
            self.frames += 1
            self._allowance.take()
        return frame

    def close(self) -> None:
        """See Source."""
        self._source.close()


def places(session: Session) -> Places:
    """Where this channel's relative names are looked for."""
    prefix = session.variables.get("sound_prefix")
    sounds = session.switch.sound_path("") if prefix is None else session.switch.sound_path(prefix)
    return Places(sounds, session.switch.conf.local_streams, lambda what, file: _tell_of_file(session, what, file))


def _tell_of_file(session: Session, what: str, file: str) -> None:
    """``filestring::open`` and its siblings, which name no channel."""
    switch, subclass = session.switch, f"filestring::{what}"
    if not switch.bus.is_wanted("CUSTOM", subclass):
        switch.skip_sequence()
        return
    core = switch.core_headers("CUSTOM", ORIGINS["CUSTOM filestring"])
    switch.bus.publish(Event([("Event-Subclass", subclass), *core, ("File", file)]))


async def play(session: Session, name: str, on_digit: OnDigit | None = None) -> Played:
    """Play one name, or those between ``playback_delimiter``. ``on_digit`` sees every digit; True ends the sound."""
    variables = session.variables
    delimiter = variables.text("playback_delimiter")[:1]
    pause_s = leading_number(variables.text("playback_sleep_val")) / 1000 if delimiter else 0.0
    allowance = Allowance(variables)
    played = Played("PLAYBACK ERROR")
    for index, each in enumerate(separate(name, delimiter) if delimiter else [name]):
        if index and pause_s > 0 and not (await wait(session, timeout_s=pause_s, on_digit=on_digit)).is_timed_out:
            break
        played = await _play_one(session, each, on_digit, allowance)
        if played.is_broken or played.is_by_digit or not session.is_ready or allowance.is_used_up:
            break
    allowance.keep()
    if allowance.is_used_up and not variables.is_true("playback_timeout_as_success"):
        return replace(played, response="PLAYBACK ERROR", is_complete=False)
    return played


def _unspoken(session: Session, name: str) -> Played | None:
    """``say:`` without ``tts_engine`` is played as nothing; there is neither an engine nor a phrase here."""
    kind = name.partition(":")[0].lower()
    if kind not in ("say", "phrase") or ":" not in name:
        return None
    is_nothing = kind == "say" and not session.variables.get("tts_engine")
    return Played("FILE PLAYED" if is_nothing else "PLAYBACK ERROR", is_complete=is_nothing)


async def _play_one(session: Session, name: str, on_digit: OnDigit | None, allowance: Allowance) -> Played:
    unspoken = _unspoken(session, name)
    if unspoken is not None and session.is_media_ready:
        return unspoken
    if not name.strip() or session.port is None or not session.is_media_ready:
        return Played("PLAYBACK ERROR")
    try:
        sound = open_sound(name, places(session))
    except (FileNotFoundError, OSError):
        return Played("FILE NOT FOUND")
    about: list[Header] = [("Playback-File-Type", sound.type), ("Playback-File-Path", sound.path)]
    settings = list(sound.settings.items())
    fire(session, "PLAYBACK_START", after=[*about, *settings])
    counted = Counted(sound.source, allowance)
    try:
        result = await _sound(session, session.port, counted, on_digit)
    finally:
        counted.close()
    _remember(session, sound, counted.frames * FRAME_SAMPLES)
    is_broken = result.is_broken or result.is_by_digit
    fire(session, "PLAYBACK_STOP", after=[*about, ("Playback-Status", "break" if is_broken else "done"), *settings])
    if not session.is_ready and not _was_ended(session):
        return Played("PLAYBACK ERROR")
    return Played("FILE PLAYED", result.is_done, result.is_by_digit, result.is_broken, counted.frames)


def _was_ended(session: Session) -> bool:
    """Hung up by the switch: the playing sees its medium end first. A phone's BYE or a transfer is an error to it."""
    is_by_phone = session.hung_up_by_phone or session.ended_on_hold  # nothing is heard of who holds
    return session.hung_up_inside or (bool(session.hangup_cause) and not is_by_phone)


async def _sound(session: Session, port: MediaPort, source: Counted, on_digit: OnDigit | None) -> Wait:
    over: list[str] = []

    def ended(why: str) -> None:
        if why in ("done", "closed"):
            over.append(why)
            session.ring_bell()

    def suspend() -> Callable[[], None]:
        if port.playing is source:
            port.stop()
        return resume

    def resume() -> None:
        if not over:
            port.play(source, ended)

    port.play(source, ended)
    result = await wait(session, lambda: bool(over), on_digit=on_digit, suspend=suspend)
    if port.playing is source:
        port.stop()
    return result


def _remember(session: Session, sound: Sound, played: int) -> None:
    samples = sound.total_samples or played
    values = (
        ("playback_last_offset_pos", sound.offset + min(played, samples)),
        ("playback_seconds", samples // 8000),
        ("playback_ms", samples // 8),
        ("playback_samples", samples),
    )
    for name, value in values:
        session.variables.set(name, str(value))


def terminator(session: Session) -> OnDigit:
    """``playback_terminators``: which digits end a playback (``*`` by default, ``none``, ``any``)."""
    wanted = session.variables.text("playback_terminators", "*")

    def on_digit(digit: str) -> bool:
        is_one = wanted.lower() == "any" or (wanted.lower() != "none" and digit in wanted)
        if is_one:
            session.variables.set("playback_terminator_used", digit)
        return is_one

    return on_digit
