"""STUN as an ICE-lite agent needs it (RFC 8489, RFC 8445): reads binding requests, writes their answers. Pure.

Only requests with our password's MESSAGE-INTEGRITY are read; everything else is None, and gets no answer.
Not here: sockets, what a nominated address is good for (``wire.py``).
"""

from __future__ import annotations

import hmac
import ipaddress
import struct
import zlib
from dataclasses import dataclass

MAGIC = 0x2112A442
_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")
REQUEST, SUCCESS = 0x0001, 0x0101
USERNAME, INTEGRITY, XOR_ADDRESS, USE_CANDIDATE, FINGERPRINT = 0x0006, 0x0008, 0x0020, 0x0025, 0x8028
MAX_ATTRIBUTES = 32
FINGERPRINT_XOR = 0x5354554E


@dataclass(frozen=True)
class BindingRequest:
    """A check that proved to know our password."""

    transaction: bytes
    username: str  # "ours:theirs"
    is_nominating: bool


def read_request(packet: bytes, password: str) -> BindingRequest | None:
    """None for anything but a whole binding request, authenticated with ``password``."""
    if len(packet) < _HEADER.size:
        return None
    kind, length, magic, transaction = _HEADER.unpack_from(packet)
    if kind != REQUEST or magic != MAGIC or length % 4 or length != len(packet) - _HEADER.size:
        return None
    username, is_nominating, is_ours = "", False, False
    at, seen = _HEADER.size, 0
    while at + 4 <= len(packet) and seen < MAX_ATTRIBUTES:
        name, size = _ATTRIBUTE.unpack_from(packet, at)
        value = packet[at + 4 : at + 4 + size]
        if len(value) != size:
            return None
        if name == INTEGRITY:
            is_ours = hmac.compare_digest(value, _integrity(packet[:at], password))
            break  # what comes behind it is not protected (RFC 8489 14.5)
        if name == USERNAME:
            username = value[:513].decode("utf-8", "replace")
        is_nominating |= name == USE_CANDIDATE
        at += 4 + size + -size % 4
        seen += 1
    return BindingRequest(transaction, username, is_nominating) if is_ours else None


def write_answer(request: BindingRequest, source: tuple[str, int], password: str) -> bytes:
    """The success answer: where we saw the request come from, signed."""
    body = _attribute(XOR_ADDRESS, _xored(source, request.transaction))
    head = _HEADER.pack(SUCCESS, len(body), MAGIC, request.transaction)
    signed = head + body
    signed += _attribute(INTEGRITY, _integrity(signed, password))
    packet = _resized(signed, len(signed) - _HEADER.size + 8)
    return packet + _attribute(FINGERPRINT, struct.pack("!I", zlib.crc32(packet) ^ FINGERPRINT_XOR))


def _integrity(before: bytes, password: str) -> bytes:
    """HMAC-SHA1 over the message up to its attribute, with the length as if it ended behind it."""
    return hmac.digest(password.encode(), _resized(before, len(before) - _HEADER.size + 24), "sha1")


def _resized(message: bytes, length: int) -> bytes:
    return message[:2] + struct.pack("!H", length) + message[4:]


def _attribute(name: int, value: bytes) -> bytes:
    return _ATTRIBUTE.pack(name, len(value)) + value + bytes(-len(value) % 4)


def _xored(source: tuple[str, int], transaction: bytes) -> bytes:
    address = ipaddress.ip_address(source[0])
    mask = struct.pack("!I", MAGIC) + transaction
    plain = address.packed
    hidden = bytes(one ^ other for one, other in zip(plain, mask, strict=False))
    return struct.pack("!BBH", 0, 1 if address.version == 4 else 2, source[1] ^ (MAGIC >> 16)) + hidden
