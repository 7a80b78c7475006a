"""``answer``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_it_answers_once(lab: Lab) -> None:
    call, out = await lab.taken_call()
    await out.run("answer")
    await call.answered(timeout=5)
    done = await out.run("answer")
    assert (done["Answer-State"], done["variable_endpoint_disposition"]) == ("answered", "ANSWER")
    assert [event["Event-Name"] for event in out.events].count("CHANNEL_ANSWER") == 1
