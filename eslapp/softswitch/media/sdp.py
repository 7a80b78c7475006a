"""SDP for one audio stream (RFC 4566, offer/answer of RFC 3264): parse, choose, answer. Pure.

Takes PCMU, PCMA and telephone-event over RTP/AVP and RTP/AVPF, from browsers also Opus over DTLS-SRTP; other media
lines are answered with port 0. Addresses only, no DNS. Not here: the text a browser gets (``websdp.py``).

>>> choice = choose(parse("v=0\\nc=IN IP4 192.0.2.1\\nm=audio 4000 RTP/AVP 8 96\\na=rtpmap:96 telephone-event/8000"))
>>> choice.codec, choice.payload_type, choice.digit_payload_type, choice.remote
('PCMA', 8, 96, ('192.0.2.1', 4000))
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field

from eslapp.softswitch.media.g711 import STATIC_PAYLOAD_TYPES

CODECS = ("PCMU", "PCMA")
WEB_CODECS = ("OPUS", "PCMU", "PCMA")
WEB_PROTOCOLS = ("UDP/TLS/RTP/SAVPF", "RTP/SAVPF")
PLAIN_PROTOCOLS = ("RTP/AVP", "RTP/AVPF")
DIGIT_PAYLOAD_TYPE = 101
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
MIRROR = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
_MEDIA = re.compile(
    r"([a-z]{1,20}) ([0-9]{1,5})(?:/[0-9]{1,3})? (\S{1,40}) ([\x21-\x7e]{1,40}(?: [\x21-\x7e]{1,40}){0,63})"
)
_RTPMAP = re.compile(r"([0-9]{1,3}) ([A-Za-z0-9\-_.]{1,40})/([0-9]{1,6})(?:/[0-9]{1,2})?")
_UFRAG, _PWD = re.compile(r"[A-Za-z0-9+/]{4,256}"), re.compile(r"[A-Za-z0-9+/]{22,256}")
_FINGERPRINT = re.compile(r"(sha-(?:256|384|512)) ([0-9A-F]{2}(?::[0-9A-F]{2}){31,63})", re.IGNORECASE)
_MID = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_KEPT = frozenset({"ice-ufrag", "ice-pwd", "fingerprint", "setup", "mid", "rtcp-mux", "rtcp", "group"})
MAX_LINES = 500
MAX_MEDIA = 16


class SdpError(ValueError):
    """Not SDP we can use; the message says why."""


@dataclass
class Media:
    """One ``m=`` section."""

    kind: str
    port: int
    protocol: str
    formats: list[str]
    host: str = ""
    direction: str = ""
    rtpmap: dict[int, tuple[str, int]] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)  # those of ``_KEPT``


@dataclass
class Session:
    """A parsed description."""

    media: list[Media]


@dataclass(frozen=True)
class WebPeer:
    """What a browser's description adds (RFC 8839, 8122, 8843): who may talk to us, and with which certificate."""

    ufrag: str
    pwd: str
    algorithm: str  # "sha-256"
    fingerprint: str  # "AB:CD:..."
    setup: str  # "actpass", "active"
    mid: str = ""
    is_bundled: bool = False


@dataclass(frozen=True)
class Choice:
    """What two sides agreed on, seen from here."""

    codec: str
    payload_type: int
    digit_payload_type: int | None
    remote: tuple[str, int] | None  # None: on hold by address 0.0.0.0, send nothing
    direction: str  # as the remote wrote it
    index: int  # which media line
    media: tuple[tuple[str, str, str], ...] = ()  # (kind, protocol, first format) of all lines, for the answer
    web: WebPeer | None = None  # a browser: DTLS-SRTP to whichever address ICE finds
    rtcp_port: int = 0  # where the remote wants its reports (RFC 3605), on the host of its audio; 0: beside the audio

    @property
    def is_hold(self) -> bool:
        """The remote wants to hear nothing from us."""
        return self.remote is None or self.direction in ("sendonly", "inactive")


def parse(text: str | bytes) -> Session:
    """SdpError with a reason for anything else than SDP within limits."""
    lines = _lines(text)
    session, common = Session([]), Media("", 0, "", [])
    current = common
    for line in lines[1:]:
        if len(line) < 2 or line[1] != "=" or not line[0].isalpha():
            raise SdpError("a line is not <letter>=<value>")
        kind, value = line[0], line[2:].strip()
        if kind == "m":
            current = _media(value, common)
            session.media.append(current)
        elif kind == "c":
            current.host = _address(value)
        elif kind == "a":
            _attribute(current, value)
    if len(session.media) > MAX_MEDIA:
        raise SdpError("too many media lines")
    return session


def _lines(text: str | bytes) -> list[str]:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line]
    if not lines or lines[0].strip() != "v=0":
        raise SdpError("does not begin with v=0")
    if len(lines) > MAX_LINES:
        raise SdpError("too many lines")
    return lines


def _media(value: str, common: Media) -> Media:
    match = _MEDIA.fullmatch(value)
    if match is None or int(match[2]) > 65535:
        raise SdpError("malformed m= line")
    return Media(match[1], int(match[2]), match[3].upper(), match[4].split(" "), common.host, common.direction,
                 attributes=dict(common.attributes))  # fmt: skip


def _address(value: str) -> str:
    parts = value.split()
    if len(parts) != 3 or parts[0] != "IN":
        raise SdpError("malformed c= line")
    try:
        address = ipaddress.ip_address(parts[2].partition("/")[0])
    except ValueError:
        raise SdpError("the c= line has no IP address") from None
    if address.is_multicast or str(address) == "255.255.255.255":
        raise SdpError("the c= line has a multicast or broadcast address")
    return str(address)


def _attribute(media: Media, value: str) -> None:
    if value in DIRECTIONS:
        media.direction = value
    elif value.startswith("rtpmap:"):
        match = _RTPMAP.fullmatch(value[7:].strip())
        if match and int(match[1]) <= 127:
            media.rtpmap[int(match[1])] = (match[2].upper(), int(match[3]))
    else:
        name, _, rest = value.partition(":")
        if name in _KEPT:
            media.attributes[name] = rest.strip()


def choose(session: Session, preferred: tuple[str, ...] = CODECS) -> Choice | None:
    """The first usable audio line and its first codec that we have; None when there is none (488)."""
    for index, media in enumerate(session.media):
        web = _web_peer(media)
        is_spoken = web is not None or media.protocol in PLAIN_PROTOCOLS
        if media.kind != "audio" or media.port == 0 or not media.host or not is_spoken:
            continue
        names = _payload_names(media)
        audio = [(number, name) for number, name in names if name in (WEB_CODECS if web else preferred)]
        if not audio:
            continue
        digits = [number for number, name in names if name == "TELEPHONE-EVENT"]
        remote = None if media.host in ("0.0.0.0", "::") and not web else (media.host, media.port)
        return Choice(
            codec=audio[0][1],
            payload_type=audio[0][0],
            digit_payload_type=digits[0] if digits else None,
            remote=remote,
            direction=media.direction or "sendrecv",
            index=index,
            media=tuple((each.kind, each.protocol, each.formats[0]) for each in session.media),
            web=web,
            rtcp_port=_rtcp_port(media),
        )
    return None


def _rtcp_port(media: Media) -> int:
    port = media.attributes.get("rtcp", "").partition(" ")[0]
    return int(port) if port.isascii() and port.isdigit() and len(port) < 6 and int(port) < 65_536 else 0


def _web_peer(media: Media) -> WebPeer | None:
    """None for a line that is not a browser's, or lacks what a browser must say (RTCP on the same port too)."""
    said = media.attributes
    if media.protocol not in WEB_PROTOCOLS or "rtcp-mux" not in said:
        return None
    fingerprint = _FINGERPRINT.fullmatch(said.get("fingerprint", ""))
    ufrag, pwd, mid = said.get("ice-ufrag", ""), said.get("ice-pwd", ""), said.get("mid", "")
    setup = said.get("setup", "actpass")
    if not fingerprint or not _UFRAG.fullmatch(ufrag) or not _PWD.fullmatch(pwd) or setup not in ("actpass", "active"):
        return None
    mid = mid if _MID.fullmatch(mid) else ""
    group = said.get("group", "").split()
    is_bundled = bool(mid) and group[:1] == ["BUNDLE"] and mid in group
    return WebPeer(ufrag, pwd, fingerprint[1].lower(), fingerprint[2].upper(), setup, mid, is_bundled)


def _payload_names(media: Media) -> list[tuple[int, str]]:
    static = {number: name for name, number in STATIC_PAYLOAD_TYPES.items()}
    found = []
    for text in media.formats:
        if text.isascii() and text.isdigit() and int(text) <= 127:
            number = int(text)
            name, rate = media.rtpmap.get(number, (static.get(number, ""), 8000))
            if rate == (48_000 if name == "OPUS" else 8000):
                found.append((number, name))
    return found


def format_offer(
    host: str, port: int, *, version: int, codecs: tuple[str, ...] = CODECS, direction: str = "sendrecv"
) -> str:
    """Our offer: the codecs in that order and telephone-event 101."""
    payloads = [(STATIC_PAYLOAD_TYPES[name], name) for name in codecs]
    return _session_lines(host, version) + _audio_lines(port, payloads, DIGIT_PAYLOAD_TYPE, direction)


def format_answer(host: str, port: int, choice: Choice, *, version: int, direction: str = "") -> str:
    """Our answer to an offer: the chosen codec alone, every other media line refused with port 0.

    Whoever names a port for RTCP is told ours, as by FreeSWITCH.
    """
    offered = "sendonly" if choice.remote is None and choice.direction == "sendrecv" else choice.direction
    direction = direction or MIRROR[offered]
    text = _session_lines(host, version)
    for index, (kind, protocol, first_format) in enumerate(choice.media or (("audio", "RTP/AVP", "0"),)):
        if index == choice.index:
            codec = [(choice.payload_type, choice.codec)]
            text += _audio_lines(port, codec, choice.digit_payload_type, direction, protocol)
            text += f"a=rtcp:{port + 1} IN {_family(host)} {host}\r\n" if choice.rtcp_port else ""
        else:
            text += f"m={kind} 0 {protocol} {first_format}\r\n"
    return text


def _family(host: str) -> str:
    return "IP6" if ":" in host else "IP4"


def _session_lines(host: str, version: int) -> str:
    family, origin = _family(host), version >> 16
    return f"v=0\r\no=Zongji {origin} {version} IN {family} {host}\r\ns=Zongji\r\nc=IN {family} {host}\r\nt=0 0\r\n"


def _audio_lines(
    port: int, payloads: list[tuple[int, str]], digits: int | None, direction: str, protocol: str = "RTP/AVP"
) -> str:
    numbers = [str(number) for number, _ in payloads] + ([str(digits)] if digits is not None else [])
    lines = [f"m=audio {port} {protocol} {' '.join(numbers)}"]
    lines += [f"a=rtpmap:{number} {name}/8000" for number, name in payloads]
    if digits is not None:
        lines += [f"a=rtpmap:{digits} telephone-event/8000", f"a=fmtp:{digits} 0-15"]
    if direction != "sendrecv":
        lines.append(f"a={direction}")
    lines.append("a=ptime:20")
    return "\r\n".join(lines) + "\r\n"
