"""A scripted SIP phone over UDP or TCP: it does what a scenario says and answers the rest as a plain phone would.

By itself it acknowledges finals, answers BYE, CANCEL, NOTIFY, OPTIONS, INFO and re-INVITE, and authenticates
REGISTER. Everything else is a verb (``invite``, ``bye``, ``ring``, ``answer``, ``reject`` ...). Not here: RTP
(``ear``), text (``sip_text``).
"""

from __future__ import annotations

import itertools
import secrets
import urllib.parse
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.conformance import sip_text
from tests.conformance.ear import Ear
from tests.conformance.sip_text import Message
from tests.conformance.way import Datagrams, Stream

Log = Callable[[str, str], None]


@dataclass
class Dialog:
    """One call of the phone. ``local``/``remote`` are the From/To header values as this side sends them."""

    call_id: str
    local: str
    remote: str
    target: str
    invite: Message
    sequence: int = 1
    is_ours: bool = True
    is_up: bool = False
    is_over: bool = False
    final: int = 0
    routes: list[str] = field(default_factory=list)


class Phone:
    """One user agent. ``log(direction, text)`` sees every message; ``">"`` is towards the switch."""

    def __init__(
        self, user: str, switch: tuple[str, int], log: Log, rtp_log: Log, password: str = "", *, is_tcp: bool = False
    ) -> None:
        self.user, self.password, self.switch = user, password, switch
        self.agent = ""  # its User-Agent
        self.log = log
        self.ear = Ear(rtp_log)
        self.dialogs: list[Dialog] = []
        self.registered = 0
        self.address, self.port, self.rtp_port = "127.0.0.1", 0, 0
        self._way = (Stream if is_tcp else Datagrams)(switch, self._received)
        self._sequence = itertools.count(1)
        self._register_id = f"reg-{secrets.token_hex(4)}@127.0.0.1"
        self._tag = secrets.token_hex(4)
        self._answers: dict[str, bytes] = {}
        self._expires = 300

    async def open(self) -> None:
        self.port = await self._way.open(self.address)
        self.rtp_port = await self.ear.open(self.address)

    def close(self) -> None:
        self.ear.close()
        self._way.close()

    def cut(self) -> None:
        """TCP: the connection is reset."""
        self._way.cut()

    def reconnect(self) -> None:
        """TCP: the connection is reset; another one comes from the same port."""
        self._way.reconnect()

    @property
    def contact(self) -> str:
        return f"<sip:{self.user}@{self.address}:{self.port}{';transport=tcp' if self._way.name == 'TCP' else ''}>"

    @property
    def dialog(self) -> Dialog:
        """The latest call."""
        return self.dialogs[-1]

    # --- verbs ------------------------------------------------------------------------------------

    def register(self, expires: int = 300, *, contact: str = "", auth: str = "", to: str = "") -> None:
        """Send REGISTER; a challenge is answered with the password."""
        self._expires = expires
        uri = f"sip:{self.switch[0]}:{self.switch[1]}"
        who = f"<sip:{to or self.user}@{self.switch[0]}>"
        headers = [
            *self._head(f"{who};tag={self._tag}", who, self._register_id, f"{next(self._sequence)} REGISTER"),
            ("Contact", contact or f"{self.contact};expires={expires}"),
            ("Expires", str(expires)),
        ]
        if auth:
            answer = sip_text.digest(auth, "REGISTER", uri, self.user, self.password, "0a4f113b")
            headers.append(("Authorization", answer))
        self._send(Message(f"REGISTER {uri} SIP/2.0", tuple(headers)))

    def invite(
        self,
        to: str,
        *,
        name: str = '"Lab Caller"',
        extra: tuple[tuple[str, str], ...] = (),
        codecs: str = "0 8 101",
        has_sdp: bool = True,
    ) -> Dialog:
        """Call a number."""
        uri = f"sip:{to}@{self.switch[0]}:{self.switch[1]}"
        local = f"{name} <sip:{self.user}@{self.switch[0]}>;tag={secrets.token_hex(4)}"
        call_id = f"lab-{secrets.token_hex(6)}@127.0.0.1"
        headers = [*self._head(local, f"<{uri}>", call_id, "1 INVITE"), ("Contact", self.contact), *extra]
        body = sip_text.offer(self.address, self.rtp_port, 1, codecs=codecs) if has_sdp else ""
        if has_sdp:
            headers.append(("Content-Type", "application/sdp"))
        message = Message(f"INVITE {uri} SIP/2.0", tuple(headers), body)
        self.dialogs.append(Dialog(call_id, local, f"<{uri}>", uri, message))
        self._send(message)
        return self.dialog

    def reinvite(self, direction: str, call: Dialog | None = None) -> None:
        """Hold (``sendonly``, ``inactive``) or resume (``sendrecv``)."""
        dialog = call or self.dialog
        body = sip_text.offer(self.address, self.rtp_port, dialog.sequence + 1, direction)
        self.request("INVITE", dialog, (("Content-Type", "application/sdp"),), body)

    def bye(self, call: Dialog | None = None) -> None:
        dialog = call or self.dialog
        self.request("BYE", dialog)
        dialog.is_over = True

    def cancel(self, call: Dialog | None = None) -> None:
        dialog = call or self.dialog
        first = dialog.invite.first.replace("INVITE", "CANCEL", 1)
        kept = [(n, v) for n, v in dialog.invite.headers if n in ("Via", "Max-Forwards", "From", "To", "Call-ID")]
        self._send(Message(first, (*kept, ("CSeq", f"{dialog.invite.sequence} CANCEL"))))

    def refer(self, to: str, call: Dialog | None = None, replaced: Dialog | None = None) -> None:
        """Transfer; ``to`` is the whole address; with ``replaced`` to the partner of that other call."""
        if replaced is not None:
            tags = f"to-tag={sip_text.tag_of(replaced.remote)};from-tag={sip_text.tag_of(replaced.local)}"
            to = to.replace(">", f"?Replaces={urllib.parse.quote(f'{replaced.call_id};{tags}', safe='')}>")
        by = f"<sip:{self.user}@{self.address}>"
        self.request("REFER", call or self.dialog, (("Refer-To", to), ("Referred-By", by)))

    def request(self, method: str, dialog: Dialog, extra: tuple[tuple[str, str], ...] = (), body: str = "") -> None:
        """Any request inside a call."""
        dialog.sequence += 1
        headers = self._head(dialog.local, dialog.remote, dialog.call_id, f"{dialog.sequence} {method}")
        self._send(Message(f"{method} {dialog.target} SIP/2.0", (*headers, ("Contact", self.contact), *extra), body))

    def raw(self, text: str) -> None:
        """Any text at all."""
        self.log(">", text)
        self._way.send(text.encode("latin-1"))

    def ring(self) -> None:
        self._respond(self.dialog.invite, 180, "Ringing")

    def early(self, tone: float = 0.0) -> None:
        """183 with SDP: media before the answer."""
        self.ear.tone = tone
        self._respond(self.dialog.invite, 183, "Session Progress", self._sdp())
        self._talk(self.dialog.invite.body)

    def answer(self, tone: float = 0.0) -> None:
        self.ear.tone = tone
        self._respond(self.dialog.invite, 200, "OK", self._sdp())
        self.dialog.is_up = True
        self._talk(self.dialog.invite.body)

    def reject(self, status: int, reason: str, extra: tuple[tuple[str, str], ...] = ()) -> None:
        self._respond(self.dialog.invite, status, reason, extra=extra)
        self.dialog.final, self.dialog.is_over = status, True

    # --- what comes -------------------------------------------------------------------------------

    def _received(self, data: bytes) -> None:
        text = data.decode("latin-1")
        message = sip_text.parse(text)
        key = f"{message.get('Via')} {message.get('CSeq')}"
        if not message.status and key in self._answers and message.method != "ACK":
            self._way.send(self._answers[key])  # a retransmission
            return
        self.log("<", text)
        if message.status:
            self._on_response(message)
        else:
            self._on_request(message)

    def _on_response(self, message: Message) -> None:
        if message.method == "REGISTER":
            challenge = message.get("WWW-Authenticate")
            if message.status == 401 and challenge and self.password and self.registered != 401:
                self.registered = 401
                self.register(self._expires, auth=challenge)
            else:
                self.registered = message.status
            return
        dialog = next((d for d in self.dialogs if d.call_id == message.get("Call-ID")), None)
        if dialog is None or message.method != "INVITE" or message.status < 180:
            return
        if message.body and message.status < 300:
            self._talk(message.body)
        if message.status >= 200:
            self._final(dialog, message)

    def _final(self, dialog: Dialog, message: Message) -> None:
        is_first = not dialog.is_up
        if message.status < 300:
            dialog.remote = message.get("To")
            dialog.target = sip_text.uri_of(message.get("Contact")) or dialog.target
            dialog.is_up = True
        elif is_first:
            dialog.is_over = True
        dialog.final = message.status
        challenge = message.get("Proxy-Authenticate")
        uri = dialog.target if message.status < 300 else dialog.invite.first.split()[1]
        headers = self._head(dialog.local, message.get("To"), dialog.call_id, f"{message.sequence} ACK")
        if message.status >= 300:
            headers[0] = ("Via", message.get("Via").replace(f"rport={self.port}", "rport"))
        self._send(Message(f"ACK {uri} SIP/2.0", (*headers, ("Contact", self.contact))))
        if message.status == 407 and self.password and not dialog.invite.get("Proxy-Authorization"):
            self._invite_again(dialog, challenge)

    def _invite_again(self, dialog: Dialog, challenge: str) -> None:
        """The same call with digest."""
        dialog.sequence += 1
        dialog.is_over = False
        uri = dialog.invite.first.split()[1]
        answer = sip_text.digest(challenge, "INVITE", uri, self.user, self.password, "0a4f113b")
        head = self._head(dialog.local, f"<{uri}>", dialog.call_id, f"{dialog.sequence} INVITE")
        rest = [pair for pair in dialog.invite.headers if pair[0] in ("Contact", "Content-Type")]
        extra = ("Proxy-Authorization", answer)
        dialog.invite = Message(dialog.invite.first, (*head, *rest, extra), dialog.invite.body)
        self._send(dialog.invite)

    def _on_request(self, message: Message) -> None:
        dialog = next((d for d in self.dialogs if d.call_id == message.get("Call-ID")), None)
        if message.method == "INVITE" and dialog is None:
            self._on_call(message)
        elif message.method == "INVITE" and dialog is not None:
            dialog.invite = message
            self._respond(message, 200, "OK", self._sdp(_mirror(message.body)))
            self._talk(message.body)
        elif message.method == "CANCEL" and dialog is not None:
            self._respond(message, 200, "OK")
            self._respond(dialog.invite, 487, "Request Terminated")
            dialog.final, dialog.is_over = 487, True
        elif message.method != "ACK":
            self._respond(message, 200, "OK")
            if message.method == "BYE" and dialog is not None:
                dialog.is_over = True

    def _on_call(self, message: Message) -> None:
        tag = secrets.token_hex(4)
        local = f"{message.get('To')};tag={tag}"
        target = sip_text.uri_of(message.get("Contact"))
        dialog = Dialog(message.get("Call-ID"), local, message.get("From"), target, message, is_ours=False)
        self.dialogs.append(dialog)
        self._respond(message, 100, "Trying")

    # --- small parts ------------------------------------------------------------------------------

    def _respond(
        self, request: Message, status: int, reason: str, body: str = "", extra: tuple[tuple[str, str], ...] = ()
    ) -> None:
        dialog = next((d for d in self.dialogs if d.call_id == request.get("Call-ID")), None)
        to = request.get("To")
        if dialog is not None and not sip_text.tag_of(to) and status > 100:
            to = dialog.local
        headers = [
            *(("Via", via) for via in request.all("Via")),
            ("From", request.get("From")),
            ("To", to),
            ("Call-ID", request.get("Call-ID")),
            ("CSeq", request.get("CSeq")),
            ("Contact", self.contact),
            *extra,
        ]
        if body:
            headers.append(("Content-Type", "application/sdp"))
        text = Message(f"SIP/2.0 {status} {reason}", self._with_agent(headers), body).text()
        self._answers[f"{request.get('Via')} {request.get('CSeq')}"] = text.encode("latin-1")
        self.raw(text)

    def _sdp(self, direction: str = "sendrecv") -> str:
        return sip_text.offer(self.address, self.rtp_port, 1, direction)

    def _talk(self, body: str) -> None:
        address, port, _ = sip_text.media_of(body)
        if port:
            self.ear.talk((address, port))

    def _head(self, local: str, remote: str, call_id: str, sequence: str) -> list[tuple[str, str]]:
        return [
            ("Via", f"SIP/2.0/{self._way.name} {self.address}:{self.port};rport;branch=z9hG4bK{secrets.token_hex(4)}"),
            ("Max-Forwards", "70"),
            ("From", local),
            ("To", remote),
            ("Call-ID", call_id),
            ("CSeq", sequence),
        ]

    def _send(self, message: Message) -> None:
        self.raw(Message(message.first, self._with_agent(message.headers), message.body).text())

    def _with_agent(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        pairs = list(headers)
        at = next((n for n, (name, _) in enumerate(pairs) if name == "Content-Type"), len(pairs))
        return (*pairs[:at], *([("User-Agent", self.agent)] if self.agent else []), *pairs[at:])


def _mirror(body: str) -> str:
    for theirs, ours in (("a=sendonly", "recvonly"), ("a=recvonly", "sendonly"), ("a=inactive", "inactive")):
        if theirs in body:
            return ours
    return "sendrecv"
