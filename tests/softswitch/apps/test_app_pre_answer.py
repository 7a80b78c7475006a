"""``pre_answer``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_caller_hears_before_the_answer(lab: Lab) -> None:
    call, out = await lab.taken_call()
    done = await out.run("pre_answer")
    assert (done["Answer-State"], await call.ringing()) == ("early", 183)
    out.start("playback", "tone_stream://%(2000,0,500)")
    await call.heard.tone(500, timeout=3)
    assert not call.is_up
