"""What controllers said to FreeSWITCH without a call, said to the soft switch: the same replies, byte by byte.

``data/replies.json``: {scenario: [[connection, "open" | ">" | "<" | "half-close" | "closed-by-...", text]]}; uuids are
``<uuid>``.
"""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from switch_lab import DATA, Lab

REPLIES: dict[str, list[list[str]]] = json.loads((DATA / "replies.json").read_text(encoding="utf-8"))
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIMEOUT_S = 3.0
Streams = dict[str, tuple[asyncio.StreamReader, asyncio.StreamWriter]]


async def frame(reader: asyncio.StreamReader) -> str:
    head = await asyncio.wait_for(reader.readuntil(b"\n\n"), TIMEOUT_S)
    length = re.search(rb"^Content-Length: (\d+)", head, re.MULTILINE)
    body = await reader.readexactly(int(length[1])) if length else b""
    text = (head + body).decode("latin-1")
    return "EVENT" if "text/event" in text[:60] else UUID.sub("<uuid>", text)


async def step(streams: Streams, address: tuple[str, int], name: str, what: str, text: str) -> None:
    if what == "open":
        streams[name] = await asyncio.open_connection(*address)
        return
    reader, writer = streams[name]
    if what == ">":
        writer.write(text.encode("latin-1"))
        await asyncio.sleep(0)  # segments leave one by one
    elif what == "<":
        assert await frame(reader) == text
    elif what == "half-close":
        writer.write_eof()
    elif what == "closed-by-freeswitch":
        assert await asyncio.wait_for(reader.read(), TIMEOUT_S) == b""
    else:
        writer.close()


@pytest.mark.parametrize("scenario", sorted(REPLIES))
def test_the_replies_are_freeswitchs(scenario: str, tmp_path: Path) -> None:
    async def play() -> None:
        async with Lab(tmp_path) as lab:
            streams: Streams = {}
            for number, (name, what, *text) in enumerate(REPLIES[scenario]):
                try:
                    await step(streams, lab.switch.esl_address, name, what, "".join(text))
                except AssertionError as error:
                    raise AssertionError(f"step {number} after {REPLIES[scenario][number - 1]}: {error}") from None
            for _, writer in streams.values():
                writer.close()

    asyncio.run(play())
