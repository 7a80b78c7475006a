"""Listening to another channel, speaking to it (whisper), to its partner, or to both (barge): eavesdrop, three_way.

Owns: who hears whom, the keys 0-3 and ``*``, groups. Not here: the applications (``apps/eavesdrop.py``), mixing frames
(``media.port``'s shapers).
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eslapp.softswitch.media.g711 import SILENCE, add
from eslapp.softswitch.media.port import MediaPort
from eslapp.softswitch.session_events import bug, fire, reading_linear
from eslapp.softswitch.waiting import Wait, wait

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

WAIT_FOR_MEDIA_S = 6.0
LATEST = 3  # frames kept for the listener: two clocks of one tick


@dataclass
class Ways:
    """What is heard (``of_target``: what the target says, ``of_partner``: what it hears) and who is spoken to."""

    of_target: bool = True
    of_partner: bool = True
    to_partner: bool = False
    to_target: bool = False
    by_keys: bool = True


KEYS = {"0": (False, False), "1": (True, False), "2": (False, True), "3": (True, True)}  # (to_partner, to_target)


class Spy:
    """Sits in the target's media: hands its audio to the listener and mixes the listener's into it."""

    def __init__(self, listener: MediaPort, target: MediaPort, ways: Ways) -> None:
        self.ways = ways
        self._listener = listener
        self._target = target
        self._said: bytes | None = None
        self._frames: deque[bytes] = deque(maxlen=LATEST)
        self._shapers = (self._on_read, self._on_write)  # the port knows them by identity

    def _on_read(self, pcm: bytes | None) -> bytes | None:
        """What the target says goes on to its partner."""
        self._said = pcm if self.ways.of_target else None
        return self._mixed(pcm) if self.ways.to_partner and self.ways.of_target else pcm

    def _on_write(self, pcm: bytes | None) -> bytes | None:
        """What the target is sent."""
        sent = pcm if self.ways.of_partner else None
        said, self._said = self._said, None
        self._frames.append(add(said, sent) if said and sent else said or sent or SILENCE)
        return self._mixed(pcm) if self.ways.to_target and self.ways.of_partner else pcm

    def _mixed(self, pcm: bytes | None) -> bytes | None:
        voice = self._listener.heard
        return add(pcm, voice) if pcm and voice else pcm or voice

    def read(self) -> bytes | None:
        """See Source: what the listener hears."""
        return self._frames.popleft() if self._frames else SILENCE

    def close(self) -> None:
        """See Source."""

    def start(self) -> None:
        """From the next tick on."""
        self._target.add_shapers(*self._shapers)
        self._listener.play(self)

    def stop(self) -> None:
        """Leave no trace."""
        self._target.remove_shapers(*self._shapers)
        if self._listener.playing is self:
            self._listener.stop()


def may_listen(target: Session, group: str) -> bool:
    """``eavesdrop_require_group`` of the listener must be one of the target's ``eavesdrop_group``."""
    return not group or group in [each.strip() for each in target.variables.text("eavesdrop_group").split(",")]


async def eavesdrop(session: Session, target: Session, ways: Ways, group: str = "") -> Wait | None:
    """Until either ends or ``*`` is pressed. None: it could not begin."""
    if target is session or not session.is_media_ready or not may_listen(target, group):
        return None
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WAIT_FOR_MEDIA_S
    while target.is_up and not target.is_media_ready and session.is_ready and loop.time() < deadline:
        await wait(session, timeout_s=0.02, digits=False)
    if not target.is_up or not session.is_ready or target.port is None or session.port is None:
        return None
    if not target.is_media_ready:
        return None
    with reading_linear(session):
        _show_target(session, target)
        return await _listen(session, target, Spy(session.port, target.port, ways))


def _show_target(session: Session, target: Session) -> None:
    name, number = target.profile.caller_id_name, target.profile.caller_id_number
    if (name, number) == (
        session.variables.get("last_sent_callee_id_name"),
        session.variables.get("last_sent_callee_id_number"),
    ):
        return
    session.variables.set("last_sent_callee_id_name", name)
    session.variables.set("last_sent_callee_id_number", number)
    shown = [("Direction", "SEND"), ("Sent-Callee-ID-Name", name), ("Sent-Callee-ID-Number", number)]
    fire(session, "CALL_UPDATE", before=shown)


async def _listen(session: Session, target: Session, spy: Spy) -> Wait:
    def on_key(digit: str) -> bool:
        if digit in KEYS:
            spy.ways.to_partner, spy.ways.to_target = KEYS[digit]
        return digit == "*"

    target.on_hangup.append(session.ring_bell)
    spy.start()
    fire(target, "MEDIA_BUG_START", before=bug("eavesdrop", target.uuid))
    try:
        return await wait(
            session,
            lambda: not target.is_up,
            on_digit=on_key if spy.ways.by_keys else None,
            digits=spy.ways.by_keys,
            breaks=False,
        )
    finally:
        spy.stop()
        if target.is_up:
            fire(target, "MEDIA_BUG_STOP", before=bug("eavesdrop", target.uuid))
        else:  # told when the channel goes
            target.open_bugs += ("eavesdrop",)
        if session.ring_bell in target.on_hangup:
            target.on_hangup.remove(session.ring_bell)
