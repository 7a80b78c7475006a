"""SIP messages as text: parse, build, digest. Just enough for the phones of the conformance scenarios. Pure.

Not here: sockets and dialogs (``phone``). The soft switch's own parser is not used: a test that shares it would share
its faults.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """One message; header names keep their case, ``get`` does not care about it."""

    first: str
    headers: tuple[tuple[str, str], ...] = field(default_factory=tuple)
    body: str = ""

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def status(self) -> int:
        """The status code of a response, 0 of a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0 ") else 0

    @property
    def method(self) -> str:
        return self.get("CSeq").split()[-1] if self.status else self.first.split()[0]

    @property
    def sequence(self) -> int:
        return int(self.get("CSeq").split()[0])

    def text(self) -> str:
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join([*lines, f"Content-Length: {len(self.body.encode())}", "", self.body])


def parse(text: str) -> Message:
    """A message from its text (Content-Length is dropped: ``text()`` adds it)."""
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() not in ("content-length", "l"):
            headers.append((name, value.strip()))
    return Message(first, tuple(headers), body)


def uri_of(header: str) -> str:
    """The address inside a From, To or Contact header."""
    found = re.search(r"<([^>]*)>", header)
    return found[1] if found else header.split(";")[0].strip()


def tag_of(header: str) -> str:
    found = re.search(r";tag=([^;>\s]+)", header)
    return found[1] if found else ""


def digest(challenge: str, method: str, uri: str, user: str, password: str, cnonce: str) -> str:
    """The Authorization value for a challenge (RFC 2617, MD5, qop=auth)."""
    values = dict(re.findall(r'(\w+)="?([^",]*)"?', challenge.partition(" ")[2]))
    realm, nonce = values.get("realm", ""), values.get("nonce", "")
    one = _md5(f"{user}:{realm}:{password}")
    two = _md5(f"{method}:{uri}")
    response = _md5(f"{one}:{nonce}:00000001:{cnonce}:auth:{two}")
    return (
        f'Digest username="{user}", realm="{realm}", nonce="{nonce}", uri="{uri}", response="{response}",'
        f' algorithm=MD5, cnonce="{cnonce}", qop=auth, nc=00000001'
    )


def offer(address: str, port: int, version: int, direction: str = "sendrecv", codecs: str = "0 8 101") -> str:
    """An SDP body; ``codecs`` are payload types (0 PCMU, 8 PCMA, 3 GSM, 101 telephone-event)."""
    names = {"0": "PCMU/8000", "8": "PCMA/8000", "3": "GSM/8000", "101": "telephone-event/8000", "18": "G729/8000"}
    lines = [
        *("v=0", f"o=lab 1000 {version} IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"),
        f"m=audio {port} RTP/AVP {codecs}",
        *(f"a=rtpmap:{code} {names[code]}" for code in codecs.split()),
        *(["a=fmtp:101 0-15"] if "101" in codecs.split() else []),
        *("a=ptime:20", f"a={direction}"),
    ]
    return "\r\n".join([*lines, ""])


def media_of(body: str) -> tuple[str, int, str]:
    """Where the other side wants its RTP: address, port, first codec."""
    address = re.search(r"(?m)^c=IN IP4 (\S+)", body)
    media = re.search(r"(?m)^m=audio (\d+) \S+ (\d+)", body)
    return (address[1] if address else "127.0.0.1", int(media[1]) if media else 0, media[2] if media else "0")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
