"""What one controller wants to hear: event names, CUSTOM subclasses, one channel's events, filters. Pure.

>>> wish = Subscription()
>>> wish.subscribe("CHANNEL_ANSWER CUSTOM sofia::register".split()), wish.wants("CUSTOM", "sofia::register")
(True, True)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from eslapp.softswitch.events import Event
from eslapp.softswitch.origins import EVENT_NAMES, KNOWN_SUBCLASSES, MY_EVENTS

FORMATS = ("plain", "json", "xml")
MAX_FILTERS = 500
MAX_SUBJECT = 4_096
EVERY = "*"
EXPRESSION = re.compile(r"/(.*)/([a-z]*)", re.DOTALL)


@dataclass
class Subscription:
    """Starts wanting nothing."""

    form: str = "plain"
    names: set[str] = field(default_factory=set)
    subclasses: set[str] = field(default_factory=set)
    is_all: bool = False
    is_listening: bool = False
    mine: str = ""  # myevents: only this channel's, for good; EVERY: those of any channel
    filters: list[tuple[str, str]] = field(default_factory=list)

    def take_format(self, words: list[str]) -> list[str]:
        """Use a leading format word; the words that are left."""
        if words and words[0].lower() in FORMATS:
            self.form = words[0].lower()
            return words[1:]
        return words

    def subscribe(self, words: list[str]) -> bool:
        """Add event names; all that follows CUSTOM is a subclass; unknown names do nothing. False: none was valid."""
        names, subclasses, is_all = split_names(words)
        if not names and not is_all:
            return False
        self.names |= EVENT_NAMES if is_all else names
        self.subclasses |= subclasses | (KNOWN_SUBCLASSES if is_all else set())
        self.is_all = self.is_all or is_all
        self.is_listening = True
        return True

    def unsubscribe(self, words: list[str]) -> bool:
        """``nixevent``: take names or CUSTOM subclasses away (not CUSTOM itself). False: none was valid."""
        names, subclasses, is_all = split_names(words)
        if not names and not is_all:
            return False
        self.is_listening = True  # even to nothing, as FreeSWITCH's ``noevents`` shows
        if is_all:
            self.names.clear()
            self.is_all = False
            return True
        self.subclasses -= subclasses
        self.is_all = self.is_all and names <= {"CUSTOM"}
        self.names -= names - {"CUSTOM"}
        return True

    def clear(self) -> None:
        """``noevents``."""
        self.names.clear()
        self.subclasses.clear()
        self.is_all = self.is_listening = False

    def follow(self, uuid: str) -> None:
        """``myevents``; without a uuid those of every channel."""
        self.names |= MY_EVENTS
        self.mine = uuid or EVERY
        self.is_listening = True

    @property
    def only(self) -> str:
        """The one channel whose events can pass; "": any."""
        return self.mine if self.mine != EVERY and "BACKGROUND_JOB" not in self.names else ""

    def wants(self, name: str, subclass: str) -> bool:
        """By name and subclass alone."""
        if not self.is_listening:
            return False
        if self.is_all:
            return True
        if name == "CUSTOM":
            return "CUSTOM" in self.names and (not subclass or subclass in self.subclasses)
        return name in self.names

    def passes(self, event: Event) -> bool:
        """By channel and filters."""
        if self.mine and event.get("Job-Owner-UUID") == self.mine:
            return True
        if self.filters and not is_let_through(event, self.filters):
            return False
        return (
            not self.mine
            or event.get("Unique-ID") == self.mine
            or (self.mine == EVERY and bool(event.get("Unique-ID")))
        )

    def add_filter(self, header: str, value: str) -> bool:
        """One more; False when there are too many."""
        if len(self.filters) >= MAX_FILTERS:
            return False
        self.filters.append((header, value))
        return True

    def delete_filter(self, header: str, value: str) -> None:
        """``all`` deletes every filter, a header without value all of that header."""
        if header.lower() == "all":
            self.filters.clear()
            return
        self.filters = [
            (have, wanted)
            for have, wanted in self.filters
            if have.lower() != header.lower() or (value and wanted != value)
        ]


def split_names(words: list[str]) -> tuple[set[str], set[str], bool]:
    """(known event names, CUSTOM subclasses, whether ALL was named)."""
    names: set[str] = set()
    for index, word in enumerate(words):
        name = word.upper()
        if name == "CUSTOM":
            names.add(name)
            return names, set(words[index + 1 :]), "ALL" in {each.upper() for each in words[:index]}
        if name in EVENT_NAMES:
            names.add(name)
    return names, set(), "ALL" in {word.upper() for word in words}


def is_let_through(event: Event, filters: list[tuple[str, str]]) -> bool:
    """In the order they were added: one that matches lets it through, unless a later ``-value`` matches as well."""
    is_let = False
    for header, wanted in filters:
        value = event.get(header)
        text = wanted.lstrip("+- ")
        signs = wanted[: len(wanted) - len(text)].replace(" ", "")
        is_against = signs.endswith("-")
        if not value or (is_let and not is_against) or not matches(value, text, is_expression=wanted.startswith("/")):
            continue
        if is_against:
            return False
        is_let = True
    return is_let


def matches(value: str, wanted: str, *, is_expression: bool) -> bool:
    """Equal without case, or ``/expression/`` found."""
    if not is_expression:
        return value.lower() == wanted.lower()
    expression = EXPRESSION.fullmatch(wanted)
    try:
        flags = re.IGNORECASE if expression and "i" in expression[2] else re.NOFLAG
        return expression is not None and re.search(expression[1], value[:MAX_SUBJECT], flags) is not None
    except re.error:
        return False
