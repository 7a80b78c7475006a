"""What a step may see while it decides: the site, the session, the hour, and the words to say.

Owns: looking names up, choosing languages, making speech or text of a prompt.
Not here: deciding (``steps``), keeping (``session``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from .calendars import is_known_state, local_time
from .effects import Effect, Piece, Play, Recorded, Speech, Spoken, Write
from .fields import Text, is_file
from .phrases import phrase
from .session import Session, Value
from .site import Site
from .templates import WORD, fill, speak
from .values import clean_value


@dataclass(frozen=True, slots=True)
class Scene:
    """Made by the engine for each decision. ``at``: UTC seconds; ``facts``: passing values such as
    ``{"queue.orders.waiting": 3}``, never stored."""

    site: Site
    session: Session
    at: float
    facts: Mapping[str, Value] = field(default_factory=dict)

    @property
    def is_voice(self) -> bool:
        return self.session.medium == "voice"

    @property
    def language(self) -> str:
        return self.session.language

    @property
    def state(self) -> Mapping[str, Any]:
        return self.session.state

    @property
    def moment(self) -> datetime:
        """The site's local time."""
        return local_time(self.at, self.site.timezone)

    def lookup(self, name: str) -> Value | None:
        """A name of an expression: built in, collected, passed in at the start, or a fact of the moment."""
        if name in _BUILT_IN:
            return _BUILT_IN[name](self)
        if name.startswith("calendar."):
            calendar = self.site.calendars.get(name.removeprefix("calendar."))
            return is_known_state(calendar, self.moment)
        if name.startswith(f"{WORD}:"):
            _, language, value = name.split(":", 2)
            known = self.site.words.get(value)
            return known.choose(language, self.site.default_language)[0] if known is not None else None
        if name in self.session.variables:
            return clean_value(self.session.variables[name])
        for own in (f"{name}.{self.session.medium}", name):  # some facts differ for calls and chats
            if own in self.facts:
                return clean_value(self.facts[own])
        return None

    def speech(self, text: Text, language: str = "") -> tuple[Speech, ...]:
        """A text as sound, in the contact's language."""
        prompt, spoken_in = text.choose(language or self.language, self.site.default_language)
        if is_file(prompt):
            return (Recorded(prompt, spoken_in),)
        return speak(prompt, spoken_in, self.lookup)

    def written(self, text: Text, language: str = "") -> str:
        """A text for reading; a sound file has none."""
        prompt, read_in = text.choose(language or self.language, self.site.default_language, in_writing=True)
        return "" if is_file(prompt) else fill(prompt, self.lookup, read_in).strip()

    def spoken(self, text: str, language: str) -> Spoken:
        return Spoken(text, language)

    def with_state(self, state: dict[str, Any]) -> Scene:
        """The same scene, the step's memory changed."""
        return replace(self, session=replace(self.session, state=state))

    def with_values(self, values: Mapping[str, Value]) -> Scene:
        """The same scene, some values known besides: for a text of this step alone."""
        variables = {**self.session.variables, **values}
        return replace(self, session=replace(self.session, variables=variables))

    def phrase(self, name: str, language: str = "") -> str:
        """The product's own words."""
        return phrase(name, language or self.language, self.site.phrases)

    def phrase_speech(self, name: str, language: str = "") -> Spoken:
        return Spoken(self.phrase(name, language), language or self.language)

    def piece(self, kind: str, value: str) -> Piece:
        return Piece(kind, value, self.language)

    @property
    def key(self) -> str:
        """Names this visit of this step: the same after a crash, another one when the flow comes here again."""
        return f"{self.session.block}[{self.session.index}]#{len(self.session.trail)}"

    def tell(self, speech: tuple[Speech, ...], text: str) -> tuple[Effect, ...]:
        """Play on a call, write on a chat; nothing where there is nothing to say."""
        if self.is_voice:
            return (Play(speech),) if speech else ()
        return (Write(text),) if text else ()


_BUILT_IN: dict[str, Callable[[Scene], Value]] = {
    "language": lambda scene: scene.language,
    "medium": lambda scene: scene.session.medium,
    "time": lambda scene: scene.moment.strftime("%H:%M"),
    "date": lambda scene: scene.moment.strftime("%Y-%m-%d"),
    "weekday": lambda scene: "mon tue wed thu fri sat sun".split()[scene.moment.weekday()],
}
BUILT_IN_NAMES = frozenset(_BUILT_IN)
