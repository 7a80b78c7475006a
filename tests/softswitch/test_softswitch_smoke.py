"""One call through everything."""

from __future__ import annotations

import pytest
from switch_lab import DATA, Lab, in_lab

pytestmark = pytest.mark.system  # real sockets


@in_lab
async def test_a_call_under_control_hears_and_presses(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute("playback", str(DATA / "sounds/prompt.wav"))
    await call.heard.tone(400, timeout=2)
    assert (await out.complete("playback"))["Application-Response"] == "FILE PLAYED"
    await out.execute("play_and_get_digits", r"1 4 1 2000 # silence_stream://200 silence_stream://100 got \d+ 1000")
    await call.press("12#")
    done = await out.complete("play_and_get_digits")
    assert done["variable_got"] == "12"
    assert done["variable_read_result"] == "success"
    await call.hang_up()
    await out.wait_label("disconnect-notice linger")
    assert out.labels[-1] == "disconnect-notice linger"
    assert "CHANNEL_HANGUP@A NORMAL_CLEARING" in out.labels
