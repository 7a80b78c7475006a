"""Offer and answer of one call: what was agreed, and the media port set accordingly (RFC 3264).

A browser's offer, and an offer to a browser, put the wire of ``webrtc`` into the port.
Not here: SDP text (``media.sdp``, ``media.websdp``), when offers come and go (``call.py``).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from eslapp.softswitch import webrtc
from eslapp.softswitch.media import sdp, websdp
from eslapp.softswitch.media.port import MediaPort

if TYPE_CHECKING:
    from eslapp.softswitch.webrtc.wire import SecureWire

log = logging.getLogger(__name__)


class NotAcceptable(Exception):
    """An offer or answer this call cannot use; ``status`` is the SIP answer to it."""

    def __init__(self, reason: str, status: int = 488) -> None:
        super().__init__(reason)
        self.status = status


class MediaSession:
    """The SDP side of one call."""

    def __init__(self, media: MediaPort, host: str, peer_host: str, seed: int) -> None:
        """``host`` is the address we name, ``peer_host`` where the peer's SIP comes from."""
        self.is_web = False  # set before the first offer: a browser is called
        self.on_lost: Callable[[], None] | None = None  # a browser has not been heard of for half a minute
        self.media = media
        self.local = ""
        self.remote = ""
        self.is_held = False
        self._host = host
        self._peer_host = peer_host
        self._version = (seed & 0xFFFF) << 16
        self._choice: sdp.Choice | None = None
        self._wanted = "sendrecv"
        self.codecs: tuple[str, ...] = sdp.CODECS  # what plain RTP may be coded with
        self._wire: SecureWire | None = None

    @property
    def remote_direction(self) -> str:
        """As the other side wrote it last."""
        return self._choice.direction if self._choice is not None else "sendrecv"

    def read(self, body: bytes) -> sdp.Choice:
        """The usable part of a description. NotAcceptable where there is none."""
        try:
            choice = sdp.choose(sdp.parse(body), self.codecs)
        except sdp.SdpError as error:
            raise NotAcceptable(f"SDP: {error}", 488) from None
        if choice is None:
            raise NotAcceptable("no audio we can speak")
        if (choice.web is not None) != self.is_web and self.local:
            raise NotAcceptable("WebRTC and plain RTP cannot change places in a call")
        if choice.web is not None and webrtc.missing():
            log.warning("a browser's call is refused: %s", webrtc.missing())
            raise NotAcceptable("WebRTC is not installed")
        return choice

    def take_offer(self, body: bytes) -> None:
        """Remember an offer; nothing is open before ``answer``."""
        self._choice = self.read(body)
        self.is_web = self._choice.web is not None
        self.remote = body.decode("utf-8", "replace")
        self.is_held = self._choice.is_hold

    def answer(self) -> str:
        """Our answer to the remembered offer; audio flows from now on."""
        assert self._choice is not None
        self._open(self._choice)
        if not self.local or self._version & 0xFFFF == 0:
            self._version += 1
        if self.is_web:
            self.local = websdp.format_answer(self._local_web(), self._choice, version=self._version)
        else:
            self.local = sdp.format_answer(self._host, self.media.rtp_port, self._choice, version=self._version)
        return self.local

    def next_answer(self) -> str:
        """The answer to a re-INVITE: the same description with a higher version."""
        self._version += 1
        return self.answer()

    def offer(self, direction: str = "sendrecv", *, is_open: bool = False) -> str:
        """Our offer (again); ``is_open``: of every codec, not just the one in use."""
        self._version += 1
        self._wanted = direction
        if self.is_web:
            self.local = self._web_offer(direction)
            return self.local
        used = self._choice.codec if self._choice else ""
        codecs = tuple(sorted(self.codecs, key=lambda name: name != used)) if is_open or not used else (used,)
        self.local = sdp.format_offer(
            self._host, self.media.rtp_port, version=self._version, codecs=codecs, direction=direction
        )
        return self.local

    def offer_again(self) -> str:
        """What we said last, word by word: it changes nothing. A browser needs a fresh offer."""
        return self.offer(self._wanted) if self.is_web else self.local

    def take_answer(self, body: bytes, *, is_as_it_was: bool = False) -> None:
        """The answer to our offer; audio flows as it says. ``is_as_it_was``: what was agreed already, asked again."""
        if is_as_it_was and body.decode("utf-8", "replace") == self.remote:
            return
        choice = self.read(body)
        self._choice = choice
        self.remote = body.decode("utf-8", "replace")
        self.is_held = choice.is_hold and (self._wanted == "sendrecv" or (is_as_it_was and self.is_held))
        self._open(choice)
        if self._wanted in ("recvonly", "inactive"):
            self.media.is_sending = False

    def _web_offer(self, direction: str) -> str:
        known = self._choice
        codecs = (known.codec,) if known else sdp.WEB_CODECS
        mid = known.web.mid if known and known.web else ""
        local = self._local_web()
        return websdp.format_offer(local, version=self._version, codecs=codecs, direction=direction, mid=mid)

    def _local_web(self) -> websdp.LocalWeb:
        return self.wire.local(self._host, self.media.rtp_port, self.media.ssrc)

    @property
    def wire(self) -> SecureWire:
        """What stands between the port and a browser; made when first asked for."""
        if self._wire is None:
            from eslapp.softswitch.webrtc.wire import SecureWire

            self._wire = SecureWire.between(self.media)
            self._wire.on_lost = self.on_lost
        return self._wire

    def _open(self, choice: sdp.Choice) -> None:
        if self.is_web:
            self.wire.expect(choice)
        self.media.configure(choice, self._peer_host)
