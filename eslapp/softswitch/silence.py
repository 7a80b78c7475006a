"""Ends a leg whose phone has sent no sound for too long: ``media_timeout``, on hold ``media_hold_timeout``.

Both are in milliseconds, as FreeSWITCH has them: channel variables, else global ones; 0 or none: never. On hold ten
times as long where only the first is said. Who said that it only listens (``a=recvonly``) owes no sound.
Not here: counting (``media.silence``), whether a silent phone answers (``sip.refreshing``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.numbers import whole

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

HOLD_FACTOR = 10


def watch(session: Session) -> None:
    """The leg's media is open, or it went on or off hold."""
    call = session.call
    if call is None or call.is_loopback:
        return
    silence = call.media.silence
    silence.on_silent = lambda: session.hangup("MEDIA_TIMEOUT")
    silence.allow(_allowed_ms(session) / 1000)


def _allowed_ms(session: Session) -> int:
    talking = _milliseconds(session, "media_timeout")
    if not session.is_held:
        is_listener = session.call is not None and session.call.remote_direction == "recvonly"
        return 0 if is_listener else talking
    return _milliseconds(session, "media_hold_timeout") or HOLD_FACTOR * talking


def _milliseconds(session: Session, name: str) -> int:
    said = session.variables.get(name)
    return whole(session.switch.conf.globals.get(name, "") if said is None else said)
