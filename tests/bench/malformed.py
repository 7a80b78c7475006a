"""Malformed SIP by the thousand, always the same: mutations of RFC 4475's messages, and one wrong field at a time.

Owns: the datagrams (seeded). Not here: who sends them (``hostile``).

The second kind follows the test groups of PROTOS c07-sip: overflows, format strings, numbers out of range, repeated and
empty fields, bad UTF-8, in each field of an INVITE and of its SDP.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

TORTURE = Path(__file__).parents[1] / "softswitch" / "sip" / "data" / "rfc4475"
SEED = 4475
FIELDS = {
    "method": "INVITE", "uri_scheme": "sip", "uri_user": "4999", "uri_host": "127.0.0.1", "uri_port": "5060",
    "uri_parameter": "transport=udp", "version": "SIP/2.0", "via_protocol": "SIP/2.0/UDP", "via_host": "127.0.0.1",
    "via_port": "5070", "via_parameter": "rport", "branch": "z9hG4bKmutant", "from_name": "Mutant",
    "from_scheme": "sip", "from_user": "mutant", "from_host": "127.0.0.1", "from_tag": "m1", "to_name": "Victim",
    "to_scheme": "sip", "to_user": "1000", "to_host": "127.0.0.1", "to_parameter": "x=y", "call_id": "mutant",
    "call_id_host": "127.0.0.1", "cseq": "1", "cseq_method": "INVITE", "max_forwards": "70",
    "contact_name": "Mutant", "contact_scheme": "sip", "contact_user": "mutant", "contact_host": "127.0.0.1",
    "contact_port": "5070", "expires": "3600", "content_type": "application", "content_subtype": "sdp",
    "content_parameter": "charset=utf-8", "length": "LENGTH", "allow": "INVITE", "route": "sip:127.0.0.1;lr",
    "require": "", "date": "Sat, 13 Nov 2010 23:29:00 GMT", "authorization": 'username="a"', "subject": "x",
    "sdp_version": "0", "sdp_origin": "mutant 1 1", "sdp_network": "IN IP4", "sdp_address": "127.0.0.1",
    "sdp_session": "-", "sdp_time": "0 0", "sdp_media": "audio", "sdp_port": "4000", "sdp_protocol": "RTP/AVP",
    "sdp_formats": "0 8 101", "sdp_attribute": "rtpmap:101 telephone-event/8000",
}  # fmt: skip
BODY = (
    "v={sdp_version}\r\no={sdp_origin} {sdp_network} {sdp_address}\r\ns={sdp_session}\r\n"
    "c={sdp_network} {sdp_address}\r\nt={sdp_time}\r\nm={sdp_media} {sdp_port} {sdp_protocol} {sdp_formats}\r\n"
    "a={sdp_attribute}\r\n"
)
HEAD = (
    "{method} {uri_scheme}:{uri_user}@{uri_host}:{uri_port};{uri_parameter} {version}\r\n"
    "Via: {via_protocol} {via_host}:{via_port};{via_parameter};branch={branch}\r\n"
    'From: "{from_name}" <{from_scheme}:{from_user}@{from_host}>;tag={from_tag}\r\n'
    'To: "{to_name}" <{to_scheme}:{to_user}@{to_host}>;{to_parameter}\r\n'
    "Call-ID: {call_id}@{call_id_host}\r\nCSeq: {cseq} {cseq_method}\r\nMax-Forwards: {max_forwards}\r\n"
    'Contact: "{contact_name}" <{contact_scheme}:{contact_user}@{contact_host}:{contact_port}>;expires={expires}\r\n'
    "Content-Type: {content_type}/{content_subtype};{content_parameter}\r\nAllow: {allow}\r\nRoute: <{route}>\r\n"
    "Require: {require}\r\nDate: {date}\r\nAuthorization: Digest {authorization}\r\nSubject: {subject}\r\n"
    "Content-Length: {length}\r\n\r\n"
)
SIZES = (1, 8, 16, 32, 64, 127, 128, 255, 256, 257, 511, 512, 1023, 1024, 2048, 4095, 4096, 8192, 16384, 32768)
NUMBERS = (-1, -2147483648, 0, 1, 32767, 32768, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**63, 10**30)


def wrong_values() -> tuple[str, ...]:
    """What a field may hold instead (85 of them)."""
    made = ["", " ", "\t", "\0", "\r\n", "\r\n ", "\x7f", "%", "%00", "%n%n%n%n", "%s%s%s%s", "%x" * 40, "%0A", "\\"]
    made += ['"', '""', '"' * 99, "<", ">", "<" * 99, ";", ";" * 99, ",", ":" * 99, "@" * 99, "=", "\udcff\udcfe" * 9]
    made += ["[::1]", "[" * 40, "255.255.255.255", "999.999.999.999", "a" * 70 + "." + "b" * 300, "..//" * 60]
    made += [str(number) for number in NUMBERS] + ["0x41", "1e9", "１２"]
    made += ["A" * size for size in SIZES] + ["9" * size for size in SIZES[4::2]]
    return tuple(made + ["é" * 30, "\u202e" * 9, "A B", "INVITE INVITE", "sip:", "(comment)", "{}"][: 85 - len(made)])


def one_wrong_field() -> Iterator[bytes]:
    """Every field with every wrong value, the rest right."""
    for name in FIELDS:
        for number, value in enumerate(wrong_values()):
            fields = {**FIELDS, "branch": f"z9hG4bK{name}{number}", "call_id": f"{name}{number}", name: value}
            body = BODY.format(**fields)
            if fields["length"] == "LENGTH":
                fields["length"] = str(len(body.encode("utf-8", "surrogateescape")))
            yield (HEAD.format(**fields) + body).encode("utf-8", "surrogateescape")[:65_000]


def mutations(count: int, seed: int = SEED) -> Iterator[bytes]:
    """Of the torture messages: cut, doubled, bytes changed, numbers grown."""
    chance = random.Random(seed)
    originals = [path.read_bytes() for path in sorted(TORTURE.glob("*.dat"))]
    extras = [b"%n%s", b"\r\n", b"\0", b"9" * 40, b'"', b"<", b";;", b"\xff\xfe", b"A" * 3000]
    for _ in range(count):
        packet = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(packet) or 1)
            kind = chance.randrange(5)
            if kind == 0:
                del packet[at : at + chance.randint(1, 80)]
            elif kind == 1:
                packet[at:at] = chance.randbytes(chance.randint(1, 20))
            elif kind == 2:
                packet[at:at] = chance.choice(extras)
            elif kind == 3:
                packet += packet[at:]
            else:
                packet[at : at + 1] = chance.randbytes(1)
        yield bytes(packet[:60_000])


def datagrams(count: int) -> list[bytes]:
    """Both kinds, mixed; the same for the same ``count``."""
    single = list(one_wrong_field())
    chance = random.Random(SEED)
    chance.shuffle(single)
    half = min(len(single), count * 46 // 100)
    made = [*single[:half], *mutations(count - half)]
    chance.shuffle(made)
    return made
