"""From the bytes of a mail to what a person said: words without quotes, attachments, thread, or a machine's note.

Owns: ``read``. Pure. Mails are hostile input: whatever the bytes are, a ``Mail`` comes back. Sources: RFC 5322,
RFC 2045 to 2047, RFC 2231. Not here: charsets (``charsets``), what machines wrote (``machines``), fetching
(``mailbox``), what becomes of it (``channels.email``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser

from mailparser_reply import EmailReplyParser

from ..channels.reading import integer, text, within
from . import charsets, machines, tnef

CUT = "X-Zongji-Cut"  # how large the mail was of which the beginning is kept
LONGEST_PAGE = 2_000_000  # characters that are read at all
GUESSED = 20_000  # characters that are searched for an older mail that is quoted
PARTS = 100
FILES = 20
MESSAGE_ID = re.compile(r"<[^<>\s]{1,250}>")
WROTE = re.compile(
    r"(?m)^(?:在.{0,80}写道[：:]|.{0,80}于.{0,60}写道[：:]|-{2,}\s*(?:原始邮件|Original Message)\s*-{2,}).*$"
)
WORDS = frozenset({"text/plain", "text/html"})
REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "message/feedback-report"})
WRAPPED = "message/rfc822"
BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "blockquote", "table"})
UNSEEN = frozenset({"script", "style", "head", "title"})


@dataclass(frozen=True, slots=True)
class MailFile:
    """An attachment; ``place`` counts the parts of the mail."""

    place: int
    name: str
    content_type: str
    content: bytes
    is_cut: bool = False  # the mail was larger than we keep, and this is where it ends


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
    is_automatic: bool  # a machine wrote it: two would talk for ever
    people_only: str = ""  # why no machine may answer it (``machines.people_only``), whoever wrote it
    whole_bytes: int = 0  # of a mail of which only the beginning is kept; 0: it is whole
    bounced: tuple[str, ...] = ()  # Message-IDs of ours that could not be delivered
    bounce_status: str = ""  # RFC 3463: "5.1.1"; "" where the report tells none


def read(raw: bytes) -> Mail:
    """Any bytes."""
    message = _parsed(raw)
    name, sender = _sender(message)
    parts = list(_leaves(message))
    files = tuple(_files(parts))
    whole = integer(_raw(message, CUT).strip()) or 0
    bounced, status = machines.bounce(message, _header, sender)
    wrote = _address(message, "From")[1] or sender
    return Mail(
        key=next(iter(_ids(message, "Message-ID")), "") or _digest(message, raw),
        sender=sender,
        name=name,
        subject=_header(message, "Subject")[:300],
        text=within(fresh(_words(parts))),
        at=_instant(_header(message, "Date")),
        answers=tuple(dict.fromkeys([*_ids(message, "In-Reply-To"), *reversed(_ids(message, "References"))])),
        files=files if not whole or not files else (*files[:-1], replace(files[-1], is_cut=True)),
        is_automatic=machines.is_automatic(message, _header, wrote),
        people_only=machines.people_only(message, _header, wrote) or machines.people_only(message, _header, sender),
        whole_bytes=whole,
        bounced=bounced,
        bounce_status=status,
    )


class _AsItCame(Compat32):
    """Headers with their raw bytes, which the library would replace."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        return value


AS_IT_CAME = _AsItCame()


def _parsed(raw: bytes) -> Message:
    """Of a mail that is nothing but wrappings, or that the library cannot take apart, only the headers."""
    if raw.lower().count(b"multipart/") <= PARTS:
        try:
            return message_from_bytes(raw, policy=AS_IT_CAME)
        except Exception:  # it raises many things for broken parts
            pass
    return BytesHeaderParser(policy=AS_IT_CAME).parsebytes(raw)


def beginning(raw: bytes, whole: int, most: int) -> bytes:
    """So much of a mail that is too large to keep, saying so itself."""
    return f"{CUT}: {whole}\r\n".encode() + raw[:most]


def fresh(text: str) -> str:
    """The words without the quoted mail they answer, unless nothing would be left.

    >>> fresh("Thank you!\\n\\nOn Mon, 1 Nov 2026, Shop <a@b.example> wrote:\\n> old words")
    'Thank you!'
    >>> fresh("谢谢\\n\\n在 2026年11月1日，客服 <a@b.example> 写道：\\n> 旧内容")
    '谢谢'
    """
    cut = WROTE.search(text)
    head = text[: cut.start()] if cut else text
    if len(head) > GUESSED:
        return head.strip()
    try:
        head = str(EmailReplyParser(languages=["en", "zh"]).parse_reply(text=head) or "")
    except Exception:  # a guess about other people's habits must not lose a mail
        head = ""
    return head.strip() or text.strip()


def _raw(message: Message, name: str) -> str:
    """The header as it came: bytes beyond ASCII are lone surrogates."""
    wanted = name.lower()
    return next((str(value) for given, value in message.raw_items() if given.lower() == wanted), "")


def _header(message: Message, name: str) -> str:
    return charsets.header(_raw(message, name).replace("\x00", ""))


def _sender(message: Message) -> tuple[str, str]:
    """Whom an answer goes to: ``Reply-To`` where there is one (forms of web sites write in others' names)."""
    name, address = _address(message, "Reply-To")
    own_name, own = _address(message, "From")
    return (name or own_name, address) if address else (own_name, own)


def _address(message: Message, name: str) -> tuple[str, str]:
    """The first address; its structure is read before the words in it are decoded."""
    written = _raw(message, name).replace("\r", " ").replace("\n", " ")
    for given in (written, _header(message, name)):
        pairs = getaddresses([given])
        found = next(((label, address) for label, address in pairs if "@" in address), None)
        if found is not None:
            address = charsets.header(found[1])
            return charsets.header(found[0])[:80], "".join(address.split()).lower()[:254]
    return "", ""


def _ids(message: Message, name: str) -> list[str]:
    return MESSAGE_ID.findall(_raw(message, name))[:50]


def _digest(message: Message, raw: bytes) -> str:
    named = "|".join(_header(message, name) for name in ("Date", "From", "To", "Subject"))
    return hashlib.sha256(named.encode("utf-8", "replace") + raw[-4096:]).hexdigest()


def _instant(written: str) -> float | None:
    try:
        found = parsedate_to_datetime(written)
        return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def _leaves(message: Message) -> Iterator[tuple[int, Message]]:
    """The parts that hold something, with their places; a mail within the mail is one of them."""
    waiting, place = [message], 0
    while waiting and place < PARTS:
        part = waiting.pop(0)
        inner = part.get_payload()
        if part.get_content_type() != WRAPPED and part.is_multipart() and isinstance(inner, list):
            waiting[:0] = [one for one in inner if isinstance(one, Message)]
        else:
            yield place, part
        place += 1


def _content(part: Message) -> bytes:
    try:
        if part.is_multipart():
            return b"".join(one.as_bytes() for one in part.get_payload() if isinstance(one, Message))
        found = part.get_payload(decode=True)
    except Exception:  # unknown transfer encodings, mails that cannot be written again
        return b""
    return found if isinstance(found, bytes) else b""


def _decoded(part: Message) -> str:
    claimed = part.get_param("charset", "")
    named = str(claimed[2] if isinstance(claimed, tuple) else claimed)
    return charsets.decoded(_content(part), named)


def _is_file(part: Message) -> bool:
    """All but the words and a report's own parts; words are a file, too, where they have a name."""
    if part.get_content_type() in REPORTS:
        return False
    is_said = part.get_content_type() in WORDS and part.get_content_disposition() != "attachment"
    return not is_said or bool(_name(part))


def _words(parts: list[tuple[int, Message]]) -> str:
    """The plain words; the page's, where there are none."""
    texts = [part for _, part in parts if part.get_content_type() == "text/plain" and not _is_file(part)]
    plain = "\n".join(_clean(_decoded(part)) for part in texts)
    if plain.strip():
        return plain
    pages = [part for _, part in parts if part.get_content_type() == "text/html" and not _is_file(part)]
    return "\n".join(_clean(seen(_decoded(part))) for part in pages)


def _clean(words: str) -> str:
    """What can be stored and shown: see ``reading.text`` of the channels, which has no such length."""
    return "\n".join(text(line) for line in words.replace("\r\n", "\n").replace("\r", "\n")[:LONGEST_PAGE].split("\n"))


def seen(page: str) -> str:
    """The words of an HTML page, as text.

    >>> seen("<p>Hello <b>you</b></p><script>x()</script><div>second&nbsp;line</div>")
    'Hello you\\nsecond line'
    """
    reader = _Page()
    try:
        reader.feed(page[:LONGEST_PAGE])
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
    found = [(place, part) for place, part in parts if _is_file(part)]
    for place, part in found[:FILES]:
        content, name, kind = _content(part), _name(part), part.get_content_type()
        inside = tnef.files_of(content) if kind.endswith("ms-tnef") or name.lower() == "winmail.dat" else []
        for number, (inner, inner_content) in enumerate(inside):
            yield MailFile(place * PARTS + number + PARTS, _safe(inner), "application/octet-stream", inner_content)
        if not inside:
            yield MailFile(place, name or _usual_name(part), kind, content)


def _usual_name(part: Message) -> str:
    """Of a mail that was put into this one: its subject."""
    inner = part.get_payload()
    if part.get_content_type() == WRAPPED and isinstance(inner, list) and inner and isinstance(inner[0], Message):
        return _safe(f"{_header(inner[0], 'Subject')[:80] or 'mail'}.eml")
    return ""


def _name(part: Message) -> str:
    """As RFC 2231 has it, as an encoded word in quotes, or as raw bytes."""
    for header, param in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            found = part.get_param(param, None, header)
        except Exception:  # broken encodings of hostile names
            continue
        if isinstance(found, tuple):
            return _safe(charsets.decoded(found[2].encode("latin-1", "surrogateescape"), found[0] or ""))
        if found:
            return _safe(charsets.header(str(found)))
    return ""


def _safe(name: str) -> str:
    return text(name).replace("/", "_").replace("\\", "_").replace("\n", " ")[-120:]
