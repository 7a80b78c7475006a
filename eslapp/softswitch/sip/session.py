"""Offer and answer of one call: what was agreed, and the media port set accordingly (RFC 3264).

Not here: SDP text (``media.sdp``), when offers come and go (``call.py``).
"""

from __future__ import annotations

from eslapp.softswitch.media import sdp
from eslapp.softswitch.media.port import MediaPort


class NotAcceptable(Exception):
    """An offer or answer this call cannot use; ``status`` is the SIP answer to it."""

    def __init__(self, reason: str, status: int = 488) -> None:
        super().__init__(reason)
        self.status = status


class MediaSession:
    """The SDP side of one call."""

    def __init__(self, media: MediaPort, host: str, peer_host: str, seed: int) -> None:
        """``host`` is the address we name, ``peer_host`` where the peer's SIP comes from."""
        self.media = media
        self.local = ""
        self.remote = ""
        self.is_held = False
        self._host = host
        self._peer_host = peer_host
        self._version = (seed & 0xFFFF) << 16
        self._choice: sdp.Choice | None = None
        self._wanted = "sendrecv"

    def read(self, body: bytes) -> sdp.Choice:
        """The usable part of a description. NotAcceptable where there is none."""
        try:
            choice = sdp.choose(sdp.parse(body))
        except sdp.SdpError as error:
            raise NotAcceptable(f"SDP: {error}", 488) from None
        if choice is None:
            raise NotAcceptable("no audio we can speak")
        return choice

    def take_offer(self, body: bytes) -> None:
        """Remember an offer; nothing is open before ``answer``."""
        self._choice = self.read(body)
        self.remote = body.decode("utf-8", "replace")
        self.is_held = self._choice.is_hold

    def answer(self) -> str:
        """Our answer to the remembered offer; audio flows from now on."""
        assert self._choice is not None
        self._open(self._choice)
        if not self.local or self._version & 0xFFFF == 0:
            self._version += 1
        self.local = sdp.format_answer(self._host, self.media.rtp_port, self._choice, version=self._version)
        return self.local

    def next_answer(self) -> str:
        """The answer to a re-INVITE: the same description with a higher version."""
        self._version += 1
        return self.answer()

    def offer(self, direction: str = "sendrecv") -> str:
        """Our offer (again)."""
        self._version += 1
        self._wanted = direction
        codecs = (self._choice.codec,) if self._choice else sdp.CODECS
        self.local = sdp.format_offer(
            self._host, self.media.rtp_port, version=self._version, codecs=codecs, direction=direction
        )
        return self.local

    def take_answer(self, body: bytes) -> None:
        """The answer to our offer; audio flows as it says."""
        choice = self.read(body)
        self._choice = choice
        self.remote = body.decode("utf-8", "replace")
        self.is_held = choice.is_hold and self._wanted == "sendrecv"
        self._open(choice)
        if self._wanted in ("recvonly", "inactive"):
            self.media.is_sending = False

    def _open(self, choice: sdp.Choice) -> None:
        self.media.configure(choice, self._peer_host)
