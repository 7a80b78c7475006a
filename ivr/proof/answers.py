"""What may happen at a wait: everything a contact, a queue or the switch can answer, one of each kind.

Owns: the answers tried. Not here: trying them (``explore``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields

from ivr import waits
from ivr.effects import Ask, AwaitText, Effect, EnterQueue, Write
from ivr.engine import Turn
from ivr.session import Session
from ivr.site import Site
from ivr.step import Step
from ivr.steps.gather import Gather
from ivr.waits import Failed, Happening, KeysMissing, KeysPressed, Performed, QueueLeft, TextArrived, TextMissing

from .entries import entries
from .services import Values, service_answers

PAD = "123456789*0#"
NONSENSE = "?!"


def answers(site: Site, step: Step, turn: Turn, values: Values) -> Iterator[Happening]:
    """What may come back for the last effect of ``turn``, apart from failures and hang-ups; ``values``: those worth
    trying for a name."""
    effect = turn.effects[-1]
    if isinstance(effect, Ask):
        yield from _of_ask(step, turn, effect, values)
    elif isinstance(effect, AwaitText):
        yield from _of_text(step, turn, values)
    elif isinstance(effect, EnterQueue):
        yield from _of_queue(site, effect)
    elif results := getattr(effect, "results", ()):
        yield from (Performed(result, {"take": "a-take"}) for result in results)
    elif effect.type == "Listen":
        yield from _of_listening(step, effect)
    else:
        yield from list(service_answers(effect, step, values)) or plain_answers(effect)


def failures(turn: Turn) -> Iterator[Happening]:
    """The outside system (the switch, a web service) cannot do it."""
    yield Failed("the outside system failed")


def plain_answers(effect: Effect) -> Iterator[Happening]:
    """One happening of each kind the effect waits for, with its default values (texts empty)."""
    for name in getattr(effect, "waits_for", ()):
        kind = getattr(waits, name)
        needed = [field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING]
        yield kind(**dict.fromkeys(needed, ""))


def _of_ask(step: Step, turn: Turn, effect: Ask, values: Values) -> Iterator[Happening]:
    tried = (*sensible(step, turn.session, effect, values), wrong_keys(step, effect))
    yield from (KeysPressed(keys) for keys in tried if re.search(effect.pattern, keys))  # others count as none
    yield KeysMissing()


def _of_text(step: Step, turn: Turn, values: Values) -> Iterator[Happening]:
    offered = [key for effect in turn.effects if isinstance(effect, Write) for key, _ in effect.options]
    words = dict.fromkeys((*offered, *sensible(step, turn.session, Ask(speech=()), values), *_spoken(step), NONSENSE))
    yield from (TextArrived(word) for word in words)
    yield TextMissing()


def _of_listening(step: Step, effect: Effect) -> Iterator[Happening]:
    heard = getattr(waits, "WordsHeard", None)
    if heard is not None:
        yield from (heard(word) for word in dict.fromkeys((*_spoken(step), NONSENSE)))
    yield from (KeysPressed(key) for key in (*getattr(effect, "keys", ()), wrong_keys(step)))
    yield KeysMissing()


def _spoken(step: Step) -> tuple[str, ...]:
    """One word of the author's for every choice."""
    found: list[str] = []
    for words in (getattr(step, "words", None) or {}).values():
        lists = words.values() if isinstance(words, dict) else [words]
        found += [listed[0] for listed in lists if isinstance(listed, list) and listed][:1]
    return tuple(found)


def _of_queue(site: Site, effect: EnterQueue) -> Iterator[Happening]:
    settings = site.queues.get(effect.queue)
    reasons = {
        waits.CONNECTED_ENDED: True,
        waits.LEFT: True,
        waits.NO_AGENTS: True,
        waits.FULL: effect.limit is not None,
        waits.CLOSED: settings is not None and bool(settings.calendar),
        waits.TIMEOUT: effect.after_s is not None or waits.TIMEOUT in effect.own,
    }
    yield from (QueueLeft(reason) for reason, is_possible in reasons.items() if is_possible)
    yield from (KeysPressed(key) for key in effect.keys)
    if effect.may_write:
        yield TextArrived(NONSENSE)


def sensible(step: Step, session: Session, effect: Ask, values: Values) -> tuple[str, ...]:
    """Answers that the step understands (mostly)."""
    if session.state.get("entered"):  # read back: right, or enter it again
        return ("1", "2")
    own = getattr(step, "samples", None)
    if own is not None:
        return tuple(own(session.state))
    keys = getattr(step, "keys", None)
    if keys:
        return tuple(keys)
    span = getattr(step, "digits", None)
    least = getattr(span, "least", effect.min)
    if least <= 1 and span is None:
        return tuple(key for key in PAD if key not in effect.ends)
    most = getattr(span, "most", effect.max)
    named = (str(value).zfill(least) for value in values(str(getattr(step, "name", ""))))
    fitting = (word for word in named if word.isdigit() and least <= len(word) <= most)
    taken = entries(step.valid, least, most) if isinstance(step, Gather) else ()
    return tuple(dict.fromkeys((*taken, (PAD * 4)[:least], *fitting)))


def wrong_keys(step: Step, effect: Ask | None = None) -> str:
    """A key that the step does not offer; where digits are wanted, as many signs."""
    if effect is not None and getattr(step, "digits", None) is not None:
        return ("*" if effect.ends != "*" else "#") * effect.min
    keys = tuple(getattr(step, "keys", ()) or ())
    ends = effect.ends if effect is not None else ""
    return next((key for key in reversed(PAD) if key not in ends and not any(one.startswith(key) for one in keys)), PAD)
