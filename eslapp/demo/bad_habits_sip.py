"""What scanners and broken carriers do to a SIP port: replayed at a site's switch, from this machine.

Owns: the habits and what a good answer to each is. They start no call: each is refused, or is no call at all.
Not here: webhooks (``bad_habits``), the protocol's own torture (``tests/softswitch/sip``).
"""

from __future__ import annotations

import secrets
import socket
import time
from collections.abc import Iterator

from eslapp.demo.bad_habits import Seen

WITHIN_S = 2.0
REFUSALS = ("401", "403", "407")
INSIDE = {"an extension": "1001", "a number abroad": "0088123456789", "the dialplan's inside": "zj-1"}
OFFER = "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"
STRANGER = "127.0.0.2"  # another address of this machine: none of the trunk's, not the one test calls come from


def replay(host: str, port: int, number: str) -> Iterator[Seen]:
    """Every habit, one after the other. ``number`` is one of the site's."""
    yield _try(host, port, "a ping (OPTIONS)", _request("OPTIONS", host, port, "ping"), ("200",))
    yield _try(host, port, "rubbish", b"\xff\xfeINVITE nothing", ("", "400"))
    asserted = "P-Asserted-Identity: <sip:+8613800138000@carrier.example>\r\n"
    stranger = _request("INVITE", host, port, number, asserted)
    if host.startswith("127."):
        yield _try(host, port, "a stranger who asserts a number", stranger, REFUSALS, source=STRANGER)
    for what, user in INSIDE.items():
        yield _try(host, port, f"a stranger calls {what}", _request("INVITE", host, port, user), (*REFUSALS, "404"))
    yield _try(host, port, "a registration without a password", _request("REGISTER", host, port, "1001"), REFUSALS)


def _request(method: str, host: str, port: int, user: str, more: str = "") -> bytes:
    lines = (
        f"{method} sip:{user}@{host}:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP 0.0.0.0:5060;branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 70",
        f"From: <sip:scanner@{host}>;tag={secrets.token_hex(6)}",
        f"To: <sip:{user}@{host}>",
        f"Call-ID: {secrets.token_hex(10)}",
        f"CSeq: 1 {method}",
        "Contact: <sip:scanner@127.0.0.2>",
    )
    body = OFFER if method == "INVITE" else ""
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return ("\r\n".join(lines) + f"\r\n{more}{kind}Content-Length: {len(body)}\r\n\r\n{body}").encode()


def _try(host: str, port: int, habit: str, packet: bytes, wanted: tuple[str, ...], *, source: str = "") -> Seen:
    began = time.monotonic()
    status = ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        if source:
            sock.bind((source, 0))
        sock.settimeout(WITHIN_S)
        sock.sendto(packet, (host, port))
        try:
            while status in ("", "100"):  # the final answer
                status = sock.recv(65_535).decode("utf-8", "replace").split(" ")[1][:3]
        except (OSError, IndexError):
            pass
    told = " or ".join(one or "no answer" for one in wanted)
    return Seen(habit, told, int(status or 0), time.monotonic() - began, status in wanted)
