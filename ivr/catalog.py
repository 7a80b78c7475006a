"""Which speech a site needs, so that all of it is rendered when a flow is saved and none on the call path.

Owns: collecting speech, its file names, and values as rendered words. Not here: rendering (``recordings.speech``).

    for spoken in sorted(all_speech(site), key=lambda s: (s.language, s.text)):
        path = f"prompts/speech/{speech_key(site.voice_of(spoken.language), spoken)}.wav"
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from .effects import Piece, Recorded, Speech, Spoken
from .fields import Text, is_file
from .flow import FALLBACK
from .graph import Survey
from .numerals import KINDS, vocabulary, words
from .phrases import phrase
from .site import Site
from .step import VOICE, Step
from .steps.language import Language
from .steps.queue import Queue
from .templates import WORD, Insert, fixed_speech, kind_of, parse_template
from .whisper import all_whispers

RATE = 8000  # samples per second of every rendered prompt
FOLDER = "speech"  # under the site's prompts folder


def speech_key(voice: str, speech: Spoken, *, rate: int = RATE) -> str:
    """The file name (without .wav) of one rendering: a hash of voice, rate, language and text.

    >>> speech_key("hibari:af_heart", Spoken("Goodbye.", "en"))[:12]
    'e14c08f0246e'
    """
    parts = "\x1f".join((voice, str(rate), speech.language, speech.text))
    return hashlib.sha256(parts.encode()).hexdigest()


def speech_file(site: Site, speech: Spoken) -> str:
    """Where a rendering lies, relative to the site's prompts folder."""
    return f"{FOLDER}/{speech_key(site.voice_of(speech.language), speech)}.wav"


def rendered(site: Site, speech: tuple[Speech, ...]) -> tuple[Spoken | Recorded, ...]:
    """Speech with its pieces as words: each entry is one sound file (``speech_file``, or a ``Recorded.path``)."""
    files: list[Spoken | Recorded] = []
    for entry in speech:
        files += words_of(site, entry) if isinstance(entry, Piece) else (entry,)
    return tuple(files)


def words_of(site: Site, piece: Piece) -> tuple[Spoken, ...]:
    """A value as words out of the rendered vocabulary."""
    said = words(piece.kind, piece.value, piece.language, site.phrases)
    return tuple(Spoken(word, piece.language) for word in said)


def all_speech(site: Site) -> frozenset[Spoken]:
    """Everything any call of this site may have to say, in every language, as single renderings."""
    survey = Survey(site)
    found = {missing_speech(site, language) for language in site.languages}
    steps = [step for _, step in survey.reached_steps(VOICE)]
    for step in [*steps, *site.blocks[FALLBACK].steps]:
        for text in _spoken_texts(site, step):
            found.update(_of_text(site, text))
        found.update(_of_phrases(site, step))
    found.update(_words(site, steps))
    found.update(all_whispers(site))
    if site.routing.readiness == "audible":
        found.update(Spoken(phrase("phone_test", language, site.phrases), language) for language in site.languages)
    for kind in _kinds(site, steps):
        for language in site.languages:
            found.update(Spoken(word, language) for word in vocabulary(kind, language, site.phrases))
    return frozenset(found)


def missing_speech(site: Site, language: str) -> Spoken:
    """What is said instead of words that nobody has rendered."""
    return Spoken(phrase("prompt_missing", language, site.phrases), language)


def all_recorded(site: Site) -> frozenset[str]:
    """The author's own sound files that calls may need, relative to the prompts folder."""
    survey = Survey(site)
    files = {queue.music for queue in site.queues.values() if queue.music}
    whispers = (queue.whisper for queue in site.queues.values() if queue.whisper is not None)
    files.update(prompt for text in whispers for prompt in text.root.values() if is_file(prompt))
    for _, step in survey.steps():
        for text in (*(text for _, text in step.texts()), *step.site_texts(site)):
            files.update(prompt for prompt in text.spoken.values() if is_file(prompt))
        files.update(getattr(step, "file", {}).values() if step.verb == "play" else ())
        if isinstance(step, Queue) and step.music:
            files.add(step.music)
    return frozenset(files)


def _spoken_texts(site: Site, step: Step) -> Iterator[Text]:
    yield from (text for path, text in step.texts() if path and path[0] not in step.text_only)
    yield from step.site_texts(site)


def _of_text(site: Site, text: Text) -> Iterator[Spoken]:
    for language in site.languages:
        prompt, spoken_in = text.choose(language, site.default_language)
        if is_file(prompt):
            continue
        for part in parse_template(prompt):
            if isinstance(part, str):
                yield from fixed_speech(part, spoken_in)


def _of_phrases(site: Site, step: Step) -> Iterator[Spoken]:
    for language in site.languages:
        for name in step.phrases:
            yield Spoken(phrase(name, language, site.phrases), language)
    if isinstance(step, Language):
        for key, code in step.keys.items():
            yield Spoken(phrase("language_keys", code, site.phrases).replace("{key}", key), code)


def _kinds(site: Site, steps: list[Step]) -> list[str]:
    """The kinds of values these steps may say; a free ``$(...)`` may turn out a number or digits."""
    kinds = {kind for step in steps for kind in step.pieces}
    for insert in _inserts(site, steps):
        kinds.update((kind_of(insert),) if kind_of(insert) else ("digits", "number"))
    if any(isinstance(step, Queue) and says_wait(site, step) for step in steps):
        kinds.add("minutes")
    return [kind for kind in KINDS if kind in kinds]


def says_wait(site: Site, step: Queue) -> bool:
    """Whether who waits here is told how long."""
    settings = site.queues.get(step.name)
    announce = step.announce or (settings.announce if settings is not None else None)
    return announce is not None and announce.wait


def _inserts(site: Site, steps: list[Step]) -> Iterator[Insert]:
    for step in steps:
        for text in _spoken_texts(site, step):
            for prompt in text.spoken.values():
                parts = () if is_file(prompt) else parse_template(prompt)
                yield from (part for part in parts if isinstance(part, Insert))


def _words(site: Site, steps: list[Step]) -> Iterator[Spoken]:
    """The site's words for values, where a step says some."""
    if any(kind_of(insert) == WORD for insert in _inserts(site, steps)):
        for text in site.words.values():
            yield from _of_text(site, text)
