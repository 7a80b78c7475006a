"""Mails of ours: an answer in the thread, the same Message-ID for the same message however often it is tried.

Owns: headers, parts. Pure. Not here: sending (``mailbox``).
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from ..channels.base import OutboundText

RE = ("re:", "回复:", "回复：", "答复:", "答复：")


def message_id(message: str, part: str, domain: str) -> str:
    """Ours, found again in bounces and answers."""
    kept = "".join(one for one in message if one.isascii() and (one.isalnum() or one in "-_."))
    return f"<zongji.{kept}.{part}@{domain}>"


def answer(outgoing: OutboundText, *, sender: str, name: str, signature: str, at: float) -> EmailMessage:
    """The mail that says it. ``last_facts`` are the contact's newest mail's subject and references."""
    domain = sender.rpartition("@")[2]
    told = outgoing.last_facts
    subject = str(told.get("subject", "")).strip() or str(outgoing.card.get("subject", "")) or name or sender
    own = " ".join(str(outgoing.template.get("subject", "")).split())
    mail = EmailMessage()
    mail["Subject"] = own or (subject if subject.lower().startswith(RE) or not told else f"Re: {subject}")
    mail["From"] = formataddr((name, sender))
    mail["To"] = outgoing.address
    mail["Date"] = format_datetime(datetime.fromtimestamp(at, UTC))
    mail["Message-ID"] = message_id(outgoing.message, outgoing.key, domain)
    if outgoing.is_automatic:  # RFC 3834: no machine may answer it
        mail["Auto-Submitted"] = "auto-replied"
        mail["X-Auto-Response-Suppress"] = "All"
    if outgoing.last_inbound.startswith("<"):
        mail["In-Reply-To"] = outgoing.last_inbound
        mail["References"] = " ".join([*list(told.get("references", []))[-10:], outgoing.last_inbound])
    words = outgoing.text + (f"\n\n-- \n{signature}" if signature else "")
    mail.set_content(words)
    for file in outgoing.files:
        kind, _, sub = file.content_type.partition("/")
        mail.add_attachment(
            file.content, maintype=kind or "application", subtype=sub or "octet-stream", filename=file.name or "file"
        )
    return mail
