"""The whisper: what an agent alone hears before the join. ``whisper: {zh: $(queue)，等了$(waited | duration)}``.

Owns: which values it may say (``queue``: its label; ``wait``: whole minutes in line,
``waited``: seconds), its speech for one call, and all of
it that must be rendered beforehand. Not here: playing it (``eslapp.services.whispers``).
"""

from __future__ import annotations

from collections.abc import Iterator

from .effects import Recorded, Speech, Spoken
from .fields import is_file
from .numerals import vocabulary
from .session import Value
from .site import Site
from .templates import fixed_speech, kind_of, parse_template, speak


def whisper_speech(site: Site, queue: str, language: str, waited_s: float) -> tuple[Speech, ...]:
    """What the agent hears of a contact of this queue, in their language; nothing where the queue has no whisper."""
    settings = site.queues.get(queue)
    if settings is None or settings.whisper is None:
        return ()
    prompt, spoken_in = settings.whisper.choose(language, site.default_language)
    if is_file(prompt):
        return (Recorded(prompt, spoken_in),)
    known: dict[str, Value] = {
        "queue": settings.label_in(spoken_in, queue),
        "wait": max(1, round(waited_s / 60)),
        "waited": max(0, round(waited_s)),
    }
    return speak(prompt, spoken_in, lambda name: known.get(name))


def all_whispers(site: Site) -> Iterator[Spoken]:
    """Everything a whisper of this site may say, as single renderings."""
    for name, settings in site.queues.items():
        for code, prompt in settings.whisper.root.items() if settings.whisper is not None else ():
            for language in site.languages if code == "*" else (code,):
                yield from _parts(site, name, prompt, language)


def _parts(site: Site, queue: str, prompt: str, language: str) -> Iterator[Spoken]:
    if is_file(prompt):
        return
    for part in parse_template(prompt):
        if isinstance(part, str):
            yield from fixed_speech(part, language)
        elif "queue" in part.node.names():
            yield from fixed_speech(site.queues[queue].label_in(language, queue), language)
        else:
            kind = kind_of(part) or "number"
            yield from (Spoken(word, language) for word in vocabulary(kind, language, site.phrases))
