"""Calls by Twilio Voice: Twilio asks what to do with a call, we tell it to dial our SIP address with a pass.

Owns: the answers in TwiML, what Twilio tells of a call afterwards. Sources: twilio.com/docs/voice/twiml/dial,
.../twiml/sip. The pass in the INVITE says in our own words who calls by which account; the switch lets the INVITE in by
Twilio's addresses. Not here: SMS by Twilio and its signature (``sms_twilio``), the call itself
(``eslapp.services.arriving``), a call that never came (``eslapp.services.missed_calls``).

``answerOnBridge``: the caller's telephone rings until the switch answers, and nothing is charged before.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar
from xml.sax.saxutils import escape, quoteattr

from pydantic import Field

from eslapp import call_pass
from eslapp.store.inbox import RawEvent

from ..trunk_facts import TrunkFacts
from ..twilio_proof import prove
from .base import (
    Account,
    Capabilities,
    Channel,
    Delivery,
    InboundEvent,
    Kind,
    Malformed,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
)
from .reading import integer, json_object, text
from .sip_trunk import HOST, Network, with_port
from .sms_twilio import TwilioOptions, number_problem

if TYPE_CHECKING:
    from ..provider_tools import Tools

PASS_S = 120.0  # from Twilio's question to its INVITE
RING_S = 60
AFTER = "after=dial"  # marks the request that comes when the dialled leg is over
REACHED = frozenset(
    {"completed", "answered", "canceled", "no-answer"}
)  # the switch had the call; anything else is lost
# Where Twilio's calls come from, by twilio.com/docs/sip-trunking/ip-addresses (signalling): look there when calls fail.
SIGNALLING = (
    "54.172.60.0/30",
    "54.244.51.0/30",
    "54.171.127.192/30",
    "35.156.191.128/30",
    "54.65.63.192/30",
    "54.169.127.128/30",
    "54.252.254.64/30",
    "177.71.206.192/30",
)
SORRY = {
    "zh": "抱歉，系统暂时出了问题，请稍后再联系我们。",
    "en": "Sorry, something went wrong on our side. Please call again a little later.",
}
VOICES = {"zh": "zh-CN", "en": "en-US"}


class TwilioVoiceOptions(TwilioOptions):
    """``sip`` is where Twilio reaches the switch (a public address); ``sorry`` what callers hear while it does not."""

    sip: str = Field(pattern=HOST)
    transport: str = Field(default="udp", pattern=r"^(udp|tcp|tls)$")
    addresses: list[Network] = list(SIGNALLING)
    sorry: dict[str, str] = {}


class TwilioVoice(Channel):
    """One number whose calls Twilio asks us about."""

    type = "twilio_voice"
    signed_with = "token"
    Options = TwilioVoiceOptions
    EXAMPLE_OPTIONS: ClassVar = {
        "sid": "AC" + "0" * 32,
        "token": "$(env.TWILIO_TOKEN)",
        "number": "+15005550006",
        "sip": "pbx.example.com:5060",
    }
    EXAMPLE_SECRETS: ClassVar = {"TWILIO_TOKEN": "12345678901234567890123456789012"}
    capabilities = Capabilities(text_cap=1, body_cap=64 * 1024)
    example = Delivery(
        external_key="CA1:ringing",
        address="+14155550100",
        body=b'{"CallSid":"CA1","CallStatus":"ringing","Direction":"inbound","From":"+14155550100","To":"+15005550006"}',
    )

    def receive(self, request: Request, account: Account) -> Received:
        """A new call is answered with where to dial; what comes of it is kept."""
        fields = {name: text(value) for name, value in prove(request, account)}
        sid, state = fields.get("CallSid", ""), fields.get("CallStatus", "")
        if not sid or not state:
            raise Malformed("no CallSid")
        if AFTER in request.url.partition("?")[2].split("&"):
            key, words = f"{sid}:after:{fields.get('DialCallStatus', '')}", self._afterwards(fields, account)
        elif "StatusCallbackEvent" in fields or fields.get("CallbackSource") == "call-progress-events":
            key, words = f"{sid}:{fields.get('SequenceNumber', '')}:{state}", ""
        else:
            key, words = f"{sid}:{state}", dial(request, account, fields)
        body = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
        told = f'<?xml version="1.0" encoding="UTF-8"?><Response>{words}</Response>'
        delivery = Delivery(key[:200], fields.get("From", ""), body)
        return Received((delivery,), body=told.encode(), content_type="text/xml; charset=utf-8")

    def _afterwards(self, fields: dict[str, str], account: Account) -> str:
        """The dialled leg is over: nothing more to say, unless it never came about."""
        if fields.get("DialCallStatus", "") in REACHED:
            return "<Hangup/>"
        words = {**SORRY, **account.options.sorry}
        said = "".join(
            f"<Say language={quoteattr(VOICES.get(language, language))}>{escape(told)}</Say>"
            for language, told in words.items()
        )
        return f"{said}<Hangup/>"

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """Only a call that never reached us is news: of the others the switch tells."""
        fields = {name: text(value) for name, value in json_object(raw.body).items()}
        state = fields.get("DialCallStatus", "")
        if not state or state in REACHED:
            return []
        code = integer(fields.get("DialSipResponseCode", "")) or 0
        number, sid = fields.get("From", "") or raw.address, fields.get("CallSid", "")
        return [InboundEvent(kind=Kind.MISSED, address=number, provider_id=sid, error=f"{state}-{code}")]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """Nothing is written by telephone."""
        return SendResult(SendState.FAILED, error="not-supported")

    def trunk(self, account: Account) -> TrunkFacts:
        """Whose INVITEs are Twilio's."""
        return TrunkFacts(name=account.name, addresses=tuple(account.options.addresses))

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the account takes our token, has the number, and asks us about its calls."""
        problem = number_problem(account, tools, "voice_url", "calls")
        return [problem] if problem else []


def dial(request: Request, account: Account, fields: dict[str, str]) -> str:
    """``<Dial><Sip>``: the number that was called, at our switch, with a pass that only our daemon believes."""
    options: TwilioVoiceOptions = account.options
    facts = {
        "purpose": "call",
        "account": account.name,
        "number": fields.get("From", ""),
        "call": fields.get("CallSid", ""),
    }
    sealed = call_pass.seal(request.pass_key, facts, until=request.at + PASS_S)
    number = "".join(one for one in fields.get("To", "") if one in "+0123456789") or options.number
    target = f"sip:{number}@{with_port(options.sip)};transport={options.transport}?{call_pass.HEADER}={sealed}"
    base = (options.hook or request.url).partition("?")[0]
    after = quoteattr(f"{base}?{AFTER}")
    return f'<Dial answerOnBridge="true" timeout="{RING_S}" action={after}><Sip>{escape(target)}</Sip></Dial>'
