"""Order and positions in the waiting lines."""

from __future__ import annotations

from math import inf

from hypothesis import given
from hypothesis import strategies as st

from eslapp.core.model import HeadStart, Interaction, Medium, Queue
from eslapp.core.waiting import LineKey, WaitingLines, head_start_s, open_until, overtaking_s, place_of


def key_of(one: Interaction) -> LineKey:
    return (one.queue, one.medium.value, ((), ""), "")


def waiting(name: str, queue: str, medium: Medium, priority: float, queued_at: float) -> Interaction:
    return Interaction(name, "c", "x", medium, "l", 0.0, queue=queue, head_start_s=priority, queued_at=queued_at)


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
        lines = lines.joined(key_of(record), record)
    for number in leaving & set(range(len(records))):
        lines = lines.left(key_of(records[number]), records[number])
    staying = [record for number, record in enumerate(records) if number not in leaving]
    for queue in "ab":
        mine = sorted((one for one in staying if one.queue == queue), key=place_of)
        assert lines.waiting(queue) == len(mine)
        assert [lines.position(one) for one in mine] == list(range(1, len(mine) + 1))
    heads = {key: place for place, key in lines.heads()}
    for key in heads:
        same = sorted(place_of(one) for one in staying if key_of(one) == key)
        walked, place = [], heads[key]
        while place is not None:
            walked.append(place)
            place = lines.after(key, place)
        assert walked == same


def test_head_start_then_clock_then_id() -> None:
    first, second, third, fourth = (
        waiting("d", "q", Medium.VOICE, 9, 9.0),
        waiting("c", "q", Medium.TEXT, 0, 1.0),
        waiting("a", "q", Medium.VOICE, 0, 2.0),
        waiting("b", "q", Medium.TEXT, 0, 2.0),
    )
    lines = WaitingLines()
    for record in (fourth, third, second, first):
        lines = lines.joined(key_of(record), record)
    assert [lines.position(one) for one in (first, second, third, fourth)] == [1, 2, 3, 4]


STARTS = HeadStart(priority_s=60.0, levels={"vip": 300.0}, urgencies={"high": 120.0}, channels={"callback": 30.0})
QUEUE = Queue("q", head_start=STARTS)
contacts = st.builds(
    lambda came, priority, level, urgency, channel, window: (came, priority, level, urgency, channel, window),
    st.floats(0, 9000),
    st.integers(-3, 30),
    st.sampled_from(["", "vip", "unknown"]),
    st.sampled_from(["", "high"]),
    st.sampled_from(["voice", "callback"]),
    st.one_of(st.none(), st.floats(-500, 9000)),
)


@given(contacts, contacts)
def test_nobody_is_overtaken_by_one_who_came_later_than_the_bound(first: tuple, second: tuple) -> None:
    one, other = (
        Interaction(
            name,
            "c",
            channel,
            Medium.VOICE,
            "l",
            came,
            queue="q",
            queued_at=came,
            head_start_s=head_start_s(QUEUE, priority=priority, level=level, urgency=urgency, channel=channel),
            reply_by=None if window is None else came + window,
        )
        for name, (came, priority, level, urgency, channel, window) in (("a", first), ("b", second))
    )
    later_s = (other.queued_at or 0.0) - (one.queued_at or 0.0)
    if later_s > overtaking_s(QUEUE, one.head_start_s):
        assert place_of(one) < place_of(other)


@given(st.lists(st.floats(-5000, 5000), min_size=2, max_size=6))
def test_among_equals_whose_window_closes_first_comes_first_and_who_has_none_left_last(windows: list[float]) -> None:
    same = [
        Interaction(
            f"i{n}", "c", "wechat", Medium.TEXT, "l", 7.0, queue="q", queued_at=9000.0, reply_by=9000.0 + window
        )
        for n, window in enumerate(windows)
    ]
    in_order = sorted(same, key=place_of)
    closing = [open_until(one.reply_by, 9000.0) or inf for one in in_order]
    assert closing == sorted(closing)
