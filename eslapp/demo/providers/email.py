"""A mail provider: an IMAP server and an SMTP server for one mailbox, as RFC 3501 and RFC 5321 have them.

Owns: the commands that a careful client uses, on plain loopback sockets; refusals on demand.
"""

from __future__ import annotations

import base64
import json
import re
import socketserver
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl

from .base import PNG, SLOW_S, Call, Fault, Provider, Reply, Shown, Signed

REFRESH = "refresh-token-1"
ADDRESS, PASSWORD, VALIDITY = "service@shop.example.com", "mailbox-password", 1700000000
REFUSALS = {Fault.REFUSE: "451 try again later", Fault.RATE: "452 too many messages", Fault.BLOCKED: "550 no such user"}


class EmailFake(Provider):
    """``box`` holds the mails by UID from 1 on."""

    type = "email"
    address = "ada@customer.example"
    can_picture = True

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.box: list[bytes] = []
        self.keys: set[str] = set()
        self.access = ""  # the access token of OAuth that is good now
        self.mails: list[bytes] = []  # ours, as they were handed over
        self.imap = _serve(self, _Imap)
        self.smtp = _serve(self, _Smtp)

    def close(self) -> None:
        super().close()
        for server in (self.imap, self.smtp):
            server.shutdown()
            server.server_close()

    def options(self) -> dict[str, Any]:
        return {
            "address": ADDRESS,
            "name": "晨光电器",
            "user": ADDRESS,
            "password": "$(env.MAIL_PASSWORD)",
            "imap_host": "127.0.0.1",
            "imap_port": self.imap.server_address[1],
            "smtp_host": "127.0.0.1",
            "smtp_port": self.smtp.server_address[1],
        }

    def secrets(self) -> dict[str, str]:
        return {"MAIL_PASSWORD": PASSWORD}

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None, **headers: str) -> Signed:
        """``headers``: more of them, ``List_Id`` for ``List-Id``."""
        mail = self._mail(address, number, at)
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text, cte="base64")
        return self._arrives(mail)

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        mail = self._mail(address, number, None)
        mail.set_content("look")
        mail.add_attachment(PNG, maintype="image", subtype="png", filename="broken.png")
        return self._arrives(mail)

    def unknown(self, *, number: int = 0) -> Signed:
        mail = self._mail("", number, None)
        mail["Auto-Submitted"] = "auto-replied"
        mail.set_content("I am on holiday")
        return self._arrives(mail)

    def bounce(self, message_id: str) -> Signed:
        """A report that a mail of ours could not be delivered."""
        raw = (
            "From: MAILER-DAEMON@mx.example\r\nTo: " + ADDRESS + "\r\nSubject: Undelivered\r\n"
            f"Message-ID: <bounce{len(self.box)}@mx.example>\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\nno such user\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822; {self.address}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n--b--\r\n"
        )
        self.box.append(raw.encode())
        return Signed(b"", method="PULL")

    def _mail(self, address: str, number: int, at: float | None) -> EmailMessage:
        mail = EmailMessage()
        mail["From"] = f"Ada <{address or self.address}>"
        mail["To"] = ADDRESS
        mail["Subject"] = "My order 我的订单"
        mail["Date"] = format_datetime(datetime.fromtimestamp((at or self.clock()) + number, UTC))
        mail["Message-ID"] = f"<{number}@customer.example>"
        return mail

    def _arrives(self, mail: EmailMessage) -> Signed:
        with self.lock:
            if mail["Message-ID"] not in self.keys:
                self.keys.add(mail["Message-ID"])
                self.box.append(mail.as_bytes(policy=policy.SMTP))
        return Signed(b"", method="PULL")

    def api(self, call: Call, fault: Fault | None) -> Reply:
        """Where access tokens are given for the refresh token."""
        form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        if call.path != "/token" or form.get("refresh_token") != REFRESH:
            return Reply(400, b'{"error": "invalid_grant", "error_description": "Token has been revoked."}')
        self.access = f"access-{len(self.calls)}"
        return Reply(200, json.dumps({"access_token": self.access, "expires_in": 3600}).encode())

    def is_bearer(self, given: bytes) -> bool:
        """Whether a line of XOAUTH2 brings the access token that is good now."""
        wanted = f"user={ADDRESS}\x01auth=Bearer {self.access}\x01\x01"
        return bool(self.access) and base64.b64decode(given) == wanted.encode()

    def fault(self) -> Fault | None:
        """The fault that is due for the next mail."""
        with self.lock:
            return self.faults.pop(0) if self.faults else None

    def taken(self, raw: bytes) -> None:
        """A mail of ours, as its reader sees it."""
        self.mails.append(raw)
        mail = message_from_bytes(raw, policy=policy.default)
        body = mail.get_body(("plain",))
        words = body.get_content().strip() if body is not None else ""
        self.shown.append(Shown(str(mail["To"]), words))


def _serve(provider: EmailFake, handler: Any) -> socketserver.ThreadingTCPServer:
    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    server = Server(("127.0.0.1", 0), type("Handler", (handler,), {"provider": provider}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


class _Imap(socketserver.StreamRequestHandler):
    provider: EmailFake

    def handle(self) -> None:
        self._say(b"* OK IMAP4rev1 ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            command = rest.upper()
            if command.startswith("UID FETCH"):
                self._fetch(int(rest.split()[2]), rest)
            elif command.startswith("UID SEARCH"):
                self._search(rest)
            elif command.startswith(("AUTHENTICATE XOAUTH2", "LOGIN")) and not self._is_let_in(rest):
                self._say(f"{tag} NO [AUTHENTICATIONFAILED] wrong".encode())
                continue
            elif command.startswith("STATUS"):
                size = len(self.provider.box)
                self._say(f'* STATUS "INBOX" (UIDVALIDITY {VALIDITY} UIDNEXT {size + 1})'.encode())
            elif command.startswith("CAPABILITY"):
                self._say(b"* CAPABILITY IMAP4rev1")
            elif command.startswith(("EXAMINE", "SELECT")):
                self._say(f"* {len(self.provider.box)} EXISTS".encode())
            self._say(f"{tag} OK done".encode())
            if command.startswith("LOGOUT"):
                return

    def _is_let_in(self, rest: str) -> bool:
        if rest.upper().startswith("LOGIN"):
            return PASSWORD in rest
        self._say(b"+ ")
        return self.provider.is_bearer(self.rfile.readline())

    def _search(self, rest: str) -> None:
        found = re.search(r"UID (\d+):\*", rest)
        begun = int(found[1]) if found else 1
        uids = [uid for uid in range(1, len(self.provider.box) + 1) if uid >= begun]
        self._say(("* SEARCH " + " ".join(map(str, uids or [len(self.provider.box)]))).encode())

    def _fetch(self, uid: int, rest: str) -> None:
        raw = self.provider.box[uid - 1] if 0 < uid <= len(self.provider.box) else b""
        size = len(raw)
        partial = re.search(r"<0\.(\d+)>", rest)
        if partial:
            raw = raw[: int(partial[1])]
        told = f"* {uid} FETCH (UID {uid} RFC822.SIZE {size} BODY[]<0> {{{len(raw)}}}"
        self._say(told.encode() + b"\r\n" + raw + b")")

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


class _Smtp(socketserver.StreamRequestHandler):
    provider: EmailFake

    def handle(self) -> None:
        self._say("220 mx.example ESMTP")
        fault: Fault | None = None
        while line := self.rfile.readline():
            command = line.decode("utf-8", "replace").strip().upper()
            if command.startswith("EHLO"):
                self._say("250-mx.example")
                self._say("250 AUTH PLAIN LOGIN XOAUTH2")
            elif command.startswith("AUTH"):
                self._say("235 welcome" if self._is_right(line) else "535 5.7.8 authentication failed")
            elif command.startswith("RCPT"):
                fault = self.provider.fault()
                self._say(REFUSALS.get(fault, "250 ok") if fault else "250 ok")
            elif command == "DATA":
                self._say("354 go on")
                if not self._data(fault):
                    return
            elif command == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _is_right(self, line: bytes) -> bool:
        """AUTH PLAIN or XOAUTH2, all in one line."""
        words = line.split()
        if len(words) > 2 and words[1].upper() == b"XOAUTH2":
            return self.provider.is_bearer(words[2])
        return len(words) > 2 and base64.b64decode(words[2]).endswith(b"\0" + PASSWORD.encode())

    def _data(self, fault: Fault | None) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if fault is Fault.GARBAGE:
            self._say("<html>down for maintenance</html>")
            return False
        self.provider.taken(b"".join(lines))
        if fault is Fault.SLOW:
            time.sleep(SLOW_S)
        if fault is Fault.LOSE_ANSWER:
            return False
        self._say("250 queued")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")
