"""Twilio Voice as documented at twilio.com/docs/voice: asks about a call, reads the TwiML, places the call it names.

Owns: the voice request, ``<Dial><Sip>`` with headers, the action afterwards, status callbacks out of order.
Not here: the signature (``sms_twilio``), the telephone (``eslapp.demo.lines``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree

from eslapp.demo.lines import Line
from eslapp.demo.timeline import Unseen

from .base import Signed, post
from .sms_twilio import SmsTwilioFake


class TwilioVoiceFake(SmsTwilioFake):
    """``sip`` is where the desk's switch listens; ``said`` what callers were told by ``<Say>``."""

    type = "twilio_voice"
    can_picture = False
    is_voice = True
    hook_field = "voice_url"
    sip = "127.0.0.1:5060"

    def options(self) -> dict[str, object]:
        return super().options() | {"sip": self.sip, "addresses": ["127.0.0.1"]}

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        """A call comes in; nothing is written."""
        return self._signed(self._of_call(address, number) | {"CallStatus": "ringing", "Direction": "inbound"})

    def unknown(self, *, number: int = 0) -> Signed:
        return self.progress("hologram", number=number, sequence=9)

    def progress(self, state: str, *, number: int = 0, sequence: int = 0) -> Signed:
        """A status callback; Twilio numbers them and sends them in any order."""
        told = {"CallStatus": state, "StatusCallbackEvent": state, "SequenceNumber": str(sequence)}
        return self._signed(self._of_call("", number) | told | {"CallbackSource": "call-progress-events"})

    def afterwards(self, action: str, state: str, code: int, *, address: str = "", number: int = 0) -> Signed:
        """The dialled leg is over: the request to ``action``, whose query comes along."""
        told = {"CallStatus": "in-progress", "DialCallStatus": state, "DialSipResponseCode": str(code)}
        query = urlsplit(action).query
        hook, self.hook = self.hook, f"{self.hook}?{query}"
        try:
            return replace(self._signed(self._of_call(address, number) | told), suffix=f"?{query}")
        finally:
            self.hook = hook

    def _of_call(self, address: str, number: int) -> dict[str, str]:
        return {
            "AccountSid": self.words["sid"],
            "CallSid": f"CA{number:032x}",
            "From": address or self.address,
            "To": self.words["number"],
        }

    def call(self, *, caller: str = "", number: int = 0, act: Callable[[Line], None]) -> list[str]:
        """A whole call: ask, dial as told, ``act`` on the line, tell how it went. The verbs of the last TwiML."""
        signed = self.say("", address=caller, number=number)
        status, body = post(self.hook, signed)
        if status != 200:
            raise Unseen(f"the voice webhook answers {status or 'nothing'} instead of TwiML")
        target, headers, action = dialled(body)
        server = target.partition("@")[2].partition(";")[0]
        host, _, port = server.rpartition(":")
        state, code = "completed", 200
        with Line((host, int(port)), (caller or self.address).lstrip("+")) as line:
            try:
                line.dial(target, headers)
            except Unseen:
                state, code = "failed", 503
            else:
                act(line)
                line.hang_up()
        for sequence, step in ((2, "completed"), (0, "ringing"), (1, "in-progress")):
            post(self.hook, self.progress(step, number=number, sequence=sequence))
        told = self.afterwards(action, state, code, address=caller, number=number)
        return [one.tag for one in ElementTree.fromstring(post(self.hook, told)[1])]


def dialled(twiml: bytes) -> tuple[str, dict[str, str], str]:
    """What ``<Dial><Sip>`` says: the address, the headers behind ``?``, the action's address."""
    dial = ElementTree.fromstring(twiml).find("Dial")
    target = dial.find("Sip") if dial is not None else None
    if dial is None or target is None or not target.text:
        raise Unseen(f"TwiML that dials; it says {twiml[:200]!r}")
    address, _, query = target.text.partition("?")
    headers = {name: value for name, value in parse_qsl(query) if name.lower().startswith("x-")}
    return address, headers, dial.get("action", "")
