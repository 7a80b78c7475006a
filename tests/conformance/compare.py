"""Judges a record against its scenario: every difference as one line that names the connection, the leg and the
event. Pure.

Compared: the order of the events of each leg on each connection, replies and API results in order, disconnect
notices, TCP opens and closes, each call's SIP messages, the tones a phone hears, and each event's headers (names, and
values where they are the same in every run). Not compared: ids, times, ports, and the interleaving of different legs.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.conformance.play import ID, PLACEHOLDER, Record
from tests.conformance.scenario import Scenario, See
from tests.conformance.sights import Sight

MAYBE = "<?>"  # a header that is not there in every run
ANY = "<*>"  # stands for text that differs from run to run


@dataclass(frozen=True)
class Difference:
    """``kind`` is ``order``, ``reply``, ``sip``, ``hears``, ``header``, ``place`` or ``late``; ``text`` the story."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


def differences(scenario: Scenario, record: Record) -> list[Difference]:
    """Everything that is not as the scenario says."""
    found = [Difference("late", text) for text in record.late]
    for key, wanted, seen in _streams(scenario, record):
        found.extend(_stream(key, wanted, seen, record.names))
    return found


Key = tuple[str, str, str]  # who saw it, what family, which leg


def _streams(scenario: Scenario, record: Record) -> Iterator[tuple[Key, list[See], list[Sight]]]:
    letters = {value: letter for letter, value in record.names.items() if len(letter) == 1}
    seen: dict[tuple[str, str, str], list[Sight]] = {}
    for _, who, sight in record.seen:
        leg = letters.get(sight.leg, sight.leg) if sight.kind == "event" else sight.leg
        seen.setdefault((who, _family(sight.kind), leg if sight.kind in ("event", "sip") else ""), []).append(sight)
    wanted: dict[tuple[str, str, str], list[See]] = {}
    for step in scenario.steps:
        if isinstance(step, See):
            leg = step.leg if step.kind in ("event", "sip") else ""
            wanted.setdefault((step.who, _family(step.kind), leg), []).append(step)
    for key in [*wanted, *(key for key in seen if key not in wanted)]:
        yield key, wanted.get(key, []), seen.get(key, [])


def orders(scenario: Scenario, record: Record) -> Iterator[tuple[See, str]]:
    """Each event with headers that came as the scenario says, with the digest of their order."""
    for (_, family, _), wanted, seen in _streams(scenario, record):
        if family in ("event", "reply"):
            for see, sight, whole in _wholes(_partners(wanted, seen, record.names)):
                if sight is not None:
                    yield see, order(sight, whole)


def _stream(
    key: tuple[str, str, str], wanted: Sequence[See], seen: Sequence[Sight], names: Mapping[str, str]
) -> Iterator[Difference]:
    who, family, leg = key
    if family == "hears":
        yield from _hears(who, wanted, seen)
        return
    where = f"{who} {leg or family}"
    kind = {"event": "order", "reply": "reply", "sip": "sip"}.get(family, "order")
    expected = [f"{see.kind} {see.label}" for see in wanted]
    actual = [f"{sight.kind} {sight.label}" for sight in seen]
    for left, right in _pairs(family, expected, actual, names):
        if left is None:
            yield Difference(kind, f"{where}: too much: {_short(actual[right or 0])}")
        elif right is None and not wanted[left].is_sure:
            continue
        elif right is None:
            yield Difference(kind, f"{where}: missing: {_short(expected[left])}")
        elif not matches(expected[left], actual[right], names):
            yield Difference(kind, f"{where}: {_short(expected[left])} expected, got {_short(actual[right])}")
    if family in ("event", "reply"):
        yield from _headers(where, _partners(wanted, seen, names), names)


def _pairs(
    family: str, expected: Sequence[str], actual: Sequence[str], names: Mapping[str, str]
) -> list[tuple[int | None, int | None]]:
    is_one_to_one = family == "reply" and len(expected) == len(actual)
    return [(n, n) for n in range(len(actual))] if is_one_to_one else _align(expected, actual, names)


def _partners(wanted: Sequence[See], seen: Sequence[Sight], names: Mapping[str, str]) -> list[tuple[See, Sight | None]]:
    expected = [f"{see.kind} {see.label}" for see in wanted]
    actual = [f"{sight.kind} {sight.label}" for sight in seen]
    family = _family(wanted[0].kind) if wanted else ""
    partners = {
        a: seen[b]
        for a, b in _pairs(family, expected, actual, names)
        if a is not None and b is not None and matches(expected[a], actual[b], names)
    }
    return [(see, partners.get(n)) for n, see in enumerate(wanted)]


def _align(
    expected: Sequence[str], actual: Sequence[str], names: Mapping[str, str]
) -> list[tuple[int | None, int | None]]:
    """Pairs of indices; an unequal pair stands for a replaced item."""
    canonical = [next((e for e in expected if matches(e, item, names)), item) for item in actual]
    pairs: list[tuple[int | None, int | None]] = []
    matcher = difflib.SequenceMatcher(None, list(expected), canonical, autojunk=False)
    for _, a1, a2, b1, b2 in matcher.get_opcodes():
        both = min(a2 - a1, b2 - b1)
        pairs += [(a1 + n, b1 + n) for n in range(both)]
        pairs += [(a, None) for a in range(a1 + both, a2)]
        pairs += [(None, b) for b in range(b1 + both, b2)]
    return pairs


def _headers(where: str, pairs: Sequence[tuple[See, Sight | None]], names: Mapping[str, str]) -> Iterator[Difference]:
    for see, sight, whole in _wholes(pairs):
        if sight is not None:
            title = f"{where} {_short(see.label)}"
            found = list(_one_header_block(title, whole, sight.headers, names))
            yield from found
            if see.order and not found and order(sight, whole) != see.order:
                yield Difference("place", f"{title}: headers stand elsewhere, or twice")


def _wholes(
    pairs: Sequence[tuple[See, Sight | None]],
) -> Iterator[tuple[See, Sight | None, dict[str, str | None]]]:
    """The scenario stores what changed since the leg's last event; so the whole is carried along."""
    whole: dict[str, str | None] = {}
    for see, sight in pairs:
        if see.headers is not None:
            whole.update(see.headers)
            for name in see.gone:
                whole.pop(name, None)
            yield see, sight, whole


def order(sight: Sight, whole: Mapping[str, str | None]) -> str:
    """A digest of the event's form and of its headers' names as they stand, without those that only may be there."""
    told = "\n".join(name for name in sight.names if whole.get(name) != MAYBE)
    return hashlib.sha256(told.encode()).hexdigest()[:6]


def _one_header_block(
    title: str, whole: Mapping[str, str | None], actual: Mapping[str, str], names: Mapping[str, str]
) -> Iterator[Difference]:
    for name, value in whole.items():
        if name not in actual:
            if value != MAYBE:
                yield Difference("header", f"{title}: {name} missing")
        elif value not in (None, MAYBE) and not matches(str(value), actual[name], names):
            yield Difference("header", f"{title}: {name} is {_short(actual[name])}, not {_short(str(value))}")
    for name in actual:
        if name not in whole:
            yield Difference("header", f"{title}: {name} too much")


def _hears(who: str, wanted: Sequence[See], seen: Sequence[Sight]) -> Iterator[Difference]:
    expected, actual = sounds(see.label for see in wanted), sounds(sight.label for sight in seen)
    if expected != actual:
        wanted_text, actual_text = " ".join(expected) or "nothing", " ".join(actual) or "nothing"
        yield Difference("hears", f"{who}: {wanted_text} expected, got {actual_text}")


def sounds(labels: Iterator[str]) -> list[str]:
    """The tones and digits in order; pauses and repetitions are timing and left out."""
    out: list[str] = []
    for label in labels:
        if label.startswith(("tone", "DTMF ")) and not label.startswith("DTMF end") and out[-1:] != [label]:
            out.append(label)
    return out


def matches(template: str, actual: str, names: Mapping[str, str]) -> bool:
    """Whether a text is an instance of a template with ``{A}`` placeholders and ``<*>``."""
    if template == actual:
        return True
    parts = re.split(rf"(<\*>|{PLACEHOLDER.replace('(', '(?:')})", template)
    if len(parts) == 1:
        return False
    pattern = "".join(_part(part, names) for part in parts)
    return re.fullmatch(pattern, actual, re.S) is not None


def _part(part: str, names: Mapping[str, str]) -> str:
    if part == ANY:
        return r".*?"
    if part.startswith("{") and part.endswith("}") and len(part) > 2:
        known = names.get(part[1:-1])
        return re.escape(known) if known is not None else rf"(?:{ID}|\d+)"
    return re.escape(part)


def _family(kind: str) -> str:
    return {"api": "reply", "connect": "reply", "auth": "reply", "closed": "open"}.get(kind, kind)


def _short(text: str) -> str:
    line = text.replace("\n", "\\n")
    return line if len(line) <= 110 else f"{line[:100]}... ({len(line)})"
