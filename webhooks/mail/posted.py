"""Mails that a mail provider posts to our hook instead of keeping them for IMAP: Mailgun's routes, SendGrid's Inbound
Parse. Whole (``body-mime``, ``email``) or taken apart: then they are put together again, so that one reader reads all.

Owns: ``fields_of`` a form, ``mail_of`` them. Pure. Sources: documentation.mailgun.com (routes), docs.sendgrid.com
(setting up the inbound parse webhook). Not here: who may post (``channels.email``), what a mail says (``reading``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from typing import Any
from urllib.parse import parse_qsl

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from . import charsets

MOST_FIELDS = 200
WHOLE = ("body-mime", "email")
WORDS = (("plain", ("body-plain", "text")), ("html", ("body-html", "html")))
OURS = frozenset({"content-type", "content-transfer-encoding", "mime-version", "content-disposition", "content-id"})


@dataclass(frozen=True, slots=True)
class Posted:
    """One field of the form, its bytes as they came."""

    content: bytes
    filename: str = ""
    content_type: str = ""


def fields_of(body: bytes, content_type: str) -> dict[str, Posted]:
    """The fields by name; what is no form has none."""
    kind, options = parse_options_header(content_type)
    if kind == "application/x-www-form-urlencoded":
        try:
            pairs = parse_qsl(body.decode("latin-1"), True, encoding="latin-1", max_num_fields=MOST_FIELDS)
        except ValueError:
            return {}
        return {name: Posted(value.encode("latin-1", "replace")) for name, value in pairs}
    if kind != "multipart/form-data" or not options.get("boundary"):
        return {}
    try:
        return dict(_parts(body, options["boundary"]))
    except (ValueError, LookupError):
        return {}


def _parts(body: bytes, boundary: str) -> Iterator[tuple[str, Posted]]:
    decoder = MultipartDecoder(boundary.encode("ascii", "replace"), max_parts=MOST_FIELDS)
    decoder.receive_data(body)
    decoder.receive_data(None)
    begun: Field | File | None = None
    content = bytearray()
    while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
        if isinstance(event, Field | File):
            begun, content = event, bytearray()
        elif isinstance(event, Data):
            content += event.data
            if begun is not None and not event.more_data:
                name = begun.filename or "" if isinstance(begun, File) else ""
                yield begun.name, Posted(bytes(content), name, begun.headers.get("content-type", ""))


def mail_of(fields: dict[str, Posted]) -> bytes:
    """The mail; b"" where the form is none."""
    for name in WHOLE:
        if name in fields:
            return fields[name].content
    headers = list(_headers(fields))
    if not headers:
        return b""
    written = _charsets(fields)
    mail = MIMEMultipart("mixed")
    said = MIMEMultipart("alternative")
    for kind, names in WORDS:
        found = next((name for name in names if name in fields), "")
        if found:
            words = charsets.decoded(fields[found].content, written.get(found, "utf-8"))
            said.attach(MIMEText(words, kind, "utf-8"))
    mail.attach(said)
    for one in fields.values():
        if one.filename:
            part = MIMEApplication(one.content)
            part.replace_header("Content-Type", one.content_type.split(";")[0].strip() or "application/octet-stream")
            part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", one.filename))
            mail.attach(part)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return lines.encode("utf-8", "surrogateescape") + mail.as_bytes()


def _headers(fields: dict[str, Posted]) -> Iterator[tuple[str, str]]:
    """Of the mail, each on one line, without those that tell how it was packed."""
    for name, value in _listed(fields):
        plain = " ".join(str(value).split())
        if name.lower() not in OURS and name and all(33 <= ord(one) < 127 and one != ":" for one in name):
            yield name, plain


def _listed(fields: dict[str, Posted]) -> Iterator[tuple[str, Any]]:
    if "message-headers" in fields:  # Mailgun: a list of pairs
        try:
            pairs = json.loads(fields["message-headers"].content)
        except (ValueError, RecursionError):
            pairs = []
        for pair in pairs if isinstance(pairs, list) else []:
            if isinstance(pair, list) and len(pair) == 2:
                yield str(pair[0]), pair[1]
    elif "headers" in fields:  # SendGrid: as they stood in the mail
        block = charsets.decoded(fields["headers"].content, "utf-8").replace("\r\n", "\n")
        for line in block.replace("\n ", " ").replace("\n\t", " ").split("\n"):
            name, colon, value = line.partition(":")
            if colon:
                yield name.strip(), value.strip()


def _charsets(fields: dict[str, Posted]) -> dict[str, str]:
    """SendGrid tells the charset of each field."""
    try:
        told = json.loads(fields["charsets"].content) if "charsets" in fields else {}
    except (ValueError, RecursionError):
        told = {}
    return {str(name): str(one) for name, one in told.items()} if isinstance(told, dict) else {}
