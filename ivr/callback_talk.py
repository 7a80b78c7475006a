"""The conversation of ``callback``: what is asked at each stage, spoken or written, and what an answer means.

Owns: the questions, the times that can be chosen, reading numbers. Not here: the order of stages (``steps.callback``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from .calendars import OPEN, Calendar
from .effects import Ask, Piece, Speech, Spoken, Write
from .expressions import ExpressionError
from .fields import Text
from .outside import is_allowed, number_of
from .scene import Scene
from .site import Site
from .templates import fill
from .values import simplified

SLOTS, MOST = 4, 24  # told at once, and in all
LATER = "9"
DIALLED = "dialled."  # + a number: the fact how the trunk dials it
Options = tuple[tuple[str, str], ...]
_YES = ("yes", "y", "ok", "好", "好的", "对", "是", "是的", "可以")
_NO = ("no", "n", "不", "不用", "不要", "不需要")


def is_number(site: Site, number: str) -> bool:
    """Whether the site could call it."""
    return site.trunk is not None and is_allowed(number, site.trunk.allow)


def slots(calendar: Calendar | None, moment: datetime, ahead_s: float) -> list[str]:
    """The next full hours (at least half an hour away) in which it is open: ``["2026-11-25T15:00", ...]``."""
    first = (moment + timedelta(minutes=90)).replace(minute=0, second=0, microsecond=0)
    last = moment + timedelta(seconds=ahead_s)
    found: list[str] = []
    at = first
    while at <= last and len(found) < MOST:
        if calendar is None or calendar.state(at) == OPEN:
            found.append(at.strftime("%Y-%m-%dT%H:%M"))
        at += timedelta(hours=1)
    return found


def page_of(state: Mapping[str, Any]) -> tuple[list[str], bool]:
    """The times that are told now, and whether there are later ones."""
    first = SLOTS * int(state.get("page", 0))
    return list(state["slots"][first : first + SLOTS]), len(state["slots"]) > first + SLOTS


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, as both media ask it."""

    speech: tuple[Speech, ...]
    text: str
    options: Options = ()
    most: int = 1
    ends: str = ""

    def by_voice(self) -> Ask:
        pattern = "^[0-9]+$" if self.most > 1 else "^[0-9]$"  # a telephone has no plus
        return Ask(speech=self.speech, min=1, max=self.most, ends=self.ends, pattern=pattern)

    def in_writing(self) -> Write:
        return Write("\n".join([self.text, *(f"{key} {label}" for key, label in self.options)]), self.options)


@dataclass(frozen=True, slots=True)
class Talk:
    """The words, in the contact's language."""

    scene: Scene
    offer: Text | None

    def number(self, written: str) -> str:
        """However people write it: as the trunk dials it, which a fact of the moment knows; ``""`` where it is none."""
        plain = number_of(written)
        return str(self.scene.facts.get(f"{DIALLED}{plain}", plain)) if plain else ""

    def own_number(self, template: str) -> str:
        """The number the contact has, where the site can call it."""
        try:
            number = self.number(fill(template, self.scene.lookup))
        except ExpressionError:
            return ""
        return number if is_number(self.scene.site, number) else ""

    def question(self, state: dict[str, Any], why: str) -> Asked:
        asked = {"offer": self._offer, "enter": self._enter, "when": self._when, "confirm": self._confirm}
        found = asked[state["stage"]](state)
        if not why:
            return found
        speech = (self.scene.phrase_speech(why), *found.speech)
        text = f"{self.scene.phrase(why)}\n{found.text}"
        return Asked(speech, text, found.options, found.most, found.ends)

    def _said(self, name: str) -> Spoken:
        return self.scene.phrase_speech(name)

    def _offer(self, state: dict[str, Any]) -> Asked:
        scene, number = self.scene, state["number"]
        own = scene.speech(self.offer) if self.offer is not None else ()
        speech = (*own, self._said("callback_number"), *self._digits(number), self._said("callback_keys"))
        lines = [scene.written(self.offer)] if self.offer is not None else []
        lines.append(scene.phrase("callback_text").replace("{number}", number))
        options = tuple((key, scene.phrase(f"callback_option_{key}")) for key in "123")
        return Asked(speech, "\n".join(lines), options)

    def _enter(self, state: dict[str, Any]) -> Asked:
        text = self.scene.phrase("callback_enter_text")
        return Asked((self._said("callback_enter"),), text, most=20, ends="#")

    def _when(self, state: dict[str, Any]) -> Asked:
        scene = self.scene
        speech: list[Speech] = [self._said("callback_soon")]
        options = [("1", scene.phrase("callback_asap"))]
        shown, has_later = page_of(state)
        for key, slot in enumerate(shown, start=2):
            speech += [*self._moment(slot), Piece("callback_slot", str(key), scene.language)]
            options.append((str(key), self._written_moment(slot)))
        if has_later:
            speech.append(self._said("callback_later"))
            options.append((LATER, scene.phrase("callback_later_text")))
        return Asked(tuple(speech), scene.phrase("callback_when_text"), tuple(options))

    def _confirm(self, state: dict[str, Any]) -> Asked:
        scene, slot = self.scene, state["slot"]
        when = self._moment(slot) if slot else (self._said("callback_asap"),)
        speech = (*when, self._said("callback_at"), *self._digits(state["number"]), self._said("confirm_keys"))
        text = scene.phrase("callback_confirm_text").replace("{number}", state["number"])
        text = text.replace("{when}", self._written_moment(slot) if slot else scene.phrase("callback_asap"))
        return Asked(speech, text, (("1", scene.phrase("yes")), ("2", scene.phrase("no"))))

    def _digits(self, number: str) -> tuple[Speech, ...]:
        return (self.scene.piece("digits", number),)

    def _moment(self, slot: str) -> tuple[Speech, ...]:
        day, _, clock = slot.partition("T")
        near = self._near(day)
        return self._said(near) if near else self.scene.piece("date", day), self.scene.piece("time", clock)

    def _written_moment(self, slot: str) -> str:
        day, _, clock = slot.partition("T")
        near = self._near(day)
        return f"{self.scene.phrase(near) if near else day} {clock}"

    def _near(self, day: str) -> str:
        """The phrase for today and tomorrow."""
        today = self.scene.moment.date()
        near = {today: "callback_today", today + timedelta(days=1): "callback_tomorrow"}
        return near.get(date.fromisoformat(day), "")

    def meant(self, state: dict[str, Any], answer: str) -> str:
        """A key, or a number, out of what was pressed or written."""
        text = simplified(answer)
        if state["stage"] == "enter":
            return self.number(answer)
        if text in _YES:
            return "1"
        if text in _NO:
            return "3" if state["stage"] == "offer" else "2"
        return text

    @staticmethod
    def instant(scene: Scene, slot: str) -> float | None:
        """When a chosen time is, in UTC seconds; None for "as soon as possible"."""
        if not slot:
            return None
        local = datetime.strptime(slot, "%Y-%m-%dT%H:%M").replace(tzinfo=scene.moment.tzinfo)
        return local.astimezone(UTC).timestamp()
