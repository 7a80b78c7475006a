"""What may happen at a wait: everything a contact, a queue or the switch can answer, one of each kind.

Owns: the answers tried. Not here: trying them (``explore``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields

from ivr import waits
from ivr.effects import Ask, AwaitText, Effect, EnterQueue, Write
from ivr.engine import Turn
from ivr.session import Session
from ivr.site import Site
from ivr.step import Step
from ivr.waits import Failed, Happening, KeysMissing, KeysPressed, PlayEnded, QueueLeft, TextArrived, TextMissing

PAD = "123456789*0#"
NONSENSE = "?!"


def answers(site: Site, step: Step, turn: Turn) -> Iterator[Happening]:
    """What may come back for the last effect of ``turn``, apart from failures and hang-ups."""
    effect = turn.effects[-1]
    if type(effect) in _ANSWERS:
        yield from _ANSWERS[type(effect)](site, step, turn)
    else:
        yield from plain_answers(effect)


def failures(turn: Turn) -> Iterator[Happening]:
    """The outside system (the switch, a web service) cannot do it."""
    yield Failed("the outside system failed")


def plain_answers(effect: Effect) -> Iterator[Happening]:
    """One happening of each kind the effect waits for, with its default values (texts empty)."""
    for name in getattr(effect, "waits_for", ()):
        kind = getattr(waits, name)
        needed = [field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING]
        yield kind(**dict.fromkeys(needed, ""))


def _of_play(_site: Site, _step: Step, _turn: Turn) -> Iterator[Happening]:
    yield PlayEnded()


def _of_ask(_site: Site, step: Step, turn: Turn) -> Iterator[Happening]:
    effect = turn.effects[-1]
    assert isinstance(effect, Ask)
    yield from (KeysPressed(keys) for keys in (*sensible(step, turn.session, effect), wrong_keys(step)))
    yield KeysMissing()


def _of_text(_site: Site, step: Step, turn: Turn) -> Iterator[Happening]:
    offered = [key for effect in turn.effects if isinstance(effect, Write) for key, _ in effect.options]
    words = dict.fromkeys((*offered, *sensible(step, turn.session, Ask(speech=())), NONSENSE))
    yield from (TextArrived(word) for word in words)
    yield TextMissing()


def _of_queue(site: Site, _step: Step, turn: Turn) -> Iterator[Happening]:
    effect = turn.effects[-1]
    assert isinstance(effect, EnterQueue)
    settings = site.queues.get(effect.queue)
    reasons = {
        waits.CONNECTED_ENDED: True,
        waits.LEFT: True,
        waits.NO_AGENTS: True,
        waits.FULL: effect.limit is not None,
        waits.CLOSED: settings is not None and bool(settings.calendar),
        waits.TIMEOUT: effect.after_s is not None,
    }
    yield from (QueueLeft(reason) for reason, is_possible in reasons.items() if is_possible)


def sensible(step: Step, session: Session, effect: Ask) -> tuple[str, ...]:
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
    return ((PAD * 4)[:least],) if least > 1 or span is not None else tuple(PAD)


def wrong_keys(step: Step) -> str:
    """A key that the step does not offer."""
    keys = tuple(getattr(step, "keys", ()) or ())
    return next((key for key in reversed(PAD) if not any(one.startswith(key) for one in keys)), PAD)


_ANSWERS: dict[type[Effect], Callable[[Site, Step, Turn], Iterator[Happening]]] = {
    Ask: _of_ask,
    AwaitText: _of_text,
    EnterQueue: _of_queue,
}
