"""``event``."""

from __future__ import annotations

from switch_lab import Lab, in_lab


@in_lab
async def test_everybody_who_listens_hears_it(lab: Lab) -> None:
    monitor = await lab.monitor("CUSTOM lab::said")
    _call, out = await lab.taken_call()
    await out.run("event", "Event-Name=CUSTOM,Event-Subclass=lab::said,Lab-Word=hello")
    assert (await monitor.wait_event("CUSTOM"))["Lab-Word"] == "hello"
