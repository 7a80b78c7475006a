"""``uuid_audio`` and ``uuid_displace``: who hears what, measured by tones."""

from __future__ import annotations

import pytest
from switch_lab import Lab, in_lab

from eslapp.softswitch.media.sources import ToneSource

pytestmark = pytest.mark.system
MIXED = 0.2


@in_lab
async def test_mute_and_level(lab: Lab) -> None:
    call, theirs, out = await talking(lab)
    await out.api(f"uuid_audio {lab.uuid} start read mute 1")
    await theirs.heard.silence(timeout=5)
    await out.api(f"uuid_audio {lab.uuid} stop")
    await theirs.heard.tone(500, timeout=5)
    before = call.heard.loudness()
    assert await out.api(f"uuid_audio {lab.uuid} start write level -20") == "+OK\n"
    await call.heard.until(lambda: call.heard.loudness() < before / 5, 5, "a tenth of the loudness")
    await call.heard.tone(700, timeout=5)


@in_lab
async def test_a_sound_instead_of_the_partner_or_into_it(lab: Lab) -> None:
    call, theirs, out = await talking(lab)
    sound = "tone_stream://%(9000,0,900)"
    assert await out.api(f"uuid_displace {lab.uuid} start {sound} 0 mux") == "+OK Success\n"
    await call.heard.tone(900, timeout=5, share=MIXED)
    await call.heard.tone(700, timeout=5, share=MIXED)
    assert await out.api(f"uuid_displace {lab.uuid} stop {sound}") == "+OK Success\n"
    await call.heard.tone(700, timeout=5)
    assert await out.api(f"uuid_displace {lab.uuid} start {sound}") == "+OK Success\n"
    await call.heard.tone(900, timeout=5)
    assert theirs.is_up


async def talking(lab: Lab):  # type: ignore[no-untyped-def]
    """Caller (500 Hz) and agent (700 Hz): (caller, agent, the caller's controller)."""
    agent = await lab.agent("1001")
    call, out = await lab.answered_call()
    out.start("bridge", "user/1001@127.0.0.1")
    theirs = await agent.next_call(timeout=5)
    await theirs.accept()
    await out.wait_event("CHANNEL_BRIDGE")
    call.start_playing(ToneSource([(500.0,)], repeats=None))
    theirs.start_playing(ToneSource([(700.0,)], repeats=None))
    await theirs.heard.tone(500, timeout=5)
    await call.heard.tone(700, timeout=5)
    return call, theirs, out
