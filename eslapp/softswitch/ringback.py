"""What a caller hears while somebody is rung for them: 180, or the sound of ``ringback`` / ``transfer_ringback``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from eslapp.softswitch import legs
from eslapp.softswitch.bridging import pass_callee
from eslapp.softswitch.playing import places
from eslapp.softswitch.session_events import reading_linear
from eslapp.softswitch.soundpath import Sound, open_sound

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


class Ringback:
    """``start`` may be called again and again."""

    def __init__(self, session: Session, on_over: Callable[[], None]) -> None:
        """``on_over``: a tone was over before anybody answered: FreeSWITCH gives up then; a file begins again."""
        self._session = session
        self._on_over = on_over
        self._sound: Sound | None = None
        self._has_started = self._is_decoded = False
        self._decoding = ExitStack()

    def start(self, callee: Session) -> None:
        """The callee rings."""
        if self._has_started or not self._session.is_ready:
            return
        self._has_started = True
        session = self._session
        own = session.variables.text("transfer_ringback") if session.is_answered else ""
        name = own or session.variables.text("ringback")
        if name:
            legs.open_early_media(session)
            self._decoding.enter_context(reading_linear(session))
            self._is_decoded = True
        pass_callee(callee, session)
        if name:
            self._play(f"tone_stream://{name};loops=-1" if name.startswith("%(") else name)
        elif not session.is_answered:
            legs.ring(session)
        session.profile.times.progress = session.profile.times.progress or session.switch.now()

    def _play(self, name: str) -> None:
        session = self._session
        try:
            self._sound = open_sound(name, places(session))
        except FileNotFoundError:
            return
        if session.port is not None:
            session.port.play(self._sound.source, lambda why: self._ended(name, why))

    def _ended(self, name: str, why: str) -> None:
        if why != "done" or self._sound is None:
            return
        self._sound.source.close()
        if name.startswith("tone_stream://"):
            self._sound = None
            self._on_over()
        else:
            self._play(name)

    def stop(self) -> None:
        """Somebody answered, or nobody will."""
        sound, port = self._sound, self._session.port
        if sound is not None and port is not None and port.playing is sound.source:
            port.stop()
        if sound is not None:
            sound.source.close()
        self._sound = None
        if self._session.is_answered:
            self._decoding.close()

    def end(self) -> None:
        """What the callee's answer tells of its media is known: the caller's own is read undecoded again."""
        self._decoding.close()
        if self._is_decoded:
            self._session.variables.tell_again(("read_codec", "read_rate"))
