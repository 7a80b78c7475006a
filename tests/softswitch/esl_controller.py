"""A small event socket client for tests: sends commands, keeps every frame, labels events as the golden traces do."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

TIMEOUT_S = 5.0
Headers = list[tuple[str, str]]


class Event:
    """One received event: ordered headers (decoded), body."""

    def __init__(self, headers: Headers, body: str, form: str) -> None:
        self.headers = headers
        self.body = body
        self.form = form
        self._first = {name: value for name, value in reversed(headers)}

    def __getitem__(self, name: str) -> str:
        return self._first.get(name, "")

    @property
    def names(self) -> list[str]:
        """Header names in order."""
        return [name for name, _ in self.headers]


def parse_plain(text: str) -> Event:
    """``text/event-plain`` or the reply to connect."""
    head, _, body = text.partition("\n\n")
    pairs = [line.partition(": ") for line in head.split("\n") if line]
    return Event([(name, unquote(value)) for name, _, value in pairs], body, "plain")


def parse_event(content_type: str, text: str) -> Event:
    """Any of the forms; XML only as far as a test needs it."""
    if content_type == "text/event-json":
        pairs: Headers = json.loads(text, object_pairs_hook=list)
        return Event([tuple(pair) for pair in pairs], "", "json")
    if content_type == "text/event-xml":
        found = re.findall(r"<([\w-]+)>([^<]*)</\1>", text)
        return Event([(name, unquote(value)) for name, value in found], "", "xml")
    return parse_plain(text)


class Controller:
    """One connection, in either direction."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.events: list[Event] = []
        self.labels: list[str] = []  # events and notices in order, as the golden order lists have them
        self.frames: list[bytes] = []
        self.legs: dict[str, str] = {}
        self.is_closed = asyncio.Event()
        self._replies: asyncio.Queue[str] = asyncio.Queue()
        self._news = asyncio.Event()
        self._seen = 0
        self._unread = 0  # replies that nobody waits for
        self._task = asyncio.create_task(self._read())

    @classmethod
    async def connect(cls, address: tuple[str, int], password: str = "") -> Controller:
        """Inbound; with a password also authenticated."""
        made = cls(*await asyncio.open_connection(*address, limit=2**24))
        await made.reply()
        if password:
            assert "+OK accepted" in await made.command(f"auth {password}")
        return made

    async def _read(self) -> None:
        try:
            while True:
                head = await self.reader.readuntil(b"\n\n")
                length = re.search(rb"^Content-Length: (\d+)", head, re.MULTILINE)
                body = await self.reader.readexactly(int(length[1])) if length else b""
                self.frames.append(head + body)
                self._take(head.decode("utf-8", "surrogateescape"), body.decode("utf-8", "surrogateescape"))
                self._news.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            self.is_closed.set()
            self._news.set()

    def _take(self, head: str, body: str) -> None:
        kind = re.search(r"^Content-Type: (\S+)", head, re.MULTILINE)
        content_type = kind[1] if kind else ""
        if content_type.startswith("text/event-"):
            event = parse_event(content_type, body)
            self.events.append(event)
            self.labels.append(label(event, self.legs))
        elif content_type == "text/disconnect-notice":
            found = re.search(r"^Content-Disposition: (\S+)", head, re.MULTILINE)
            self.labels.append(f"disconnect-notice {found[1] if found else ''}".rstrip())
        else:
            self._replies.put_nowait(head + body)

    async def reply(self) -> str:
        """The next reply, whole."""
        for _ in range(self._unread):
            await asyncio.wait_for(self._replies.get(), TIMEOUT_S)
        self._unread = 0
        return await asyncio.wait_for(self._replies.get(), TIMEOUT_S)

    async def command(self, text: str) -> str:
        """Send a command and wait for its reply."""
        self.send(text + "\n\n")
        return await self.reply()

    async def api(self, text: str) -> str:
        """The body of an API answer."""
        return (await self.command(f"api {text}")).partition("\n\n")[2]

    def send(self, text: str) -> None:
        """Raw text."""
        self.writer.write(text.encode("utf-8", "surrogateescape"))

    async def execute(self, app: str, argument: str = "", *, uuid: str = "", **headers: Any) -> str:
        """``sendmsg`` execute; header names with _ for -."""
        return await self.command(self._sendmsg(app, argument, uuid, headers))

    def _sendmsg(self, app: str, argument: str, uuid: str, headers: dict[str, Any]) -> str:
        lines = [f"sendmsg {uuid}".rstrip(), "call-command: execute", f"execute-app-name: {app}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if argument:
            lines.append(f"execute-app-arg: {argument}")
        return "\n".join(lines)

    def start(self, app: str, argument: str = "") -> None:
        """Execute without waiting for anything."""
        self.send(self._sendmsg(app, argument, "", {}) + "\n\n")
        self._unread += 1

    async def run(self, app: str, argument: str = "") -> Event:
        """Execute and wait for the end: its CHANNEL_EXECUTE_COMPLETE."""
        uuid = str(uuid4())
        await self.execute(app, argument, Event_UUID=uuid)
        return await self.complete(app, Application_UUID=uuid)

    async def wait_event(self, name: str, *, timeout: float = TIMEOUT_S, **headers: str) -> Event:
        """The next event not waited for yet that has this name and these headers (names with _ for -)."""
        wanted = {key.replace("_", "-"): value for key, value in headers.items()}
        deadline = asyncio.get_running_loop().time() + timeout
        while True:
            while self._seen < len(self.events):
                event = self.events[self._seen]
                self._seen += 1
                if event["Event-Name"] == name and all(event[key] == value for key, value in wanted.items()):
                    return event
            await self._wait_news(deadline, f"{name} {wanted}")

    async def ever(self, name: str, **headers: str) -> Event:
        """The first such event of all, also one that was waited past; waits when there is none yet."""
        seen, self._seen = self._seen, 0
        try:
            return await self.wait_event(name, **headers)
        finally:
            self._seen = max(seen, self._seen)

    async def wait_label(self, wanted: str, *, timeout: float = TIMEOUT_S) -> None:
        """Until a label was seen."""
        deadline = asyncio.get_running_loop().time() + timeout
        while not any(each.startswith(wanted) for each in self.labels):
            await self._wait_news(deadline, wanted)

    async def _wait_news(self, deadline: float, what: str) -> None:
        self._news.clear()
        left = deadline - asyncio.get_running_loop().time()
        try:
            if self.is_closed.is_set():
                raise TimeoutError
            await asyncio.wait_for(self._news.wait(), max(0.0, left))
        except TimeoutError:
            raise AssertionError(f"did not come: {what}; came: {self.labels}") from None

    async def closed(self, timeout: float = TIMEOUT_S) -> None:
        """Until the switch closed the connection."""
        await asyncio.wait_for(self.is_closed.wait(), timeout)

    async def complete(self, app: str, **headers: str) -> Event:
        """CHANNEL_EXECUTE_COMPLETE of an application."""
        return await self.wait_event("CHANNEL_EXECUTE_COMPLETE", Application=app, **headers)

    async def take_over(self, *, linger: bool = True) -> Event:
        """What daemons do first on an outbound connection: connect, linger, myevents."""
        event = parse_plain(await self.command("connect"))
        if linger:
            await self.command("linger")
        await self.command("myevents")
        return event

    def stop_reading(self) -> None:
        """Keep what came so far."""
        self._task.cancel()

    def close(self) -> None:
        """FIN."""
        self.writer.close()

    def abort(self) -> None:
        """RST, as a killed process with unread data sends it."""
        raw = self.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def label(event: Event, legs: dict[str, str]) -> str:
    """The text golden order lists use for an event."""
    name, uuid = event["Event-Name"], event["Unique-ID"]
    text = name
    if event["Event-Subclass"]:
        text += " " + event["Event-Subclass"]
    if uuid:
        legs.setdefault(uuid, chr(65 + len(legs)))
        text += "@" + legs[uuid]
    return text + "".join(_details(name, event))


def _details(name: str, event: Event) -> Iterable[str]:
    if name.startswith("CHANNEL_EXECUTE"):
        yield " " + event["Application"]
        if name.endswith("COMPLETE"):
            yield " -> " + event["Application-Response"]
    elif name == "CHANNEL_STATE":
        yield " " + event["Channel-State"]
    elif name == "CHANNEL_CALLSTATE":
        yield f" {event['Original-Channel-Call-State']}->{event['Channel-Call-State']}"
    elif name == "DTMF":
        yield " " + event["DTMF-Digit"]
    elif name in ("CHANNEL_HANGUP", "CHANNEL_HANGUP_COMPLETE"):
        yield " " + event["Hangup-Cause"]
    elif name.startswith("RECORD_"):
        yield " " + event["Record-File-Path"]
    elif name.startswith("PLAYBACK_"):
        yield " " + event["Playback-File-Path"]
        if name.endswith("STOP"):
            yield " " + event["Playback-Status"]


class AppServer:
    """Where the ``socket`` application connects to."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[Controller] = asyncio.Queue()
        self.all: list[Controller] = []
        self._server: asyncio.Server | None = None

    async def start(self) -> int:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**24)
        return int(self._server.sockets[0].getsockname()[1])

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        controller = Controller(reader, writer)
        self.all.append(controller)
        self.calls.put_nowait(controller)

    async def next(self, timeout: float = TIMEOUT_S) -> Controller:
        """The next connection."""
        return await asyncio.wait_for(self.calls.get(), timeout)

    async def stop(self) -> None:
        """Close the listener and what came through it."""
        if self._server is not None:
            self._server.close()
        for controller in self.all:
            controller.close()
