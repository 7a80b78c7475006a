"""E-mail: a mailbox read by IMAP, answers by SMTP in the same thread.

Owns: what a mail means for a conversation: words, files, bounces, automatic answers that nobody must answer.
Not here: the bytes and the servers (``webhooks.mail``).

A sender proves nothing: ``From`` is never a reason to merge people.
"""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING, Any

from pydantic import Field

from eslapp.outside import Unreachable
from eslapp.store.inbox import RawEvent

from ..mail import mailbox, reading, writing
from .base import (
    ACCOUNT_BROKEN,
    BAD_ADDRESS,
    RATE_LIMITED,
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
from .reading import text

if TYPE_CHECKING:
    from ..provider_tools import Tools

UID = "x-zongji-uid"
HOST = r"^[A-Za-z0-9.:-]{1,253}$"


class EmailOptions(ChannelOptions):
    """The mailbox of the address that contacts write to."""

    SECRETS = frozenset({"password"})
    address: str = Field(pattern=r"^[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,190}$")
    name: str = ""
    signature: str = ""
    user: str = Field(min_length=1)
    password: str = Field(min_length=1)
    imap_host: str = Field(pattern=HOST)
    imap_port: int = Field(default=993, ge=1, le=65535)
    smtp_host: str = Field(pattern=HOST)
    smtp_port: int = Field(default=465, ge=1, le=65535)
    folder: str = "INBOX"
    every: int = Field(default=30, ge=2, le=3600)  # seconds between two looks


class Email(Channel):
    """One mailbox."""

    type = "email"
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
        text_cap=100_000, sends=frozenset({"image", "audio", "video", "file"}), pulls_every_s=30.0
    )
    example = Delivery(
        external_key="<1@customer.example>",
        address="ada@customer.example",
        body=b"From: Ada <ada@customer.example>\r\nTo: service@shop.example.com\r\nSubject: My order\r\n"
        b"Message-ID: <1@customer.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0800\r\n\r\nWhere is my order?\r\n",
    )

    def receive(self, request: Request, account: Account) -> Received:
        """Mails are fetched; nobody may deliver them here."""
        raise Forged("mails are fetched by IMAP")

    def pull(self, account: Account, tools: Tools, cursor: str, nudge: str = "") -> Page:
        """The next mails after the cursor."""
        found, following, has_more = mailbox.after(account.options, cursor)
        deliveries = []
        for uid, raw in found:
            mail = reading.read(raw)
            deliveries.append(Delivery(mail.key, mail.sender, raw, {UID: str(uid)}))
        return Page(tuple(deliveries), following, has_more)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """A message, a bounce of ours, or a machine's note."""
        mail = reading.read(raw.body)
        if mail.bounced:
            return [
                InboundEvent(
                    kind=Kind.RECEIPT,
                    address=raw.address,
                    provider_id=one,
                    receipt="failed",
                    error=BAD_ADDRESS,
                )
                for one in mail.bounced
            ]
        common: dict[str, Any] = {"address": mail.sender, "name": mail.name, "at": mail.at, "provider_id": mail.key}
        common["claims"] = (("email", mail.sender),)
        if not mail.sender or mail.sender == account.options.address.lower():
            return [InboundEvent(kind=Kind.UNKNOWN, address="")]
        if mail.is_automatic:
            told = (mail.subject or "automatic")[:200]
            return [InboundEvent(kind=Kind.EVENT, event="automatic", text=told, **common)]
        uid = raw.headers.get(UID, "")
        thread = {"subject": mail.subject, "references": list(mail.answers[:10])}
        attachments = [Attachment(kind="mail", name=mail.subject, facts=thread)]
        attachments += [
            Attachment(
                kind=_kind(one.content_type), ref=f"{uid}/{one.place}", name=one.name, content_type=one.content_type
            )
            for one in mail.files
            if uid
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
            mailbox.send(options, mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, why = next(iter(error.recipients.values()), (550, b""))
            return _refused(code, why)
        except smtplib.SMTPAuthenticationError as error:
            return SendResult(SendState.FAILED, error=ACCOUNT_BROKEN, detail=str(error))
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        return SendResult(SendState.SENT, provider_id=str(mail["Message-ID"]))

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """From the mailbox again, by UID and part."""
        uid, _, place = attachment.ref.partition("/")
        try:
            mail = reading.read(mailbox.one(account.options, int(uid)))
            found = next((one for one in mail.files if str(one.place) == place), None)
        except (ValueError, mailbox.WrongPassword) as error:
            raise LookupError(str(error)) from error
        if found is None:
            raise LookupError("the mail is not in the mailbox any more")
        return OutboundFile(
            kind=attachment.kind, name=found.name, content_type=found.content_type, content=found.content
        )

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether both servers take the account."""
        problems = []
        try:
            mailbox.after(account.options, "")
        except mailbox.WrongPassword:
            problems.append("the IMAP server refuses user and password; many providers want an app password (授权码)")
        except Unreachable as error:
            problems.append(f"IMAP: {error}; is imap_host right?")
        return problems


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
