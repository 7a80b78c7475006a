"""``deflect``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_the_phone_is_referred_and_hung_up(lab: Lab) -> None:
    call, out = await lab.answered_call()
    await out.execute("deflect", "sip:9022@127.0.0.1")
    assert (await out.wait_event("CHANNEL_HANGUP", timeout=15))["Hangup-Cause"] == "BLIND_TRANSFER"
    await call.ended(timeout=5)


@in_lab
async def test_an_unanswered_call_is_deflected_once_it_is_answered(lab: Lab) -> None:
    call, out = await lab.taken_call()
    await out.run("deflect", "")
    out.start("deflect", "sip:9022@127.0.0.1")
    await out.wait_event("CHANNEL_EXECUTE", Application="deflect")
    await out.api(f"uuid_answer {lab.uuid}")
    assert (await out.wait_event("CHANNEL_HANGUP", timeout=15))["Hangup-Cause"] == "BLIND_TRANSFER"
    await call.ended(timeout=5)
