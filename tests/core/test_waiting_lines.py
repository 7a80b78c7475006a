"""Order and positions in the waiting lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eslapp.core.model import Interaction, Medium
from eslapp.core.waiting import WaitingLines, place_of


def waiting(name: str, queue: str, medium: Medium, priority: int, queued_at: float) -> Interaction:
    return Interaction(name, "c", "x", medium, "l", 0.0, queue=queue, priority=priority, queued_at=queued_at)


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.sampled_from(Medium), st.integers(0, 2), st.integers(0, 5)), max_size=30
    ),
    st.sets(st.integers(0, 29)),
)
def test_positions_are_those_of_the_sorted_list(people: list, leaving: set[int]) -> None:
    records = [waiting(f"i{n:02}", *person[:3], float(person[3])) for n, person in enumerate(people)]
    lines = WaitingLines()
    for record in records:
        lines = lines.joined(record)
    for number in leaving & set(range(len(records))):
        lines = lines.left(records[number])
    staying = [record for number, record in enumerate(records) if number not in leaving]
    for queue in "ab":
        mine = sorted((one for one in staying if one.queue == queue), key=place_of)
        assert lines.waiting(queue) == len(mine)
        assert [lines.position(one) for one in mine] == list(range(1, len(mine) + 1))
    heads = {key: place for place, key in lines.heads()}
    for key in heads:
        same = sorted(place_of(one) for one in staying if (one.queue, one.medium) == key)
        walked, place = [], heads[key]
        while place is not None:
            walked.append(place)
            place = lines.after(key, place)
        assert walked == same


def test_priority_then_clock_then_id() -> None:
    first, second, third, fourth = (
        waiting("d", "q", Medium.VOICE, 1, 9.0),
        waiting("c", "q", Medium.TEXT, 0, 1.0),
        waiting("a", "q", Medium.VOICE, 0, 2.0),
        waiting("b", "q", Medium.TEXT, 0, 2.0),
    )
    lines = WaitingLines()
    for record in (fourth, third, second, first):
        lines = lines.joined(record)
    assert [lines.position(one) for one in (first, second, third, fourth)] == [1, 2, 3, 4]
