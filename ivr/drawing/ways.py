"""Every way out of a step as a drawing tells it: keys, words, time-outs, failures, and what a site says for a queue.

Owns: which ways there are, and their words. Not here: cards (``cards``), where a way leads (``flow_reader.link``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.fields import Text, Way
from ivr.overflow import REASON_OF, Elsewhere
from ivr.site import QueueSettings, Site
from ivr.step import Exit, Step
from ivr.steps.faq import Faq
from ivr.steps.gather import Gather
from ivr.steps.language import Language
from ivr.steps.listen import Listen
from ivr.steps.queue import Queue
from ivr.steps.survey import Survey
from ivr.strict_yaml import Path
from ivr.values import clean
from ivr.waits import CLOSED, FULL, NO_AGENTS

from .wording import lasting, word

TEXT_BOUND = 120
ONWARD = ("next", "served", "returned", "goto")  # the following step, which stands below or is drawn as a line
OUTSIDE = ("callback", "identify", "lookup", "message", "record", "ticket", "voicemail")  # what others can fail to do
FAILS = "fails"
_ONE_MEDIUM = {"voice": "call_only", "text": "chat_only"}


@dataclass(frozen=True, slots=True)
class WayOut:
    """``key`` in a badge, ``text`` beside it; ``way``, or where it is None ``told``: what happens."""

    key: str
    text: str = ""
    way: Way | None = None
    told: str = ""


def ways_out(step: Step, site: Site, language: str) -> Iterator[WayOut]:
    """All of them, in the order of the step's own; several reasons with one way stand together."""
    yield from _answers(step, site, language)
    for loc, exits in _by_place(step).items():
        first = exits[0]
        names = [word(one.kind, language) for one in exits]
        label = _label(step, site, first, language)
        if loc == ("otherwise",):
            names = [name for name in names if name != word("otherwise", language)]
            label, names = (word("comma", language).join(names), [word("otherwise", language)])
        if first.on:
            label = " · ".join(filter(None, (label, word(_ONE_MEDIUM[first.on], language))))
        told = "" if first.way is not None else _going_on(step, first, language)
        yield WayOut(word("comma", language).join(dict.fromkeys(names)), label, first.way, told)
    if isinstance(step, Queue):
        yield from _of_queue(step, site, language)


def _by_place(step: Step) -> dict[Path | str, list[Exit]]:
    """Ways that are written once are one; the step's end is none of them."""
    found: dict[Path | str, list[Exit]] = {}
    for one in [*step.exits(), *_failures(step)]:
        is_plain = one.way is None and (one.ends or one.kind in ONWARD)
        if not is_plain and not one.kind.startswith("overflow "):
            found.setdefault(one.loc or one.kind, []).append(one)
    return found


def _failures(step: Step) -> Iterator[Exit]:
    """Where contacts go when it cannot be done."""
    if step.fails is not None:
        yield Exit(FAILS, (FAILS,), step.fails)
    elif step.verb in OUTSIDE:
        yield Exit(FAILS, ("otherwise",) if step.rescue() is not None else (), step.rescue())


def _going_on(step: Step, one: Exit, language: str) -> str:
    if one.kind == FAILS and not step.goes_on_when_failed:
        return f"→ {word('fallback', language)}"
    return f"↓ {word('next', language)}"


def _answers(step: Step, site: Site, language: str) -> Iterator[WayOut]:
    """Answers that are kept, after which the flow goes on with the next step."""
    on = f"↓ {word('next', language)}"
    if isinstance(step, Listen):
        for key, value in step.keys.items():
            yield WayOut(key, clean(value, TEXT_BOUND), told=on)
        for value, listed in step.words.items():
            spoken = listed.get(language) or next(iter(listed.values()), [])
            yield WayOut(word("spoken", language), clean(" / ".join(spoken), TEXT_BOUND), told=f"{value} {on}")
    elif isinstance(step, Language):
        yield from (WayOut(key, code, told=on) for key, code in step.keys.items())
    elif isinstance(step, Gather) and step.digits is not None:
        least, most = step.digits.least, step.digits.most
        yield WayOut(f"{least}-{most}" if least != most else str(least), word("digits", language), told=on)
    elif isinstance(step, Survey):
        survey = site.surveys.get(step.name)
        yield WayOut("1-5" if survey is None or survey.is_five else "1-2", told=on)
    elif isinstance(step, Faq):
        for key, name in step.keys.items():
            article = site.articles.get(name)
            question = article.question.choose(language, site.default_language)[0] if article is not None else name
            yield WayOut(key, clean(question, TEXT_BOUND), told=word("answered", language))


def _label(step: Step, site: Site, one: Exit, language: str) -> str:
    """What stands beside the way's name."""
    if one.kind.startswith("case "):
        cases = getattr(step, "cases", [])
        return clean(str(getattr(cases[int(one.kind.split()[1]) - 1], "when", "")), TEXT_BOUND)
    if one.kind.startswith("word "):
        listed = getattr(step, "words", {}).get(one.kind.removeprefix("word "), {})
        spoken: list[str] = listed.get(language) or next(iter(listed.values()), [])
        return clean(" / ".join(spoken), TEXT_BOUND)
    if one.kind == "after" and isinstance(step, Queue) and step.after is not None:
        return lasting(step.after.wait, language)
    label = _of_key(step, one.kind.removeprefix("key "))
    return clean(label.choose(language, site.default_language)[0], TEXT_BOUND) if label is not None else ""


def _of_key(step: Step, key: str) -> Text | None:
    labels, keys = getattr(step, "labels", None), getattr(step, "keys", None)
    if not isinstance(labels, dict) or not isinstance(keys, dict) or key not in keys:
        return None
    found = labels.get(key, labels.get(getattr(keys[key], "text", "")))
    return found if isinstance(found, Text) else None


def _of_queue(step: Queue, site: Site, language: str) -> Iterator[WayOut]:
    """What the step does not say and the site does, or nobody: then contacts are told that nobody is free."""
    settings = site.queues.get(step.name)
    if settings is None:
        return
    for name, reason in REASON_OF.items():
        if step.says(reason):
            continue
        by_medium = settings.overflow.ways().get(reason, {})
        told = {medium: _elsewhere(place, site, language) for medium, place in by_medium.items()}
        for where in dict.fromkeys(told.values()):
            media = [medium for medium in told if told[medium] == where]
            yield WayOut(
                word(name, language), word(_ONE_MEDIUM[media[0]], language) if len(media) == 1 else "", told=where
            )
        if not by_medium and _can_be(reason, settings):
            yield WayOut(word(name, language), told=f"■ {word('nobody', language)}")


def _can_be(reason: str, settings: QueueSettings) -> bool:
    possible = {FULL: settings.limit is not None, CLOSED: bool(settings.calendar), NO_AGENTS: True}
    return possible.get(reason, False)


def _elsewhere(one: Elsewhere, site: Site, language: str) -> str:
    if one.queue:
        settings = site.queues.get(one.queue)
        return f"→ {settings.label_in(language, one.queue) if settings else one.queue}"
    if one.offer:
        return f"→ {word(one.offer, language)}"
    if one.say is not None:
        return f"■ {clean(one.say.choose(language, site.default_language)[0], TEXT_BOUND)}"
    return f"→ {one.go.text}" if one.go is not None and one.go.text else f"→ {word('own_steps', language)}"
