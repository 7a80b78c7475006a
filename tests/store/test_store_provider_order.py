"""Messages are listed as they were said, also where the provider delivers late."""

from __future__ import annotations

from eslapp.store.messages import Message, in_provider_order


def message(number: int, direction: str, said_at: float | None) -> Message:
    return Message(
        id=f"m{number}",
        conversation="c",
        interaction="i",
        channel="sms",
        account="line",
        direction=direction,
        author="contact" if direction == "in" else "flow",
        text="",
        created_at=100.0 + number,
        provider_at=said_at,
        number=number,
    )


def numbers(*seen: Message) -> list[int]:
    return [one.number for one in in_provider_order(seen)]


def test_what_came_late_stands_where_it_was_said() -> None:
    first, reply = message(1, "in", 10.0), message(2, "out", None)
    second, answer, late = message(3, "in", 30.0), message(4, "out", None), message(5, "in", 20.0)
    assert numbers(first, reply, second, answer, late) == [1, 2, 5, 3, 4]
    assert numbers(first, reply, second, answer, message(5, "in", 5.0)) == [5, 1, 2, 3, 4]


def test_equal_instants_and_missing_ones_stay_as_they_came() -> None:
    assert numbers(message(1, "in", 10.0), message(2, "in", 10.0), message(3, "in", None)) == [1, 2, 3]
    assert numbers(message(1, "out", 99.0), message(2, "in", 10.0), message(3, "in", 9.0)) == [1, 3, 2]
    assert numbers() == []
