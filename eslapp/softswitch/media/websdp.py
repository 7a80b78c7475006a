"""The SDP a browser gets (RFC 8829, 8839): ICE-lite with our one address, DTLS-SRTP, Opus and G.711. Pure.

Not here: reading SDP (``sdp.py``), ICE, DTLS and SRTP themselves (``webrtc``).
"""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.softswitch.media.g711 import STATIC_PAYLOAD_TYPES
from eslapp.softswitch.media.sdp import DIGIT_PAYLOAD_TYPE, MIRROR, WEB_CODECS, Choice

OPUS_PAYLOAD_TYPE = 111
PRIORITY = 2_130_706_431  # a host candidate (RFC 8445 5.1.2)
PROTOCOL = "UDP/TLS/RTP/SAVPF"
MID = "0"
# Inside the switch audio has 8 kHz: a browser need not send more.
OPUS = "minptime=10;useinbandfec=1;maxplaybackrate=8000;sprop-maxcapturerate=8000"


@dataclass(frozen=True)
class LocalWeb:
    """What we say of ourselves: where we are, by which credentials and with which certificate."""

    host: str
    port: int
    ufrag: str
    pwd: str
    fingerprint: str  # sha-256
    ssrc: int


def format_offer(
    local: LocalWeb, *, version: int, codecs: tuple[str, ...] = WEB_CODECS, direction: str, mid: str = MID
) -> str:
    """Our offer: the browser chooses whether it opens DTLS; it will, as we are ICE-lite."""
    numbers = {**STATIC_PAYLOAD_TYPES, "OPUS": OPUS_PAYLOAD_TYPE}
    payloads = [(numbers[name], name) for name in codecs]
    audio = _audio(local, payloads, DIGIT_PAYLOAD_TYPE, direction, "actpass", mid or MID)
    return _head(local, version, mid or MID) + audio


def format_answer(local: LocalWeb, choice: Choice, *, version: int) -> str:
    """Our answer to a browser's offer: the chosen codec alone, every other media line refused with port 0."""
    assert choice.web is not None
    text = _head(local, version, choice.web.mid if choice.web.is_bundled else "")
    for index, (kind, protocol, first_format) in enumerate(choice.media):
        if index == choice.index:
            payloads = [(choice.payload_type, choice.codec)]
            direction = MIRROR[choice.direction]
            text += _audio(local, payloads, choice.digit_payload_type, direction, "passive", choice.web.mid)
        else:
            text += f"m={kind} 0 {protocol} {first_format}\r\nc=IN IP4 0.0.0.0\r\n"
    return text


def _family(host: str) -> str:
    return "IP6" if ":" in host else "IP4"


def _head(local: LocalWeb, version: int, bundle: str) -> str:
    lines = [
        "v=0",
        f"o=Zongji {version >> 16} {version} IN {_family(local.host)} {local.host}",
        "s=Zongji",
        "t=0 0",
        "a=ice-lite",
    ]
    if bundle:
        lines.append(f"a=group:BUNDLE {bundle}")
    return "\r\n".join([*lines, "a=msid-semantic: WMS zongji"]) + "\r\n"


def _audio(
    local: LocalWeb, payloads: list[tuple[int, str]], digits: int | None, direction: str, setup: str, mid: str
) -> str:
    numbers = [str(number) for number, _ in payloads] + ([str(digits)] if digits is not None else [])
    lines = [f"m=audio {local.port} {PROTOCOL} {' '.join(numbers)}", f"c=IN {_family(local.host)} {local.host}"]
    for number, name in payloads:
        if name == "OPUS":
            lines += [f"a=rtpmap:{number} opus/48000/2", f"a=fmtp:{number} {OPUS}"]
        else:
            lines.append(f"a=rtpmap:{number} {name}/8000")
    if digits is not None:
        lines += [f"a=rtpmap:{digits} telephone-event/8000", f"a=fmtp:{digits} 0-15"]
    lines += [f"a=mid:{mid}"] if mid else []
    lines += [
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.pwd}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{setup}",
        "a=rtcp-mux",
        f"a=candidate:1 1 udp {PRIORITY} {local.host} {local.port} typ host",
        "a=end-of-candidates",
        f"a={direction}",
        "a=msid:zongji audio",
        f"a=ssrc:{local.ssrc} cname:zongji",
        "a=ptime:20",
    ]
    return "\r\n".join(lines) + "\r\n"
