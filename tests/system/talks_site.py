"""A site whose callers go straight into a queue: for tests of what happens within talks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from eslapp.softphone import PhoneCall
from eslapp.softswitch.media.sources import ToneSource

SITE = """site: Talks
languages: [en]
timezone: UTC
numbers: {"1000": main}
channels: {website: {type: webchat, flow: main}}
queues:
  orders: {label: {en: Orders}, wrapup: 0 s, skills: {orders: 1}}
  repairs: {label: {en: Repairs}, wrapup: 0 s, skills: {repairs: 1}}
skills: [orders, repairs]
agents:
  "1001": {name: Ann, languages: [en], skills: {orders: 1}}
  "1002": {name: Bob, languages: [en], skills: {orders: 1, repairs: 1}}
  "1003": {name: Sue, languages: [en], role: supervisor}
dispositions: {done: {en: Done}}
"""
FLOW = """flow: main
start:
  - queue: {name: orders}
"""


def write(folder: Path, outside_port: int) -> Path:
    """The site's files; calls to 138... go to the port."""
    trunk = f'trunk: {{way: "server 127.0.0.1:{outside_port}", allow: ["138########"], caller_number: "4001"}}\n'
    (folder / "flows").mkdir(parents=True)
    (folder / "site.yaml").write_text(SITE + trunk, encoding="utf-8")
    (folder / "flows" / "main.yaml").write_text(FLOW, encoding="utf-8")
    return folder


@contextmanager
def whistling(**calls: tuple[PhoneCall, float]) -> Iterator[None]:
    """Everybody whistles a tone of their own meanwhile."""
    for call, hertz in calls.values():
        call.start_playing(ToneSource([(hertz,)], on_ms=60_000))
    try:
        yield
    finally:
        for call, _ in calls.values():
            if call.is_up:
                call.stop_playing()


async def hears(call: PhoneCall, *tones: float, within_s: float = 6.0) -> None:
    """Until the call hears each of these tones."""
    for hertz in tones:
        await call.heard.tone(hertz, timeout=within_s, share=0.2)


async def is_deaf_for(call: PhoneCall, *tones: float, within_s: float = 6.0) -> None:
    """Until none of these tones has been heard for a second."""
    await call.heard.until(
        lambda: all(call.heard.share_of(hertz, frames=50) < 0.03 for hertz in tones), within_s, f"no {tones}"
    )


async def both_hear(one: PhoneCall, other: PhoneCall) -> None:
    """Two talk with each other."""
    with whistling(one=(one, 500.0), other=(other, 900.0)):
        await asyncio.gather(hears(one, 900.0), hears(other, 500.0))
