"""Only a header that FreeSWITCH keeps at its place, and the soft switch does not, is out of order."""

from __future__ import annotations

import pytest

from tests.conformance.header_order import moved
from tests.conformance.play import Record
from tests.conformance.sights import Sight


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
