"""Chooses the engine for a language: the best that has a model here, or the one the operator named.

Owns: the preference and its one-line explanation. Not here: looking for a model (``engines``, ``models``).

>>> parse_wish("en=vosk:/srv/models/en")
Wish(language='en', engine='vosk', model='/srv/models/en')
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .engine import Absent, AsrEngine, Found, Places
from .messages import base_language


@dataclass(frozen=True, slots=True)
class Wish:
    """``--language en=moonshine`` or ``en=vosk:/path``: the operator's own choice."""

    language: str
    engine: str
    model: str = ""


class WishError(ValueError):
    """A ``--language`` that cannot be followed; the text says how it is written."""


def parse_wish(text: str) -> Wish:
    """Raises WishError."""
    language, _, rest = text.partition("=")
    engine, _, model = rest.partition(":")
    try:
        language = base_language(language)
    except ValueError as error:
        raise WishError(f"--language {text}: {error}") from None
    if not engine:
        raise WishError(f"--language {text}: write LANGUAGE=ENGINE or LANGUAGE=ENGINE:FOLDER, e.g. en=moonshine")
    return Wish(language, engine, model)


def choose(
    language: str, places: Places, engines: Mapping[str, type[AsrEngine]], wishes: Iterable[Wish] = ()
) -> Found | Absent:
    """The engine for ``language``; Absent only where a wished engine is unknown or has no model."""
    for wish in wishes:
        if wish.language == language:
            return _wished(wish, places, engines)
    absent = Absent("asr: no engine is installed")
    for kind in sorted(engines.values(), key=lambda kind: (kind.rank, kind.type)):
        found = kind.look(language, places)
        if isinstance(found, Found):
            return found
        absent = found
    return absent


def _wished(wish: Wish, places: Places, engines: Mapping[str, type[AsrEngine]]) -> Found | Absent:
    kind = engines.get(wish.engine)
    if kind is None:
        return Absent(f"asr: no engine {wish.engine!r}; there are {', '.join(sorted(engines))}")
    if wish.model:
        environ = {**places.environ, f"ASR_MODEL_{wish.language.upper()}": wish.model}
        places = Places(environ, places.site_models)
    return kind.look(wish.language, places)
