"""The golden traces: what a real FreeSWITCH 1.10.12 said in the same scenario, and how to compare with it.

``data/golden.json.gz``: {scenario: {channel: [[label, [[header, value or null], ...]], ...]}}; null values vary from
run to run (ids, times, ports) and are compared by name and order only.
"""

from __future__ import annotations

import gzip
import json
from functools import cache

from esl_controller import Controller, Event
from switch_lab import DATA

Want = list[list]  # [[label, [[name, value], ...]], ...]

# Variables the soft switch does not set.
ABSENT = frozenset("variable_" + name for name in ("current_loop", "total_loops"))
LOCAL = frozenset(
    """FreeSWITCH-Hostname Application-Data Playback-File-Path Record-File-Path variable_current_application_data
    variable_last_arg variable_playback_last_offset_pos variable_playback_seconds variable_playback_ms
    variable_playback_samples variable_sip_user_agent variable_sip_via_rport variable_ep_codec_string""".split()
)


@cache
def golden() -> dict[str, dict[str, Want]]:
    """All scenarios."""
    return json.loads(gzip.decompress((DATA / "golden.json.gz").read_bytes()))


def labels(scenario: str, channel: str) -> list[str]:
    """The order list of one connection."""
    return [each[0] for each in golden()[scenario][channel]]


def ordered(names: list[str], among: set[str]) -> list[str]:
    """The names that are among some, repeats dropped."""
    return [name for name in dict.fromkeys(names) if name in among]


def differences(event: Event, headers: list[list]) -> list[str]:
    """What differs between an event and a golden one: names, order of names, constant values."""
    wanted = {name: value for name, value in headers}
    found = []
    have = set(event.names)
    found += [f"missing {name}" for name in wanted if name not in have and name not in ABSENT]
    found += [f"extra {name}" for name in event.names if name not in wanted and name not in ABSENT]
    core = {name for name in have & set(wanted) if not name.startswith("variable_")}
    mine, theirs = ordered(event.names, core), ordered(list(wanted), core)
    if mine != theirs:
        at = next(index for index, pair in enumerate(zip(mine, theirs, strict=True)) if pair[0] != pair[1])
        found.append(f"order {mine[at : at + 3]} not {theirs[at : at + 3]}")
    found += [
        f"value {name}={event[name]!r} not {value!r}"
        for name, value in wanted.items()
        if value is not None and name in have and name not in LOCAL and event[name] != value
    ]
    return found


def compare_events(controller: Controller, scenario: str, channel: str) -> dict[str, list[str]]:
    """All differences by label, for events whose labels occur on both sides (in order of occurrence)."""
    wanted: dict[str, list] = {}
    for label, headers, *_ in golden()[scenario][channel]:
        wanted.setdefault(label, []).append(headers)
    result: dict[str, list[str]] = {}
    events = iter(controller.events)
    for label in controller.labels:
        if label.startswith("disconnect-notice"):
            continue
        event = next(events)
        if wanted.get(label):
            found = differences(event, wanted[label].pop(0))
            if found:
                result.setdefault(label, []).extend(found)
    return result
