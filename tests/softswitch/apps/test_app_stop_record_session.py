"""``stop_record_session``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_it_ends_one_or_all(lab: Lab) -> None:
    _call, out = await lab.answered_call()
    one, two, three = (f"{lab.folder}/{name}.wav" for name in ("1", "2", "3"))
    for path in (one, two, three):
        await out.run("record_session", path)
    await out.run("stop_record_session", one)
    assert [event["Record-File-Path"] for event in out.events if event["Event-Name"] == "RECORD_STOP"] == [one]
    await out.run("stop_record_session", "all")
    stopped = [event["Record-File-Path"] for event in out.events if event["Event-Name"] == "RECORD_STOP"]
    assert sorted(stopped) == [one, two, three]
