"""From the bytes of a mail to what a person said: words without quotes, attachments, thread, or a machine's note.

Owns: ``read``. Pure. Mails are hostile input: whatever the bytes are, a ``Mail`` comes back. Sources: RFC 5322,
RFC 3464 (bounces), RFC 3834 (automatic answers). Not here: fetching (``mailbox``), what becomes of it
(``channels.email``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

CHARSETS = ("utf-8", "gb18030", "big5", "latin-1")
LONGEST = 20_000  # characters of words
PARTS = 100
FILES = 20
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
WROTE = re.compile(
    r"(?m)^(?:在.{0,80}写道[：:]|.{0,80}于.{0,60}写道[：:]|-{2,}\s*(?:原始邮件|Original Message)\s*-{2,}).*$"
)
LISTS = ("list-id", "list-unsubscribe")
BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote", "table"})
UNSEEN = frozenset({"script", "style", "head", "title"})


@dataclass(frozen=True, slots=True)
class MailFile:
    """An attachment; ``place`` counts the parts of the mail."""

    place: int
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What a mail says. ``key`` is its Message-ID, or a digest where it has none (such mails exist)."""

    key: str
    sender: str
    name: str
    subject: str
    text: str
    at: float | None
    answers: tuple[str, ...]  # In-Reply-To and References, the nearest first
    files: tuple[MailFile, ...]
    is_automatic: bool  # never answer these automatically: two machines would talk for ever
    bounced: tuple[str, ...] = ()  # Message-IDs of ours that could not be delivered
    bounce_reason: str = ""


def read(raw: bytes) -> Mail:
    """Any bytes."""
    try:
        message = message_from_bytes(raw, policy=policy.default)
    except Exception:  # the library's parser raises many things for broken headers
        message = message_from_bytes(b"", policy=policy.default)
    name, sender = _address(message, "From")
    parts = list(_leaves(message))
    bounced, reason = _bounce(message)
    return Mail(
        key=next(iter(_ids(message, "Message-ID")), "") or _digest(message, raw),
        sender=sender,
        name=name,
        subject=_header(message, "Subject")[:300],
        text=fresh(_words(parts))[:LONGEST],
        at=_instant(_header(message, "Date")),
        answers=tuple(dict.fromkeys([*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))])),
        files=tuple(_files(parts)),
        is_automatic=_is_automatic(message),
        bounced=bounced,
        bounce_reason=reason,
    )


def fresh(text: str) -> str:
    """The words without the quoted mail they answer, unless nothing would be left.

    >>> fresh("Thank you!\\n\\nOn Mon, 1 Nov 2026, Shop <a@b.example> wrote:\\n> old words")
    'Thank you!'
    >>> fresh("谢谢\\n\\n在 2026年11月1日，客服 <a@b.example> 写道：\\n> 旧内容")
    '谢谢'
    """
    cut = WROTE.search(text)
    head = text[: cut.start()] if cut else text
    try:
        head = str(EmailReplyParser(languages=["en", "zh"]).parse_reply(text=head[:LONGEST]) or "")
    except Exception:  # a guess about other people's habits must not lose a mail
        head = ""
    return head.strip() or text.strip()


def _header(message: Message, name: str) -> str:
    try:
        value = str(message.get(name, "") or "")
    except Exception:  # broken encodings of hostile headers
        return ""
    return " ".join(value.replace("\x00", "").split())


def _address(message: Message, name: str) -> tuple[str, str]:
    pairs = getaddresses([_header(message, name)])
    found = next(((name, address) for name, address in pairs if "@" in address), ("", ""))
    return found[0][:80], found[1].strip().lower()[:254]


def _ids(message: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(_header(message, name))[:50]


def _digest(message: Message, raw: bytes) -> str:
    named = "|".join(_header(message, name) for name in ("Date", "From", "To", "Subject"))
    return hashlib.sha256(named.encode("utf-8", "replace") + raw[-4096:]).hexdigest()


def _instant(written: str) -> float | None:
    try:
        return parsedate_to_datetime(written).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _leaves(message: Message) -> Iterator[tuple[int, Message]]:
    for place, part in enumerate(message.walk()):
        if place >= PARTS:
            return
        if not part.is_multipart():
            yield place, part


def _content(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except Exception:  # unknown transfer encodings
        return b""
    return found if isinstance(found, bytes) else b""


def _decoded(part: Message) -> str:
    content = _content(part)
    claimed = part.get_content_charset() or ""
    for charset in (claimed, *CHARSETS):
        try:
            return content.decode("gb18030" if charset in ("gb2312", "gbk") else charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return content.decode("utf-8", "replace")


def _is_file(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() not in ("text", "message")


def _words(parts: list[tuple[int, Message]]) -> str:
    texts = [part for _, part in parts if part.get_content_type() == "text/plain" and not _is_file(part)]
    if texts:
        return "\n".join(_decoded(part) for part in texts)
    pages = [part for _, part in parts if part.get_content_type() == "text/html" and not _is_file(part)]
    return "\n".join(seen(_decoded(part)) for part in pages)


def seen(page: str) -> str:
    """The words of an HTML page, as text.

    >>> seen("<p>Hello <b>you</b></p><script>x()</script><div>second&nbsp;line</div>")
    'Hello you\\nsecond line'
    """
    reader = _Page()
    try:
        reader.feed(page[: 20 * LONGEST])
        reader.close()
    except Exception:  # broken markup
        pass
    lines = (" ".join(line.split()) for line in "".join(reader.words).replace("\xa0", " ").splitlines())
    return "\n".join(line for line in lines if line)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in UNSEEN
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in UNSEEN))
        if tag in BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.words.append(data)


def _files(parts: list[tuple[int, Message]]) -> Iterator[MailFile]:
    found = [(place, part) for place, part in parts if _is_file(part) and part.get_content_maintype() != "multipart"]
    for place, part in found[:FILES]:
        try:
            name = part.get_filename() or ""
        except Exception:  # broken encodings of hostile names
            name = ""
        plain = "".join(one for one in name if one.isprintable()).replace("/", "_").replace("\\", "_")
        yield MailFile(place, plain[-120:], part.get_content_type(), _content(part))


def _is_automatic(message: Message) -> bool:
    submitted = _header(message, "Auto-Submitted").lower()
    return (
        submitted not in ("", "no")
        or _header(message, "Precedence").lower() in BULK
        or bool(_header(message, "X-Auto-Response-Suppress"))
        or any(_header(message, name) for name in LISTS)
        or _header(message, "Return-Path") == "<>"
        or message.get_content_type() == "multipart/report"
    )


def _bounce(message: Message) -> tuple[tuple[str, ...], str]:
    if message.get_content_type() != "multipart/report" or not isinstance(message, EmailMessage):
        return (), ""
    ids: list[str] = []
    reason = ""
    for part in list(message.walk())[:PARTS]:
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            text = part.as_string()
            is_final = re.search(r"(?im)^Action:\s*failed", text)
            if not is_final:
                return (), ""  # delayed: not yet a failure
            found = re.search(r"(?im)^Status:\s*([0-9.]+)", text)
            reason = found[1] if found else "bounced"
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            ids += MESSAGE_ID.findall("".join(re.findall(r"(?im)^Message-ID:.*", part.as_string())))
    return tuple(dict.fromkeys(ids)), reason
