"""Only a header that FreeSWITCH keeps at its place, and the soft switch does not, is out of order."""

from __future__ import annotations

import pytest

from tests.conformance import compare
from tests.conformance.header_order import moved
from tests.conformance.play import Record
from tests.conformance.scenario import Scenario, See
from tests.conformance.sights import Sight, of_frame
from tests.conformance.wire import Frame


def seen(names: str, leg: str = "id-1") -> Record:
    headers = dict.fromkeys(names.split(), "x")
    return Record(seen=[(0.0, "in1", Sight("event", f"CHANNEL_PARK {leg}", leg, headers))], names={"A": leg})


@pytest.mark.parametrize(
    ("real", "again", "soft", "lines"),
    [
        ("a b c", "a b c", "a b c", []),
        ("a b c d", "a b c d", "a c d b", ["in1 A CHANNEL_PARK {A}: b comes after a"]),
        ("a b c", "a b c", "b c a", ["in1 A CHANNEL_PARK {A}: a comes after the start"]),
        ("a b c", "a c b", "b c a", []),  # it has no order itself
        ("a b c", "a b c", "a x c", []),  # which there are is not asked
    ],
)
def test_what_stands_elsewhere(real: str, again: str, soft: str, lines: list[str]) -> None:
    assert list(moved(seen(real), seen(again, "id-2"), seen(soft, "id-3"))) == lines


def heard(names: str, form: str = "plain") -> Record:
    body = "\n".join(f"{name}: x" for name in names.split()) if form == "plain" else ""
    body = body or "{" + ",".join(f'"{name}":"x"' for name in names.split()) + "}"
    return Record(seen=[(0.0, "in1", of_frame(Frame(f"Content-Type: text/event-{form}", body)))])


def told(names: str, may: str = "") -> Scenario:
    headers = {**dict.fromkeys(names.split(), "x"), **dict.fromkeys(may.split(), compare.MAYBE)}
    see = See("in1", "event", "x", "", headers)
    (order,) = (digest for _, digest in compare.orders(Scenario("s", "", {}, (see,)), heard(names)))
    return Scenario("s", "", {}, (See("in1", "event", "x", "", headers, order=order),))


@pytest.mark.parametrize(
    ("found", "form", "is_alike"),
    [
        ("Event-Name a b", "plain", True),
        ("Event-Name a c b", "plain", True),  # c only may be there
        ("Event-Name b a", "plain", False),
        ("Event-Name a b a", "plain", False),  # twice
        ("Event-Name a b", "json", False),
    ],
)
def test_a_scenario_holds_the_order_the_doubles_and_the_form(found: str, form: str, is_alike: bool) -> None:
    kinds = [each.kind for each in compare.differences(told("Event-Name a b", may="c"), heard(found, form))]
    assert kinds == ([] if is_alike else ["place"])
