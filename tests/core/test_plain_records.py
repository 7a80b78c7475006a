"""Every event goes to plain JSON and back unchanged; older and newer writers are understood."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslapp.core import events as e
from eslapp.core.model import Agent, HeadStart, Interaction, Offer, Presence, Queue, Receipt, Relax
from eslapp.core.plain import UnknownEvent, agent_of, event_from_plain, interaction_of, to_json, to_plain
from eslapp.core.settings import Settings

KINDS = [
    kind
    for kind in vars(e).values()
    if isinstance(kind, type) and issubclass(kind, e.Event) and kind not in (e.Event, e.SettingsAdopted)
]
RECORDS = (Interaction, Offer, Receipt)
FLOATS = st.floats(0, 1e9)
SCORES = st.lists(st.tuples(st.text(), FLOATS), max_size=3).map(tuple)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_comes_back_equal(kind: type[e.Event]) -> None:
    @given(st.builds(kind, **_finite(kind)))
    def round_trip(event: e.Event) -> None:
        written = json.loads(to_json(event))
        assert written == json.loads(json.dumps(to_plain(event)))
        back = event_from_plain(kind.__name__, written)
        assert back == event
        assert hash(type(back)) and interaction_of(back) == interaction_of(event) and agent_of(back) == agent_of(event)

    round_trip()


def test_an_unknown_key_is_ignored_and_an_absent_one_takes_its_default() -> None:
    written = {"at": 1, "agent": "a", "presence": "break", "mood": "fine"}
    event = event_from_plain("PresenceChanged", written)
    assert event == e.PresenceChanged(at=1.0, agent="a", presence=Presence.BREAK)
    assert isinstance(event.at, float)


@pytest.mark.parametrize("name", ["Nonsense", "Medium", "__doc__", "dataclass"])
def test_an_unknown_event_is_named(name: str) -> None:
    with pytest.raises(UnknownEvent, match=name):
        event_from_plain(name, {"at": 1.0})


def _finite(kind: type) -> dict[str, st.SearchStrategy]:
    """JSON has no NaN; clocks never show it."""
    known = {"float": FLOATS, "float | None": st.none() | FLOATS, "tuple[tuple[str, float], ...]": SCORES}
    known |= {record.__name__: st.deferred(lambda record=record: _record(record)) for record in RECORDS}
    return {field.name: known[field.type] for field in fields(kind) if field.type in known}


def test_settings_come_back_equal() -> None:
    """The whole of a site, as it is written at each start."""
    queue = Queue("q", skills={"a": 1}, relax=(Relax(3.0, {"a": 0}, True),), head_start=HeadStart(levels={"vip": 9.0}))
    site = Settings.of([queue], [Agent("1", "Ann", "1", skills={"a": 2}, capacity={"voice": 1, "email": 2})])
    event = e.SettingsAdopted(at=1.0, settings=site)
    back = event_from_plain("SettingsAdopted", json.loads(to_json(event)))
    assert back == event and back.settings.slots == site.slots


def _record(kind: type) -> st.SearchStrategy:
    return st.builds(kind, **_finite(kind))
