"""Routing decisions in words: one plain sentence per language, from the receipts and the story.

Not here: how a decision is made (``matching``), the phrases (``receipt_words``), where receipts are kept
(``eslapp.store.receipts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .callbacks import OUTBOUND
from .decisions.consulting import HANDED_OUT
from .events import (
    DecisionMade,
    Event,
    InteractionClosed,
    InteractionConnected,
    InteractionOverflowed,
    InteractionQueued,
    InteractionTransferred,
    OfferAccepted,
    OfferDeclined,
    OfferExpired,
    OfferMade,
    OfferRescinded,
    TalkEnded,
    TalkHandedOver,
)
from .model import Interaction, Loser, Outcome, Receipt
from .plain import to_plain
from .receipt_words import WORDS, Words
from .routing import LESS_LIKED, NOT_WANTED

SECONDS_TOLD = 120  # longer ones are told in minutes
LOSERS_TOLD = 3
TAKEN = "taken"  # one of several who were asked: a colleague was faster
IDLE_FIRST = ("longest_idle", "sticky")  # below 0: nobody was idle
Labels = Mapping[str, Mapping[str, str]]  # language -> a queue's or skill's id -> the words people know it by
HandedOn = InteractionTransferred | TalkHandedOver
Attempt = OfferAccepted | OfferDeclined | OfferExpired | OfferRescinded | HandedOn | TalkEnded


@dataclass(frozen=True, slots=True)
class Why:
    """The answer to "why did this interaction go where it went?"."""

    interaction: str
    en: str
    zh: str
    receipts: tuple[Receipt, ...]


def to_show(why: Why, labels: Labels | None = None) -> dict[str, Any]:
    """As JSON values, every receipt with its losers one by one, their reasons also in words (``en``, ``zh``)."""
    known = labels or {}
    plain = to_plain(why)
    for told, receipt in zip(plain["receipts"], why.receipts, strict=True):
        told["losers"] = [
            {**to_plain(loser), **{code: _reason(words, loser, known.get(code, {})) for code, words in WORDS.items()}}
            for loser in receipt.losers
        ]
    return dict(plain)


def explain(
    interaction: Interaction,
    receipts: Sequence[Receipt],
    story: Sequence[Event],
    *,
    names: Mapping[str, str],
    labels: Labels | None = None,
) -> Why:
    """One sentence in English and Chinese. ``names``: agent id -> the name to show.

    ``labels``: for people who know none of the ids: queues and skills by their words, agents by their names alone.
    """
    known = labels or {}
    tellers = {code: _Teller(words, names, known.get(code, {})) for code, words in WORDS.items()}
    told = {code: teller.tell(interaction, receipts, story) for code, teller in tellers.items()}
    return Why(interaction.id, told["en"], told["zh"], tuple(receipts))


def _split(story: Sequence[Event], decision: Receipt) -> tuple[Sequence[Event], Sequence[Event]]:
    """What happened before the decision, and what came of it."""
    ids = [event.receipt.id if isinstance(event, DecisionMade) else "" for event in story]
    cut = ids.index(decision.id) if decision.id in ids else len(story)
    return story[:cut], story[cut:]


def _attempts(events: Sequence[Event]) -> list[Attempt]:
    """What agents did with it; of ends of talks those that left the contact with somebody outside."""
    tried = [event for event in events if isinstance(event, Attempt)]
    return [event for event in tried if not isinstance(event, TalkEnded) or event.cause == HANDED_OUT]


def _joined_at(receipt: Receipt, story: Sequence[Event]) -> float | None:
    """Since when it had been in that line at the decision: its clock may be that of an earlier line, call or talk."""
    joined: float | None = None
    queue = ""
    for event in story:
        if event.at > receipt.at or (isinstance(event, DecisionMade) and event.receipt.id == receipt.id):
            break
        if isinstance(event, InteractionConnected):
            joined = None
        elif isinstance(event, InteractionQueued) and (joined is None or not event.requeue or event.queue != queue):
            joined, queue = event.at, event.queue
    return joined


def _reason(words: Words, loser: Loser, labels: Mapping[str, str]) -> str:
    """The first failing reason in words."""
    kind, _, detail = loser.reason.partition(":")
    phrase = words.reasons.get(loser.reason) or words.reasons.get(kind)
    if phrase is None:
        return loser.reason
    shown = words.languages.get(detail, detail) if kind == "language" else labels.get(detail, detail)
    return phrase.format(detail=shown)


class _Teller:
    """Tells in one language."""

    def __init__(self, words: Words, names: Mapping[str, str], labels: Mapping[str, str]) -> None:
        self._words = words
        self._names = names
        self._labels = labels

    def tell(self, interaction: Interaction, receipts: Sequence[Receipt], story: Sequence[Event]) -> str:
        if not receipts:
            return self._undecided(interaction, story)
        last = receipts[-1]
        relaxed = [self._words.phrases["relaxed"].format(step=last.step)] if last.step and last.winner else []
        parts = [self._decision(_joined_at(last, story), interaction, last), *relaxed, *self._losers(last)]
        before, after = _split(story, last)
        offered = [event for event in _attempts(after) if not isinstance(event, HandedOn | TalkEnded)]
        if last.asked:
            offered = [event for event in offered if getattr(event, "reason", "") != TAKEN]
        handed = [event for event in _attempts(after) if isinstance(event, HandedOn | TalkEnded)]
        came_of_it = (*offered[-max(1, len(last.asked[:LOSERS_TOLD])) :], *handed[-LOSERS_TOLD:])
        parts += [self._attempt(event, "then") for event in came_of_it]
        parts += [self._attempt(event, "before") for event in reversed(_attempts(before)[-LOSERS_TOLD:])]
        return self._said([*self._moves(before), self._words.join.join(parts), *self._moves(after)], story)

    def _undecided(self, interaction: Interaction, story: Sequence[Event]) -> str:
        made, moves = self._unqueued(interaction, story), self._moves(story)
        told = [self._attempt(event, "then") for event in _attempts(story) if not isinstance(event, OfferAccepted)]
        if not moves:
            return self._said([self._words.join.join([made, *told])], story)
        return self._said([made, *moves, *([self._words.join.join(told)] if told else [])], story)

    def _moves(self, events: Sequence[Event]) -> list[str]:
        return [self._overflow(event) for event in events if isinstance(event, InteractionOverflowed)]

    def _said(self, sentences: Sequence[str], story: Sequence[Event]) -> str:
        """In the order of time: on the way from queue to queue, what was decided there, out of the line again."""
        return (self._words.stop + self._words.space).join(sentences) + self._ending(story) + self._words.stop

    def _decision(self, joined_at: float | None, interaction: Interaction, receipt: Receipt) -> str:
        since = interaction.queued_at if interaction.queued_at is not None else receipt.at
        waited_s = receipt.at - (since if joined_at is None else joined_at)
        is_older = receipt.at - since > waited_s + 1.0
        clock = self._words.phrases["clock"].format(span=self._span(receipt.at - since)) if is_older else ""
        facts = {
            "queue": self._label(receipt.queue),
            "waited": self._span(waited_s),
            "clock": clock,
            "position": receipt.position,
            "waiting": receipt.waiting,
        }
        if not receipt.winner:
            return self._words.phrases["nobody"].format(**facts)
        facts |= {"able": len(receipt.candidates)}
        if receipt.asked:
            agents, count = self._listed(receipt.asked), len(receipt.asked)
            return self._words.phrases["asked at once"].format(agents=agents, count=count, **facts)
        return self._words.phrases["offered"].format(
            agent=self._name(receipt.winner), best=self._best(receipt), **facts
        )

    def _best(self, receipt: Receipt) -> str:
        """What put the winner before the other able agents: the first thing that decided between any of them."""
        if NOT_WANTED in receipt.lost:
            return self._words.phrases["wanted"]
        score = round(receipt.candidates[0][1])
        best = self._words.best.get(receipt.strategy, receipt.strategy).format(score=score, span=self._span(score))
        if score < 0 and receipt.strategy in IDLE_FIRST:
            best = self._words.phrases["occupied"]
        return self._words.phrases["liked"].format(best=best) if LESS_LIKED in receipt.lost else best

    def _listed(self, agents: Sequence[str]) -> str:
        """Ann, Bob and 2 more."""
        told = [self._name(agent) for agent in agents[:LOSERS_TOLD]]
        if rest := len(agents) - len(told):
            told.append(self._words.phrases["more"].format(count=rest))
        return self._words.phrases["comma"].join(told[:-1]) + self._words.phrases["and"] + told[-1]

    def _unqueued(self, interaction: Interaction, story: Sequence[Event]) -> str:
        made = [event.offer.agent for event in story if isinstance(event, OfferMade)]
        if interaction.channel == OUTBOUND and made:
            return self._words.phrases["made"].format(agent=self._name(made[0]))
        return self._words.phrases["never-queued"]

    def _overflow(self, event: InteractionOverflowed) -> str:
        reason = self._words.overflows.get(event.reason, event.reason)
        said = self._words.phrases["sent on" if event.to else "sent out"]
        return said.format(queue=self._label(event.queue), reason=reason, to=self._label(event.to))

    def _losers(self, receipt: Receipt) -> list[str]:
        told = [self._loser(loser) for loser in receipt.losers[:LOSERS_TOLD]]
        rest = len(receipt.losers) - len(told)
        return [*told, self._words.phrases["others"].format(count=rest)] if rest else told

    def _loser(self, loser: Loser) -> str:
        return f"{self._name(loser.agent)}{self._words.space}{_reason(self._words, loser, self._labels)}"

    def _attempt(self, event: Attempt, when: str) -> str:
        kind, to = type(event).__name__, ""
        if isinstance(event, InteractionTransferred):
            kind = f"{kind}:{event.kind}"
            to = {"queue": self._label, "agent": self._name}.get(event.kind, str)(event.target)
        elif isinstance(event, TalkHandedOver):
            kind, to = f"{kind}:takeover" if event.is_takeover else kind, self._name(event.offer.agent)
        reason = getattr(event, "reason", "")
        told = self._words.attempts[kind].format(agent=self._name(event.agent), reason=self._rescinded(reason), to=to)
        return self._words.phrases[when].format(told=told)

    def _rescinded(self, reason: str) -> str:
        known, _, detail = reason.partition(": ")
        if known in self._words.rescinds:
            return self._words.rescinds[known].format(detail=detail)
        return self._words.phrases["rescinded otherwise"].format(cause=reason.upper())

    def _span(self, seconds: float) -> str:
        """Told as people tell it: to the second up to an hour."""
        whole = round(max(0.0, seconds))
        if whole < SECONDS_TOLD:
            return self._words.phrases["seconds"].format(seconds=whole)
        minutes, hours = whole // 60, whole // 3600
        phrase = self._words.phrases["hours" if hours else "minutes"]
        return phrase.format(hours=hours, minutes=minutes % 60, seconds=whole % 60)

    def _ending(self, story: Sequence[Event]) -> str:
        ends = [event for event in story if isinstance(event, InteractionClosed)]
        if ends and ends[-1].outcome is Outcome.CANCELLED:
            return self._words.cancelled.get(ends[-1].cause, self._words.cancelled[""])
        return self._words.endings.get(ends[-1].outcome, "") if ends else ""

    def _label(self, queue: str) -> str:
        return self._labels.get(queue, queue)

    def _name(self, agent: str) -> str:
        name = self._names.get(agent, "")
        if name and self._labels:
            return name
        return self._words.named.format(name=name, id=agent) if name and name != agent else agent
