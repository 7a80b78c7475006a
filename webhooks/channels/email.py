"""E-mail: a mailbox read by IMAP, or mails that Mailgun or SendGrid post; answers by SMTP in the same thread.

Owns: what a mail means for a conversation: words, files, bounces, automatic answers that nobody must answer; who may
post mails. Not here: the bytes and the servers (``webhooks.mail``).

A sender proves nothing: ``From`` is never a reason to merge people.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import smtplib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import gevent
from pydantic import Field, model_validator

from eslapp.outside import TooLarge, Unreachable
from eslapp.store.inbox import RawEvent
from eslapp.store.messages import PEOPLE_ONLY

from ..mail import mailbox, posted, reading, writing
from .access import Gone, Token, TokenRefused
from .answers import no_token
from .base import (
    MIB,
    Account,
    Attachment,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    Forged,
    InboundEvent,
    Kind,
    OutboundFile,
    OutboundText,
    Page,
    Received,
    Request,
    SendResult,
    SendState,
)
from .reading import integer, text
from .refusals import ACCOUNT_BROKEN, BAD_ADDRESS, BLOCKED, RATE_LIMITED

if TYPE_CHECKING:
    from ..provider_tools import Tools

T = TypeVar("T")
HOST = r"^[A-Za-z0-9.:-]{1,253}$"
HOST_OR_NONE = r"^[A-Za-z0-9.:-]{0,253}$"
SHORTEST = 16
LARGE = 64 * 1024
POSTED_CAP = 40 * MIB  # the providers' own limit is 25 to 30, packed
CLOCKS_S = 900.0  # Mailgun's proof does not cover the body: an old one must not carry a new mail


class EmailOptions(ChannelOptions):
    """The mailbox of the address that contacts write to."""

    SECRETS = frozenset({"password", "hook_password", "signing_key", "oauth_secret", "oauth_token"})
    address: str = Field(pattern=r"^[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,190}$")
    name: str = ""
    signature: str = ""
    user: str = Field(min_length=1)
    password: str = ""
    oauth_url: str = Field(default="", pattern=r"^(https?://\S+)?$")  # where Google or Microsoft give access tokens
    oauth_client: str = ""
    oauth_secret: str = ""
    oauth_token: str = ""  # the refresh token: instead of a password
    arrives: Literal["imap", "mailgun", "sendgrid"] = "imap"
    imap_host: str = Field(default="", pattern=HOST_OR_NONE)
    imap_port: int = Field(default=993, ge=1, le=65535)
    smtp_host: str = Field(pattern=HOST)
    smtp_port: int = Field(default=465, ge=1, le=65535)
    folder: str = "INBOX"
    every: int = Field(default=30, ge=2, le=3600)  # seconds between two looks
    hook_user: str = "mail"  # the provider posts to https://<user>:<password>@<our address>/hooks/<name>
    hook_password: str = ""
    signing_key: str = ""  # Mailgun's HTTP webhook signing key

    @model_validator(mode="after")
    def _arrives_somewhere(self) -> EmailOptions:
        needed = {"imap": ["imap_host"], "mailgun": ["hook_password", "signing_key"], "sendgrid": ["hook_password"]}
        missing = [name for name in needed[self.arrives] if not getattr(self, name)]
        if missing:
            raise ValueError(f"arrives: {self.arrives} needs {' and '.join(missing)}")
        if not self.password and not (self.oauth_token and self.oauth_client and self.oauth_url):
            raise ValueError("password is needed, or oauth_url, oauth_client and oauth_token")
        for name, one in self.templates.items():
            if not str(one.get("text", "")).strip() or set(one) - {"subject", "text"}:
                raise ValueError(f"templates.{name}: a mail has text, and may have a subject; nothing else")
        if self.hook_password and len(self.hook_password) < SHORTEST:
            raise ValueError(f"hook_password: at least {SHORTEST} characters")
        return self


class Email(Channel):
    """One mailbox."""

    type = "email"
    signed_with = "signing_key"
    Options = EmailOptions
    EXAMPLE_OPTIONS = {
        "address": "service@shop.example.com",
        "name": "晨光电器 Morning Light",
        "user": "service@shop.example.com",
        "password": "$(env.MAIL_PASSWORD)",
        "imap_host": "imap.example.com",
        "smtp_host": "smtp.example.com",
    }
    EXAMPLE_SECRETS = {"MAIL_PASSWORD": "mail-password"}
    capabilities = Capabilities(
        text_cap=100_000,
        sends=frozenset({"image", "audio", "video", "file"}),
        is_whole=True,
        pulls_every_s=30.0,
        automatic_an_hour=10,
        has_templates=True,
    )
    example = Delivery(
        external_key="<1@customer.example>",
        address="ada@customer.example",
        body=b"From: Ada <ada@customer.example>\r\nTo: service@shop.example.com\r\nSubject: My order\r\n"
        b"Message-ID: <1@customer.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0800\r\n\r\nWhere is my order?\r\n",
    )

    def receive(self, request: Request, account: Account) -> Received:
        """One mail. Whoever posts is known (``admits``), so whatever comes is kept: what we refused would be lost."""
        options: EmailOptions = account.options
        if options.arrives == "imap":
            raise Forged("mails are fetched by IMAP")
        fields = posted.fields_of(request.body, request.header("Content-Type"))
        proof = _proved(fields, options.signing_key, request.at) if options.arrives == "mailgun" else ""
        raw = posted.mail_of(fields) or request.body
        mail = _read(raw)
        return Received((Delivery(mail.key, mail.sender, raw, proof=proof),))

    def admits(self, headers: Mapping[str, str], account: Account) -> int:
        """Mails are large: not a byte is read of those who do not know the hook's password."""
        options: EmailOptions = account.options
        wanted = base64.b64encode(f"{options.hook_user}:{options.hook_password}".encode())
        scheme, _, given = headers.get("authorization", "").partition(" ")
        is_known = hmac.compare_digest(given.strip().encode("utf-8", "replace"), wanted)
        return POSTED_CAP if options.arrives != "imap" and scheme.lower() == "basic" and is_known else 0

    def pull(self, account: Account, tools: Tools, cursor: str, nudge: str = "") -> Page:
        """The next mails after the cursor."""
        if account.options.arrives != "imap":
            return Page((), cursor)
        found, following, has_more = signed_on(account, tools, partial(mailbox.after, account.options, cursor))
        deliveries = []
        for raw in found:
            mail = _read(raw)
            deliveries.append(Delivery(mail.key, mail.sender, raw))
        return Page(tuple(deliveries), following, has_more)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """A message, a bounce of ours, or a machine's note."""
        mail = _read(raw.body)
        if mail.bounced:
            return [
                InboundEvent(
                    kind=Kind.RECEIPT,
                    address=raw.address,
                    provider_id=one,
                    receipt="failed",
                    error=came_back(mail.bounce_status),
                )
                for one in mail.bounced
            ]
        at = None if mail.at is None else min(mail.at, raw.received_at)  # senders' clocks are anything
        common: dict[str, Any] = {"address": mail.sender, "name": mail.name, "at": at, "provider_id": mail.key}
        common["claims"] = (("email", mail.sender),)
        if not mail.sender or mail.sender == account.options.address.lower():
            return [InboundEvent(kind=Kind.UNKNOWN, address="")]
        if mail.is_automatic:
            told = (mail.subject or "automatic")[:200]
            return [InboundEvent(kind=Kind.EVENT, event="automatic", text=told, **common)]
        thread: dict[str, Any] = {"subject": mail.subject, "references": list(mail.answers[:10])}
        if mail.people_only:
            thread[PEOPLE_ONLY] = mail.people_only
        attachments = [Attachment(kind="mail", name=mail.subject, facts=thread)]
        attachments += [
            Attachment(
                kind=_kind(one.content_type),
                ref=f"{one.place}/{mail.key}",
                name=one.name,
                content_type=one.content_type,
            )
            for one in mail.files
        ]
        reply_to = next(iter(mail.answers), "")
        words = mail.text or mail.subject
        return [InboundEvent(kind=Kind.TEXT, text=words, attachments=tuple(attachments), reply_to=reply_to, **common)]

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """An answer in the thread; its Message-ID is ours, and bounces name it."""
        options: EmailOptions = account.options
        mail = writing.answer(
            outgoing, sender=options.address, name=options.name, signature=options.signature, at=tools.clock()
        )
        try:
            signed_on(account, tools, partial(mailbox.send, options, mail))
        except smtplib.SMTPRecipientsRefused as error:
            code, why = next(iter(error.recipients.values()), (550, b""))
            return _refused(code, why)
        except smtplib.SMTPAuthenticationError as error:
            return SendResult(SendState.FAILED, error=ACCOUNT_BROKEN, detail=str(error))
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        return SendResult(SendState.SENT, provider_id=str(mail["Message-ID"]))

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """From the mail as it was kept, by the part's place."""
        place, _, key = attachment.ref.partition("/")
        mail = _read(tools.kept(account, key) or b"")
        found = next((one for one in mail.files if str(one.place) == place), None)
        if found is None:
            raise Gone("the mail is not kept any more")
        if found.is_cut:
            raise TooLarge(f"the whole mail has {mail.whole_bytes} bytes; open it in the mailbox")
        return OutboundFile(
            kind=attachment.kind, name=found.name, content_type=found.content_type, content=found.content
        )

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether both servers take the account."""
        problems = []
        try:
            if account.options.arrives == "imap":
                signed_on(account, tools, partial(mailbox.after, account.options, ""))
        except mailbox.WrongPassword:
            problems.append("the IMAP server refuses user and password; many providers want an app password (授权码)")
        except Unreachable as error:
            problems.append(f"IMAP: {error}; is imap_host right?")
        try:
            signed_on(account, tools, partial(mailbox.signs_on, account.options))
        except mailbox.WrongPassword:
            problems.append("the SMTP server refuses user and password; many providers want an app password (授权码)")
        except Unreachable as error:
            problems.append(f"SMTP: {error}; are smtp_host and smtp_port right?")
        return problems


def signed_on(account: Account, tools: Tools, work: Callable[[str], T]) -> T:
    """``work`` with an access token, renewed once where the server refuses it; with "" where there is a password."""
    options: EmailOptions = account.options
    if not options.oauth_token:
        return work("")

    def tried(token: str) -> T:
        try:
            return work(token)
        except (mailbox.WrongPassword, smtplib.SMTPAuthenticationError) as error:
            raise TokenRefused(str(error)) from error

    return tools.with_token(account, partial(_fetch_token, account, tools), tried)


def _fetch_token(account: Account, tools: Tools) -> Token:
    """By the refresh token (RFC 6749, section 6)."""
    options: EmailOptions = account.options
    form = {"grant_type": "refresh_token", "client_id": options.oauth_client, "refresh_token": options.oauth_token}
    form |= {"client_secret": options.oauth_secret} if options.oauth_secret else {}
    answer = tools.ask(account, "POST", options.oauth_url, form=form)
    said = answer.json_object()
    value, lives_s = text(said.get("access_token")), integer(said.get("expires_in"))
    if not value:
        why = text(said.get("error_description")) or text(said.get("error")) or str(answer.status)
        raise no_token(answer, 0, f"oauth: {why}; let the mailbox's owner authorise the app again")
    return Token(value, float(lives_s or 3600))


def _read(raw: bytes) -> reading.Mail:
    """A large one beside the hub: taking it apart needs its time."""
    if len(raw) <= LARGE:
        return reading.read(raw)
    found: reading.Mail = gevent.get_hub().threadpool.apply(reading.read, (raw,))
    return found


def came_back(status: str) -> str:
    """What an enhanced status (RFC 3463) says of a mail that came back.

    >>> came_back("5.1.1"), came_back(""), came_back("5.7.1"), came_back("5.2.2")
    ('bad-address', 'bad-address', 'blocked', 'smtp-5.2.2')
    """
    if not status or status.startswith("5.1.") or status in ("5.2.1", "5.4.4"):
        return BAD_ADDRESS
    return BLOCKED if status.startswith("5.7.") else f"smtp-{status}"


def _proved(fields: Mapping[str, posted.Posted], key: str, at: float) -> str:
    """Mailgun: hex HMAC-SHA256 over timestamp and token, which is good for one mail. The proof."""
    names = ("timestamp", "token", "signature")
    stamp, token, given = (fields[name].content if name in fields else b"" for name in names)
    wanted = hmac.new(key.encode(), stamp + token, hashlib.sha256).hexdigest().encode()
    if not hmac.compare_digest(given, wanted):
        raise Forged("signature")
    instant = integer(stamp.decode("ascii", "replace"))
    if instant is None or abs(at - instant) > CLOCKS_S:
        raise Forged("too old, or from the future")
    return given.decode()


def _kind(content_type: str) -> str:
    family = content_type.partition("/")[0]
    return family if family in ("image", "audio", "video") else "file"


def _refused(code: int, why: bytes | str) -> SendResult:
    told = f"{code} {text(why.decode('utf-8', 'replace') if isinstance(why, bytes) else why)}"
    if not 400 <= code < 600:  # no SMTP at all: it may have been taken
        return SendResult(SendState.UNKNOWN, error="no-answer", detail=told)
    if code < 500:
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=60.0, detail=told)
    known = BAD_ADDRESS if code in (550, 551, 553) else f"smtp-{code}"
    return SendResult(SendState.FAILED, error=known, detail=told)
