"""What one controller wants to hear: event names, CUSTOM subclasses, one channel's events, filters. Pure.

>>> wish = Subscription()
>>> wish.subscribe("CHANNEL_ANSWER CUSTOM sofia::register".split()), wish.wants("CUSTOM", "sofia::register")
(True, True)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from eslapp.softswitch.events import Event
from eslapp.softswitch.origins import EVENT_NAMES, MY_EVENTS

FORMATS = ("plain", "json", "xml")
MAX_FILTERS = 500
MAX_SUBJECT = 4_096


@dataclass
class Subscription:
    """Starts wanting nothing."""

    form: str = "plain"
    names: set[str] = field(default_factory=set)
    subclasses: set[str] = field(default_factory=set)
    is_all: bool = False
    is_listening: bool = False
    mine: str = ""  # myevents: only this channel's
    was_mine: bool = False
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
        self.names |= names
        self.subclasses |= subclasses
        self.is_all = self.is_all or is_all
        self.is_listening = True
        return True

    def unsubscribe(self, words: list[str]) -> bool:
        """``nixevent``: take names or CUSTOM subclasses away. False: none was valid."""
        names, subclasses, is_all = split_names(words)
        if not names and not is_all:
            return False
        self.is_listening = True  # even to nothing, as FreeSWITCH's ``noevents`` shows
        if is_all:
            self.names.clear()
            self.is_all = False
            return True
        if self.is_all:
            self.names |= EVENT_NAMES
            self.is_all = False
        if subclasses:
            self.subclasses -= subclasses
            names.discard("CUSTOM")
        self.names -= names
        return True

    def clear(self) -> None:
        """``noevents``."""
        self.names.clear()
        self.subclasses.clear()
        self.is_all = self.is_listening = False
        self.mine = ""

    def follow(self, uuid: str) -> None:
        """``myevents``."""
        self.names |= MY_EVENTS
        self.mine = uuid
        self.was_mine = self.is_listening = True

    @property
    def only(self) -> str:
        """The one channel whose events can pass; "": any."""
        return self.mine if self.mine and not self.is_all and self.names <= MY_EVENTS else ""

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
        if self.mine and event.name in MY_EVENTS and event.get("Unique-ID") != self.mine:
            return False
        if not self.filters:
            return True
        return any(matches(event, header, value) for header, value in self.filters)

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


def matches(event: Event, header: str, wanted: str) -> bool:
    """Equal without case, or ``/expression/`` found; an event without the header does not match."""
    value = event.get(header)
    if not value:
        return False
    if len(wanted) > 1 and wanted.startswith("/") and wanted.rstrip("i").endswith("/"):
        try:
            return re.search(wanted.rstrip("i")[1:-1], value[:MAX_SUBJECT]) is not None
        except re.error:
            return False
    return value.lower() == wanted.lower()
