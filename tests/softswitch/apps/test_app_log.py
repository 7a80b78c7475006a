"""``log``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_it_does_nothing_the_call_could_notice(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    for argument in ("INFO hello ${caller_id_number}", "hello", "", "WARNING a\tb"):
        assert (await out.run("log", argument))["Application-Response"] == "_none_"


@in_lab
async def test_controllers_that_hear_the_log_get_the_line(lab: Lab) -> None:
    _call, out = await lab.taken_call()
    told = _Reader()
    out_leg = lab.legs[0]
    readers = out_leg.switch.log_lines.readers
    readers[told] = 4
    await out.run("log", "WARNING from ${caller_id_number}")
    await out.run("log", "INFO too far down")
    await out.run("log", "no level")
    assert len(told.frames) == 1
    head, _, body = told.frames[0].partition(b"\n\n")
    assert body == b"from 1000\n"
    assert b"Content-Length: 10\nLog-Level: 4\nText-Channel: 3" in head and out_leg.uuid.encode() in head


class _Reader:
    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.frames.append(data)
