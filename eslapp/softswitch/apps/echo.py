"""``echo``: the caller hears themselves until something ends it."""

from __future__ import annotations

from eslapp.softswitch.playing import EchoSource
from eslapp.softswitch.session import Session
from eslapp.softswitch.waiting import wait

NEEDS_MEDIA = True


async def run(session: Session, _data: str) -> None:
    """See the module."""
    port = session.port
    if port is None:
        return
    port.play(EchoSource(port))
    await wait(session, digits=False)
    port.stop()
