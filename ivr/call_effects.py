"""Effects of the steps that do more with a call than playing and asking; carried out by one file each in the daemon.

Owns: answering, listening, messages, transfers, recording, call-backs. Not here: the effects every flow needs
(``effects``), what comes back (``waits``). ``results``: the words ``Performed`` may bring, for those who try them all.

    AnswerCall, RecordCall, Transfer, TakeMessage, KeepMessage, RequestCallback -> Performed(result, values)
    PlayTake -> PlayEnded        Listen -> WordsHeard | KeysPressed | KeysMissing
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from .effects import Effect, Speech

PERFORMED: tuple[str, ...] = ("Performed",)


@dataclass(frozen=True, slots=True)
class AnswerCall(Effect):
    """Answer the call now (it may have been heard as early media) -> ``Performed("answered")``."""

    waits_for: ClassVar[tuple[str, ...]] = PERFORMED
    results: ClassVar[tuple[str, ...]] = ("answered",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen(Effect):
    """Play, then take words or keys, whichever comes first; both stop the sound. ONE try.

    ``phrases``: what may be said, for recognisers that can be told (empty: anything). ``keys`` end the listening as
    they would end ``Ask``; ``first_s`` until the first word or key after the sound, ``longest_s`` of speech,
    ``pause_s`` of silence ends it, ``next_s`` between keys. Without a recogniser for ``language`` only keys count and
    ``instead`` is said, where there is any; with no keys either it fails after that. ``may_interrupt`` False: what is
    said while the sound plays does not count.
    """

    waits_for: ClassVar[tuple[str, ...]] = ("WordsHeard", "KeysPressed", "KeysMissing")
    speech: tuple[Speech, ...]
    language: str
    phrases: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    first_s: float = 5.0
    next_s: float = 2.0
    longest_s: float = 10.0
    pause_s: float = 1.0
    instead: tuple[Speech, ...] = ()
    may_interrupt: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMessage(Effect):
    """Play, beep, and record what the contact says -> ``Performed("taken", {"take", "seconds"})`` or ``("empty")``.

    A ``take`` names the recording (and the interaction it becomes). A contact who hangs up after speaking has left the
    message: ``queue`` and ``number`` say where it goes. ``instead_of``: an earlier take that is thrown away.
    """

    waits_for: ClassVar[tuple[str, ...]] = PERFORMED
    results: ClassVar[tuple[str, ...]] = ("taken", "empty")
    speech: tuple[Speech, ...]
    queue: str
    number: str
    longest_s: float = 120.0
    silence_s: float = 4.0
    ends: str = "#"
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class PlayTake(Effect):
    """Let the contact hear what was recorded."""

    waits_for: ClassVar[tuple[str, ...]] = ("PlayEnded",)
    take: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepMessage(Effect):
    """The take becomes an interaction of its own in ``queue`` -> ``Performed("kept")``; done once, however often."""

    waits_for: ClassVar[tuple[str, ...]] = PERFORMED
    results: ClassVar[tuple[str, ...]] = ("kept",)
    take: str
    queue: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Effect):
    """Ring somebody and join the contact with them -> ``Performed(result)`` when it is over or came to nothing.

    ``kind``: "agent" or "extension" (``target`` is the extension) or "outside" (a telephone number; refused unless the
    site's ``outside`` allows it). Results: "talked", "busy", "no_answer", "failed", "not_allowed".
    """

    waits_for: ClassVar[tuple[str, ...]] = PERFORMED
    results: ClassVar[tuple[str, ...]] = ("talked", "busy", "no_answer", "failed", "not_allowed")
    kind: str
    target: str
    speech: tuple[Speech, ...] = ()
    ring_s: float = 25.0
    music: str = ""


@dataclass(frozen=True, slots=True)
class RecordCall(Effect):
    """``action``: "start", "pause", "resume", "stop" or "refuse" -> ``Performed(state)``: "on", "paused", "off".

    A pause that cannot be made ends the recording: nothing is kept that should not be.
    """

    waits_for: ClassVar[tuple[str, ...]] = PERFORMED
    results: ClassVar[tuple[str, ...]] = ("on", "paused", "off")
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCallback(Effect):
    """Promise to call back -> ``Performed("kept")`` or ``("refused")``. ``due_at`` None: as soon as an agent is free.

    ``key`` names this request inside the interaction, so that asking again after a crash changes nothing.
    """

    waits_for: ClassVar[tuple[str, ...]] = PERFORMED
    results: ClassVar[tuple[str, ...]] = ("kept", "refused")
    key: str
    queue: str
    number: str
    due_at: float | None = None
