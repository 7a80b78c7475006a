"""SMS and MMS by Twilio.

Owns: inbound messages and status callbacks, sending, Twilio's error codes.
Not here: the signature (``webhooks.twilio_proof``), WhatsApp by Twilio (``whatsapp_twilio``), calls (``twilio_voice``).

Twilio takes no idempotency key: a send whose answer was lost is unknown, and the agent decides; before it is sent again
Twilio's list is asked whether it has it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eslapp.outside import Answer
from eslapp.store.inbox import RawEvent

from ..twilio_proof import prove
from . import hook_address
from .answers import fetched, stumble
from .base import (
    Account,
    Attachment,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    InboundEvent,
    Kind,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
)
from .reading import integer, json_object, mapping, number, sequence, text
from .refusals import ACCOUNT_BROKEN, BAD_ADDRESS, BLOCKED, RATE_LIMITED, TOO_LONG, WINDOW_OVER

if TYPE_CHECKING:
    from ..provider_tools import Tools

API = "https://api.twilio.com"
CLOCKS_S = 30.0  # between Twilio's and ours
FILE_CAP = 20 * 1024 * 1024
MEDIA = 10
OPTED = {"STOP": "unfollow", "START": "follow"}
TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
STATES = {"sent": "sent", "delivered": "delivered", "read": "read", "undelivered": "failed", "failed": "failed"}
STATES |= {"canceled": "failed"}
NEVER = {
    21211: BAD_ADDRESS,
    21614: BAD_ADDRESS,
    63003: BAD_ADDRESS,
    63024: BAD_ADDRESS,
    30005: BAD_ADDRESS,
    30006: BAD_ADDRESS,  # a landline
    30004: BLOCKED,
    63032: BLOCKED,
    21610: BLOCKED,
    21617: TOO_LONG,
    63016: WINDOW_OVER,
    21408: ACCOUNT_BROKEN,
    20003: ACCOUNT_BROKEN,
}


class TwilioOptions(ChannelOptions):
    """``sid`` and ``token`` from the console (``old_token`` while it is being changed); ``number`` or ``service``."""

    SECRETS = frozenset({"token", "old_token"})
    sid: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    token: str = Field(min_length=1)
    old_token: str = ""
    number: str = Field(pattern=r"^\+[1-9][0-9]{5,14}$")
    service: str = Field(default="", pattern=r"^(MG[0-9a-fA-F]{32})?$")  # of a messaging service
    hook: str = ""  # what Twilio calls, where it differs from what arrives here


class SmsTwilio(Channel):
    """One number."""

    type = "sms_twilio"
    signed_with = "token"
    scheme = ""  # before addresses: "whatsapp:" there
    Options = TwilioOptions
    EXAMPLE_OPTIONS = {"sid": "AC" + "0" * 32, "token": "$(env.TWILIO_TOKEN)", "number": "+15005550006"}
    EXAMPLE_SECRETS = {"TWILIO_TOKEN": "12345678901234567890123456789012"}
    capabilities = Capabilities(text_cap=1600, has_receipts=True, body_cap=256 * 1024)
    example = Delivery(
        external_key="SM1",
        address="+14155550100",
        body=b'{"AccountSid":"AC00000000000000000000000000000000","Body":"Where is my order?","From":"+14155550100",'
        b'"MessageSid":"SM1","NumMedia":"0","To":"+15005550006"}',
    )

    def receive(self, request: Request, account: Account) -> Received:
        """A message, or the state of one of ours; answered with an empty response in TwiML."""
        fields = dict(prove(request, account))
        sid = fields.get("MessageSid") or fields.get("SmsSid") or f"none-{hashlib.sha256(request.body).hexdigest()}"
        is_state = _is_state(fields)
        key = f"{sid}:{fields['MessageStatus']}" if is_state else sid
        address = fields.get("To" if is_state else "From", "")
        body = json.dumps(fields, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
        whose = self._ours(fields)
        is_ours = is_state or self._is_ours(fields, account)
        delivery = Delivery(
            key,
            address.removeprefix(self.scheme) if is_ours else "",
            body,
            whose="" if whose == account.options.number else whose,
        )
        return Received((delivery,), body=TWIML, content_type="text/xml; charset=utf-8")

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """By what it is about."""
        fields = {name: text(value) for name, value in json_object(raw.body).items()}
        state = STATES.get(fields.get("MessageStatus", ""))
        sid = fields.get("MessageSid", "") or fields.get("SmsSid", "")
        if _is_state(fields):
            if state is None:
                return []  # queued, sending: less than we know
            error = fields.get("ErrorCode", "")
            known = NEVER.get(integer(error) or 0, f"twilio-{error}") if error else ""
            return [InboundEvent(kind=Kind.RECEIPT, address=raw.address, provider_id=sid, receipt=state, error=known)]
        if not raw.address and not self._is_ours(fields, account):
            return [InboundEvent(kind=Kind.UNKNOWN, address="", event="other number")]
        return [self._message(fields, raw.address, sid)]

    def _is_ours(self, fields: dict[str, str], account: Account) -> bool:
        """What is written to another number of the account is not answered from this one; a service has several."""
        options: TwilioOptions = account.options
        return bool(options.service) or self._ours(fields) in ("", options.number)

    def _ours(self, fields: dict[str, str]) -> str:
        """Our number of the two."""
        return fields.get("From" if _is_state(fields) else "To", "").removeprefix(self.scheme)

    def own_id(self, account: Account) -> str:
        """A messaging service has one URL for all its numbers."""
        return str(account.options.number)

    def _message(self, fields: dict[str, str], address: str, sid: str) -> InboundEvent:
        attachments = tuple(_attachments(fields))
        common: dict[str, Any] = {
            "address": address or fields.get("From", "").removeprefix(self.scheme),
            "provider_id": sid,
            "name": fields.get("ProfileName", "")[:80],
            "reply_to": fields.get("OriginalRepliedMessageSid", ""),
            **self._identity(fields, address),
        }
        if fields.get("OptOutType") in OPTED:
            return InboundEvent(kind=Kind.EVENT, event=OPTED[fields["OptOutType"]], **common)
        words = fields.get("ButtonPayload", "") or fields.get("ListId", "") or fields.get("Body", "")
        if not words and not attachments:
            return InboundEvent(kind=Kind.UNKNOWN, **common)
        return InboundEvent(kind=Kind.TEXT, text=words, attachments=attachments, **common)

    def _identity(self, fields: dict[str, str], address: str) -> dict[str, Any]:
        """A number that an SMS shows may be forged: it proves nothing."""
        return {"claims": (("tel", address),) if address.startswith("+") else ()}

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """``Messages.json``; Twilio tells us of the rest at the same hook."""
        options: TwilioOptions = account.options
        if outgoing.is_again and outgoing.text and (sid := self._taken(outgoing, account, tools)):
            return SendResult(SendState.SENT, provider_id=sid)
        form: dict[str, Any] = {"To": f"{self.scheme}{outgoing.address}", "Body": outgoing.text}
        form |= (
            {"MessagingServiceSid": options.service} if options.service else {"From": f"{self.scheme}{options.number}"}
        )
        if outgoing.files:
            form["MediaUrl"] = outgoing.files[0].url
        form |= {name: text(value) for name, value in outgoing.template.items() if name.startswith("Content")}
        hook = options.hook or tools.hook(account)
        if hook:
            form["StatusCallback"] = hook
        url = f"{account.api(API)}/2010-04-01/Accounts/{options.sid}/Messages.json"
        return judged(tools.ask(account, "POST", url, headers=basic(options), form=form))

    def _taken(self, outgoing: OutboundText, account: Account, tools: Tools) -> str:
        """Twilio's id of a message to this address with these words, made since ours was written; "" for none."""
        options: TwilioOptions = account.options
        day = datetime.fromtimestamp(outgoing.written_at, UTC).date().isoformat()
        asked = {"To": f"{self.scheme}{outgoing.address}", "DateSent>": day, "PageSize": "50"}
        url = f"{account.api(API)}/2010-04-01/Accounts/{options.sid}/Messages.json"
        said = tools.ask(account, "GET", url, params=asked, headers=basic(options)).json_object()
        for one in map(mapping, sequence(said.get("messages"))):
            is_lost = STATES.get(text(one.get("status"))) == "failed"
            if (
                text(one.get("body")) == text(outgoing.text)
                and not is_lost
                and _made(one) >= outgoing.written_at - CLOCKS_S
            ):
                return text(one.get("sid"))
        return ""

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """With our credentials at Twilio's own address; they stay there when it sends us on."""
        base = account.api(API)
        headers = basic(account.options) if attachment.ref.startswith(f"{base}/") else {}
        answer = fetched(tools.ask(account, "GET", attachment.ref, headers=headers, cap=FILE_CAP, redirects=2))
        kind = answer.headers.get("content-type", attachment.content_type)
        return OutboundFile(kind=attachment.kind, name=attachment.name, content_type=kind, content=answer.body)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether the account takes our token, has the number, and its messages come here."""
        problem = number_problem(account, tools, "sms_url", "messages")
        return [problem] if problem else []


def _made(one: dict[str, Any]) -> float:
    """When Twilio made a message; 0 where it does not say."""
    try:
        return parsedate_to_datetime(text(one.get("date_created"))).timestamp()
    except (ValueError, TypeError, OverflowError):
        return 0.0


def _is_state(fields: dict[str, str]) -> bool:
    """Whether it tells what became of a message of ours; one of theirs may say that it was received."""
    return fields.get("MessageStatus", "") not in ("", "receiving", "received")


def number_problem(account: Account, tools: Tools, field: str, what: str) -> str:
    """What is wrong with the number at Twilio, "" for nothing; ``field`` is its webhook for ``what``."""
    options: TwilioOptions = account.options
    url = f"{account.api(API)}/2010-04-01/Accounts/{options.sid}/IncomingPhoneNumbers.json"
    answer = tools.ask(account, "GET", url, params={"PhoneNumber": options.number}, headers=basic(options))
    if answer.status == 401:
        return "Twilio refuses sid and token; copy both from the console"
    found = answer.json_object().get("incoming_phone_numbers")
    if not found:
        return f"the account has no number {options.number}; correct number in site.yaml"
    hook = text(found[0].get(field)) if isinstance(found, list) and isinstance(found[0], dict) else ""
    wanted = options.hook or hook_address.wanted(account, tools)
    if hook != options.hook if options.hook else not hook_address.is_ours(hook, account, tools):
        return f"the number's {what} go to {hook or 'nowhere'}; set its webhook to {wanted}"
    return ""


def basic(options: TwilioOptions) -> dict[str, str]:
    """The API's credentials."""
    return {"Authorization": "Basic " + base64.b64encode(f"{options.sid}:{options.token}".encode()).decode()}


def judged(answer: Answer) -> SendResult:
    """201 has taken it."""
    odd = stumble(answer)
    if odd is not None:
        return odd
    said = answer.json_object()
    if answer.is_good:
        return SendResult(SendState.SENT, provider_id=text(said.get("sid")))
    code, why = integer(said.get("code")) or 0, text(said.get("message"))
    if answer.status == 429 or code in (20429, 63018):
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=2.0, detail=why)
    known = NEVER.get(code) or (ACCOUNT_BROKEN if answer.status in (401, 403) else f"twilio-{code or answer.status}")
    return SendResult(SendState.FAILED, error=known, detail=f"{code} {why}")


def _attachments(fields: dict[str, str]) -> Iterator[Attachment]:
    for place in range(min(MEDIA, integer(fields.get("NumMedia", "")) or 0)):
        url, kind = fields.get(f"MediaUrl{place}", ""), fields.get(f"MediaContentType{place}", "")
        if url:
            family = kind.partition("/")[0]
            yield Attachment(
                kind=family if family in ("image", "audio", "video") else "file", ref=url, content_type=kind
            )
    if fields.get("Latitude"):
        facts = {"latitude": number(fields["Latitude"]), "longitude": number(fields.get("Longitude", ""))}
        yield Attachment(kind="location", facts=facts | {"title": fields.get("Label") or fields.get("Address", "")})
