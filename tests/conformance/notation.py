"""How a recorded scenario is written down: placeholders for ids and places, what differs between recordings, and the
header sets of ``headers.json``. Not here: recording (``record``), reading (``scenario``).
"""

from __future__ import annotations

import difflib
import json
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.conformance.compare import ANY, MAYBE, sounds
from tests.conformance.play import ID, _family
from tests.conformance.scenario import HEADERS, Do, Pause, Scenario, See, Step, spans
from tests.conformance.sights import Sight

CLOCKWORK = ("HEARTBEAT", "RE_SCHEDULE")
LONG_S = 1.5  # a wait that is written down, because the player's patience ends
SHORT_S = 0.03  # after the last thing seen, before the next ``do``
PLACE = rf"(?<![\w.-]){re.escape(socket.gethostname())}(?![\w.-])"
Stream = tuple[str, str, str]


@dataclass
class Entry:
    """One line of the scenario: something seen in some of the recordings, or a ``do``."""

    at: float
    who: str
    sights: list[Sight]
    is_sure: bool = True
    step: Do | None = None

    @property
    def stream(self) -> Stream:
        sight = self.sights[0]
        return self.who, _family(sight.kind), sight.leg if sight.kind in ("event", "sip") else ""


def with_names(sight: Sight, names: Mapping[str, str]) -> Sight:
    """The sight with ``{A}``, ``{lab}`` ... for this run's values."""

    def put(text: str) -> str:
        for name, value in ordered:
            text = re.sub(rf"(?<![\w]){re.escape(value)}(?![\w])", f"{{{name}}}", text)
        return text

    ordered = sorted(((n, v) for n, v in names.items() if len(v) > 3), key=lambda pair: -len(pair[1]))
    members = {value: f"{{{name}}}" for name, value in names.items() if name[0] == "M"}
    headers = {key: put(value) for key, value in sight.headers.items()}
    if "Member-ID" in headers:
        headers["Member-ID"] = members.get(headers["Member-ID"], headers["Member-ID"])
    leg = next((name for name, value in names.items() if value == sight.leg), sight.leg)
    return replace(sight, label=put(sight.label), leg=leg, headers=headers)


def is_worth(sight: Sight) -> bool:
    if sight.kind == "hears":
        return bool(sounds(iter([sight.label])))
    return sight.kind != "event" or sight.label not in CLOCKWORK


def merged(runs: Sequence[Sequence[Any]]) -> list[Entry]:
    """One list of entries from several recordings of the same steps."""
    first = [_entry(row) for row in runs[0]]
    for rows in runs[1:]:
        other = [_entry(row) for row in rows if hasattr(row, "sight")]
        streams = dict.fromkeys([*(e.stream for e in first if e.sights), *(e.stream for e in other)])
        for stream in streams:
            mine = [entry for entry in first if entry.sights and entry.stream == stream]
            _merge_stream(first, mine, [entry for entry in other if entry.stream == stream])
    return first


def _entry(row: Any) -> Entry:
    return Entry(row.at, row.who, [row.sight]) if hasattr(row, "sight") else Entry(row.at, "", [], step=row.step)


def _merge_stream(into: list[Entry], mine: list[Entry], theirs: list[Entry]) -> None:
    if (mine or theirs)[0].sights[0].kind == "hears":
        heard = [sounds(entry.sights[0].label for entry in side) for side in (mine, theirs)]
        if heard[0] != heard[1]:
            print(f"  heard once {heard[0]}, once {heard[1]}")
        return
    keys = [[_skeleton(entry.sights[0].label) for entry in side] for side in (mine, theirs)]
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal" or (tag == "replace" and a2 - a1 == b2 - b1 and mine[a1].stream[1] == "reply"):
            for one, two in zip(mine[a1:a2], theirs[b1:b2], strict=True):
                one.sights += two.sights
            continue
        for entry in mine[a1:a2]:
            entry.is_sure = False
            print(f"  may: {entry.who} {entry.sights[0].label[:80]}")
        anchor = into.index(mine[a2 - 1]) + 1 if a2 else 0
        for entry in reversed(theirs[b1:b2]):
            entry.is_sure, entry.at = False, into[anchor - 1].at if anchor else 0.0
            print(f"  may: {entry.who} {entry.sights[0].label[:80]}")
            into.insert(anchor, entry)


def _skeleton(label: str) -> str:
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "0", label)


def template(labels: Sequence[str]) -> str:
    """One text for several: ``<*>`` where they differ, and for clocks, which may stand still between recordings."""
    labels = [
        re.sub(rf"{PLACE}|(?<=^UP ).*|\b20\d\d-\d\d-\d\d\b|\b\d\d:\d\d:\d\d\b|\b1[789]\d{{8}}\b", ANY, label)
        for label in labels
    ]
    result = labels[0]
    for label in labels[1:]:
        if result != label:
            result = _template(result, label)
    return result


def _template(one: str, two: str) -> str:
    parts = [re.findall(r"<\*>|[^\W_]+|[\W_]", text) for text in (one, two)]
    out: list[str] = []
    for tag, a1, a2, _, _ in difflib.SequenceMatcher(None, *parts, autojunk=False).get_opcodes():
        if tag == "equal":
            out += parts[0][a1:a2]
        elif out[-1:] != [ANY]:
            out.append(ANY)
    return re.sub(r"(<\*>[^\w\n]*)+<\*>", ANY, "".join(out))


def steps_of(entries: Sequence[Entry], pauses: set[int]) -> list[Step]:
    """What was done and seen as a scenario's steps. ``pauses`` are the numbers of the ``do`` steps that are timed."""
    fickle = _Table().fickle
    steps: list[Step] = []
    whole: dict[Stream, dict[str, str | None]] = {}
    done, last = 0, 0.0
    for entry in entries:
        if entry.step is not None:
            if done in pauses:
                steps.append(Pause(_left(entry.at - last)))
            elif done:
                steps.append(Pause(SHORT_S))
            steps.append(entry.step)
            done += 1
        else:
            if entry.at - last > LONG_S:
                steps.append(Pause(round(entry.at - last, 1), is_sleep=False))
            steps.append(_see(entry, whole, fickle))
        last = entry.at
    return steps


def _left(seconds: float) -> float:
    """What is left of a pause after the last thing seen; never just the mark for "when it is quiet"."""
    rounded = round(seconds, 2)
    return rounded + 0.01 if rounded == SHORT_S else rounded


def _see(entry: Entry, whole: dict[Stream, dict[str, str | None]], fickle: set[str]) -> See:
    sight = entry.sights[0]
    label = template([each.label for each in entry.sights])
    see = See(entry.who, sight.kind, label, entry.stream[2], is_sure=entry.is_sure)
    if not sight.headers:
        return see
    before = whole.setdefault(entry.stream, {})
    now = dict(_headers([each.headers for each in entry.sights], fickle))
    if not entry.is_sure:  # seen in some runs alone, perhaps in one: its values may be anything
        now = {name: MAYBE if value == MAYBE else None for name, value in now.items()}
    changed = {k: v for k, v in now.items() if k not in before or before[k] != v}
    whole[entry.stream] = now
    return replace(see, headers=changed, gone=tuple(k for k in before if k not in now))


def write(path: Path, told: Scenario) -> None:
    """The scenario file, and what its events need in ``headers.json``."""
    table = _Table()
    steps = [_row(step, table) for step in told.steps]
    table.save()
    parts = {"shows": told.shows, "phones": told.phones, "legs": told.legs}
    parts |= {key: value for key, value in (("watch", told.is_watched), ("own", list(told.own))) if value}
    lines = [
        f"{json.dumps(key)}:{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}"
        for key, value in parts.items()
    ]
    rows = ",\n".join(json.dumps(step, ensure_ascii=False, separators=(",", ":")) for step in steps)
    path.write_text("{\n" + ",\n".join(lines) + ',\n"steps":[\n' + rows + "\n]}\n", encoding="utf-8")


def _row(step: Step, table: _Table) -> list[Any]:
    if isinstance(step, Pause):
        return ["pause" if step.is_sleep else "wait", step.seconds]
    if isinstance(step, Do):
        return ["do", step.who, step.verb, *([step.args] if step.args else [])]
    line = ["see" if step.is_sure else "may", step.who, step.kind, step.leg, step.label]
    return line if step.headers is None else [*line, table.number(step.headers, step.gone)]


def _headers(blocks: Sequence[Mapping[str, str]], fickle: set[str]) -> Iterator[tuple[str, str | None]]:
    for name in dict.fromkeys(name for block in blocks for name in block):
        values = {block.get(name) for block in blocks}
        if None in values:
            yield name, MAYBE
        else:
            is_path = any(str(value).startswith("/") for value in values)  # of the machine that recorded
            is_id = any(re.fullmatch(ID, str(value)) for value in values)  # seen in one run only
            is_fickle = name in fickle or f"variable_{name}" in fickle
            is_fixed = len(values) == 1 and not is_fickle and not is_path and not is_id
            yield name, values.pop() if is_fixed else None


class _Table:
    """headers.json: pairs and sets are added, never changed. A name that is gone is told by a pair that has it."""

    def __init__(self) -> None:
        raw = json.loads(HEADERS.read_text(encoding="utf-8"))
        self._pairs: list[list[str | None]] = raw["pairs"]
        self._sets: list[str] = raw["sets"]
        self._pair_number = {tuple(pair): n for n, pair in enumerate(self._pairs)}
        self._set_number = {one: n for n, one in enumerate(self._sets)}
        self._name_number = {name: n for n, (name, _) in reversed(list(enumerate(self._pairs)))}
        fixed = {name for name, value in self._pairs if value not in (None, MAYBE)}
        self.fickle = {str(name) for name, value in self._pairs if value is None and name not in fixed}

    def number(self, changed: Mapping[str, str | None], gone: Sequence[str]) -> int:
        told = spans(self._pair(name, value) for name, value in changed.items())
        without = spans(self._name_number[name] for name in gone)
        text = f"{told} - {without}" if without else told
        if text not in self._set_number:
            self._set_number[text] = len(self._sets)
            self._sets.append(text)
        return self._set_number[text]

    def _pair(self, name: str, value: str | None) -> int:
        if (name, value) not in self._pair_number:
            self._pair_number[name, value] = len(self._pairs)
            self._name_number.setdefault(name, len(self._pairs))
            self._pairs.append([name, value])
        return self._pair_number[name, value]

    def save(self) -> None:
        pairs, sets = (
            ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows)
            for rows in (self._pairs, self._sets)
        )
        HEADERS.write_text('{"pairs":[\n' + pairs + '\n],"sets":[\n' + sets + "\n]}\n", encoding="utf-8")
