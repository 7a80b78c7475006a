"""What a flow wants done: frozen records that the flow driver carries out on a call or a chat.

Owns: effects and the speech they carry. Not here: what comes back (``waits``), who carries it out (the daemon).
The LAST effect of a turn says what is waited for:

    Play       -> PlayEnded                     (voice)
    Ask        -> KeysPressed | KeysMissing     (voice; one try, the engine asks again itself)
    AwaitText  -> TextArrived | TextMissing     (text)
    EnterQueue -> QueueLeft | KeysPressed | TextArrived  (both)
    ServiceCall -> Answered                     (both; all of them in ``service_calls``)
    EndFlow    -> nothing, the flow is over

``Write``, ``SetVariables``, ``SetLanguage`` and ``SendMessage`` wait for nothing. ``Failed``, ``HungUp`` and
``Resumed`` may come back instead at any wait. No effect ever holds a path made from a contact's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words for a rendered voice. ``catalog.speech_key`` names the sound file."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A sound file of the author's: ``path`` is relative to the site's ``prompts`` folder, never from a contact."""

    path: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A value said from pre-rendered words: ``catalog.words_of(piece)`` gives them.

    ``kind``: "digits" (one by one), "number" (as a quantity), "position" (place in the queue), or one of
    ``measures.MEASURES`` ("minutes", "date", "time", "money", ...).
    """

    kind: str
    value: str
    language: str


Speech = Spoken | Recorded | Piece


@dataclass(frozen=True, slots=True)
class Effect:
    """Base of all effects; ``type`` is the class name."""

    @property
    def type(self) -> str:
        return type(self).__name__

    def to_plain(self) -> dict[str, Any]:
        """For logs and traces: ``{"type": "Play", ...}``."""
        return {"type": self.type, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Play(Effect):
    """Play these one after the other. Keys pressed meanwhile are kept for the next ``Ask``."""

    waits_for: ClassVar[tuple[str, ...]] = ("PlayEnded",)
    speech: tuple[Speech, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Effect):
    """Play, and take keys (a key stops the sound). ONE try.

    ``min``/``max`` keys; ``ends`` the terminating keys ("#" or ""); ``first_s`` to wait for the first key after the
    sound, ``next_s`` between keys; ``pattern`` a regular expression over the keys (``^...$``).
    """

    waits_for: ClassVar[tuple[str, ...]] = ("KeysPressed", "KeysMissing")
    speech: tuple[Speech, ...]
    min: int = 1
    max: int = 1
    ends: str = ""
    first_s: float = 5.0
    next_s: float = 3.0
    pattern: str = "^[0-9*#]+$"


@dataclass(frozen=True, slots=True)
class Write(Effect):
    """A message to the contact. ``text`` is complete (a menu's options are numbered lines in it);
    ``options`` repeats them as ``(key, label)`` for channels with buttons."""

    waits_for: ClassVar[tuple[str, ...]] = ()
    text: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AwaitText(Effect):
    """Wait for the contact's next message."""

    waits_for: ClassVar[tuple[str, ...]] = ("TextArrived", "TextMissing")
    timeout_s: float = 300.0


@dataclass(frozen=True, slots=True)
class SetVariables(Effect):
    """What the flow has learnt; names are ``[a-z][a-z0-9_]*``, values are clean."""

    waits_for: ClassVar[tuple[str, ...]] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetLanguage(Effect):
    """The contact chose a language: remember it with the contact."""

    waits_for: ClassVar[tuple[str, ...]] = ()
    language: str


@dataclass(frozen=True, slots=True)
class SendMessage(Effect):
    """A message by another way than the conversation: ``channel`` is a name under ``channels`` in ``site.yaml``."""

    waits_for: ClassVar[tuple[str, ...]] = ()
    channel: str
    text: str


@dataclass(frozen=True, slots=True)
class Announce:
    """What a waiting contact is told: the place every ``position_every_s`` seconds (None: never)."""

    position_every_s: float | None = None
    wait: bool = False


@dataclass(frozen=True, slots=True)
class TurnedAway(Effect):
    """Tell the router that the flow has sent the contact elsewhere before they stood in line."""

    waits_for: ClassVar[tuple[str, ...]] = ()
    queue: str
    reason: str  # of ``waits``


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterQueue(Effect):
    """Put the contact in line; idempotent for a contact who stands there already.

    ``music`` is relative to ``prompts`` ("" none); ``greeting`` is played once before the music (voice);
    ``after_s``: take the contact out again with ``QueueLeft("timeout")``; ``limit``: with that many waiting
    answer ``QueueLeft("full")`` at once. ``keys``: single keys that come back as ``KeysPressed``; ``hint``: what they
    do, said after the greeting and with each announcement. ``may_write``: what the contact writes meanwhile comes back
    as ``TextArrived``. Whoever is answered with one of these is out of the line (the clock of the place is kept).
    ``urgency``: a word of the queue's ``headstart``. ``skills``: least levels for this contact, beside the queue's;
    ``agent`` alone is offered it for ``agent_s``.
    """

    queue: str
    priority: int = 0
    urgency: str = ""
    music: str = ""
    announce: Announce = Announce()
    greeting: tuple[Speech, ...] = ()
    after_s: float | None = None
    limit: int | None = None
    keys: tuple[str, ...] = ()
    hint: tuple[Speech, ...] = ()
    may_write: bool = False
    skills: Mapping[str, int] = field(default_factory=dict)
    agent: str = ""
    agent_s: float = 0.0
    own: tuple[str, ...] = ()  # reasons for which the flow has a way of its own: the router sends nobody elsewhere then
    is_kept: bool = False  # waits over the night: no limit of the queue's wait applies

    @property
    def waits_for(self) -> tuple[str, ...]:
        pressed = ("KeysPressed",) if self.keys else ()
        return ("QueueLeft", *pressed, *(("TextArrived",) if self.may_write else ()))


@dataclass(frozen=True, slots=True)
class EndFlow(Effect):
    """The flow is over. Voice: hang up with ``cause`` (a FreeSWITCH hang-up cause).

    ``outcome``: "self_service", "handled", "overflowed", "abandoned", or "" where the interaction's state decides
    (the contact hung up).
    """

    waits_for: ClassVar[tuple[str, ...]] = ()
    cause: str = "NORMAL_CLEARING"
    outcome: str = ""
