"""The two servers of a mail account: IMAP for what arrives, SMTP for what goes out.

Owns: connections with deadlines, reading by UID without marking anything, and whether a failed send may have arrived.
Not here: what a mail says (``reading``), how one is written (``writing``).

The cursor is ``UIDVALIDITY:UID``: a server that renumbers is read anew, and the mails' own ids absorb the repeats.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from imaplib import IMAP4
from typing import Any

from imap_tools import MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from eslapp.outside import Unreachable

from ..channels.access import NoToken
from .reading import beginning

WITHIN_S = 20.0
PAGE = 20
LARGEST = 25 * 1024 * 1024  # bytes of a mail that is kept whole
KEPT_OF_LARGER = 1024 * 1024
LOOPBACK = ("127.0.0.1", "::1", "localhost")


class WrongPassword(NoToken):
    """The server does not take the account's user and password."""


@contextmanager
def opened(options: Any, token: str) -> Iterator[Any]:
    """The inbox, read only. Plain connections only to this machine. ``token``: of OAuth, "" for the password."""
    try:
        if options.imap_host in LOOPBACK:
            box: Any = MailBoxUnencrypted(options.imap_host, options.imap_port, timeout=WITHIN_S)
        else:
            box = MailBox(options.imap_host, options.imap_port, timeout=WITHIN_S)
    except (OSError, IMAP4.error, ssl.SSLError) as error:
        raise Unreachable(f"{options.imap_host}: {error}", may_have_arrived=False) from error
    try:
        if token:
            box.xoauth2(options.user, token, initial_folder=None)
        else:
            box.login(options.user, options.password, initial_folder=None)
        box.folder.set(options.folder, readonly=True)
        yield box
    except (ImapToolsError, IMAP4.error) as error:
        if "login" in type(error).__name__.lower():
            raise WrongPassword(str(error)) from error
        raise Unreachable(f"{options.imap_host}: {error}", may_have_arrived=True) from error
    except OSError as error:
        raise Unreachable(f"{options.imap_host}: {error}", may_have_arrived=True) from error
    finally:
        with suppress(Exception):  # the server may be gone already
            box.client.logout()


def after(options: Any, cursor: str, token: str = "") -> tuple[list[bytes], str, bool]:
    """``mails, new cursor, whether there is more``. The first time: only what comes from now on."""
    with opened(options, token) as box:
        status = box.folder.status(options.folder, ["UIDVALIDITY", "UIDNEXT"])
        validity, following = str(status["UIDVALIDITY"]), int(status["UIDNEXT"])
        known, _, last = cursor.partition(":")
        if not cursor:
            return [], f"{validity}:{following - 1}", False
        begun = int(last) if known == validity and last.isdigit() else 0
        uids = sorted(int(uid) for uid in box.uids(f"UID {begun + 1}:*") if int(uid) > begun)
        page = uids[:PAGE]
        found = [fetch(box, uid) for uid in page]
        newest = page[-1] if page else max(begun, following - 1 if known != validity else begun)
        return found, f"{validity}:{newest}", len(uids) > len(page)


def fetch(box: Any, uid: int) -> bytes:
    """The whole mail, not marked as seen; of one that is too large the beginning, where its words are."""
    kind, answer = box.client.uid("FETCH", str(uid), f"(RFC822.SIZE BODY.PEEK[]<0.{LARGEST + 1}>)")
    if kind != "OK":
        raise Unreachable(f"FETCH {uid}: {kind}", may_have_arrived=True)
    told, raw = next(((part[0], part[1]) for part in answer if isinstance(part, tuple)), (b"", b""))
    if len(raw) <= LARGEST:
        return bytes(raw)
    size = re.search(rb"RFC822\.SIZE (\d+)", told)
    return beginning(raw, int(size[1]) if size else len(raw), KEPT_OF_LARGER)


def send(options: Any, message: EmailMessage, token: str = "") -> None:
    """Hand it to the mail server. ``Unreachable`` says whether it may have been taken; refusals are smtplib's own."""
    is_begun = False
    try:
        with _connected(options, token) as server:
            is_begun = True
            server.send_message(message)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException):
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{options.smtp_host}: {error}", may_have_arrived=is_begun) from error


def signs_on(options: Any, token: str = "") -> None:
    """Whether the mail server takes the account: ``WrongPassword`` or ``Unreachable`` where it does not."""
    try:
        _connected(options, token).close()
    except smtplib.SMTPAuthenticationError as error:
        raise WrongPassword(str(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"{options.smtp_host}: {error}", may_have_arrived=False) from error


def _connected(options: Any, token: str) -> smtplib.SMTP:
    if options.smtp_port == 465:
        server: smtplib.SMTP = smtplib.SMTP_SSL(options.smtp_host, options.smtp_port, timeout=WITHIN_S)
    else:
        server = smtplib.SMTP(options.smtp_host, options.smtp_port, timeout=WITHIN_S)
        if options.smtp_host not in LOOPBACK:
            server.starttls(context=ssl.create_default_context())
    try:
        if token:
            server.ehlo_or_helo_if_needed()
            server.auth("XOAUTH2", _bearer(options.user, token))
        else:
            server.login(options.user, options.password)
    except smtplib.SMTPAuthenticationError:
        server.close()
        raise
    except smtplib.SMTPException:
        if options.smtp_host not in LOOPBACK:
            server.close()
            raise
    return server


def _bearer(user: str, token: str) -> Callable[[bytes | None], str]:
    """What smtplib sends for XOAUTH2; to a refusal, which comes as a challenge, nothing."""
    return lambda challenge=None: "" if challenge else f"user={user}\x01auth=Bearer {token}\x01\x01"
