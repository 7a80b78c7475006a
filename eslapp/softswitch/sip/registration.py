"""Answers REGISTER (RFC 3261 10.3): digest first, then the binding of the one user the digest named.

Not here: the table (``registrar.py``), the digest (``authentication.py``).
"""

from __future__ import annotations

import email.utils
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from eslapp.softswitch.sip.authentication import Authenticator
from eslapp.softswitch.sip.compose import ALLOW, Replies
from eslapp.softswitch.sip.guard import source_of
from eslapp.softswitch.sip.message import Request
from eslapp.softswitch.sip.registrar import Binding, Registrar
from eslapp.softswitch.sip.text import BadText, clean
from eslapp.softswitch.sip.transport import Flow
from eslapp.softswitch.sip.uri import Address, parse_address

if TYPE_CHECKING:
    from eslapp.softswitch.sip.layer import Transaction

DEFAULT_S = 300  # for a phone that does not say
MALFORMED_S = 3600  # 10.2.1.1
LATE_S = 60  # a phone that refreshes late is kept so long, as FreeSWITCH does (sip-expires-late-margin)
LONGEST_S = 86_400
MAX_CONTACTS = 5


class RegisterDesk:
    """One per stack."""

    def __init__(self, registrar: Registrar, authenticator: Authenticator, wall: Callable[[], float]) -> None:
        """``wall``: UTC seconds."""
        self._registrar = registrar
        self._authenticator = authenticator
        self._wall = wall

    def receive(self, request: Request, transaction: Transaction, flow: Flow, tag: str) -> None:
        """Answer one REGISTER."""
        replies = Replies(request, flow.addr)
        facts = self._facts(request, flow)
        verdict = self._authenticator.judge(request, source_of(flow.addr))
        if verdict.was_judged:
            facts = replace(facts, auth_user=clean(verdict.user, 64))
            is_own = verdict.is_right and verdict.user == facts.user
            self._registrar.tell(self._registrar.on_register_attempt, facts, is_own)
            if not is_own:
                self._registrar.tell(self._registrar.on_failure, facts)
                transaction.respond(403, replies.make(403, tag))
                return
        if not verdict.is_right:
            if verdict.status == 401:
                self._registrar.tell(self._registrar.on_challenged, facts)
            transaction.respond(verdict.status, replies.make(verdict.status, tag, verdict.headers))
            return
        status, headers = self._bind(request, facts)
        transaction.respond(status, replies.make(status, tag, headers))

    def _facts(self, request: Request, flow: Flow) -> Binding:
        assert request.from_ is not None and request.to is not None
        shown, expires_s = self._first_contact(request)
        return Binding(
            user=clean(request.to.uri.user, 64),
            host=request.to.uri.host,
            contact="",
            contact_header=shown,
            network_addr=flow.addr,
            transport=flow.transport.name.lower(),
            call_id=clean(request.call_id, 256),
            cseq=request.cseq,
            expires_s=expires_s,
            expires_at=0.0,
            user_agent=clean(request.get("user-agent"), 256),
            from_user=clean(request.from_.uri.user, 64),
            from_host=request.from_.uri.host,
            to_user=clean(request.to.uri.user, 64),
            to_host=request.to.uri.host,
            realm=self._authenticator.realm,
            auth_user="",
        )

    def _first_contact(self, request: Request) -> tuple[str, int]:
        """What an attempt asks for: its first contact as text, "" for ``*`` and for what cannot be read."""
        try:
            address, expires_s = self._read_contact(request, request.elements("contact")[0])
        except (BadText, IndexError):
            return "", 0
        return _shown(address), expires_s

    def _bind(self, request: Request, facts: Binding) -> tuple[int, list[tuple[str, str]]]:
        try:
            contacts = request.elements("contact")
            if any(each.startswith("*") for each in contacts):
                return self._say_goodbye(request, facts) if len(contacts) == 1 else (400, [])
            wanted = [self._read_contact(request, text) for text in contacts[:MAX_CONTACTS]]
        except BadText:
            return 400, []
        now = self._wall()
        living = next((each for each in wanted if each[1] > 0), None)
        if living is not None:
            address, expires = living
            if not self._registrar.put(_with_contact(facts, address, expires, now + expires + LATE_S)):
                return 503, [("Retry-After", "60")]
        elif wanted:
            self._registrar.remove(_with_contact(facts, wanted[0][0], 0, now))
        return 200, self._answer(facts.user, now)

    def _say_goodbye(self, request: Request, facts: Binding) -> tuple[int, list[tuple[str, str]]]:
        """``Contact: *`` goes only with Expires: 0 (10.2.2)."""
        if request.get("expires").strip() != "0":
            return 400, []
        known = self._registrar.find(facts.user)
        self._registrar.remove(
            replace(facts, contact=known.contact, contact_header=known.contact_header) if known else facts
        )
        return 200, self._answer(facts.user, self._wall())

    def _read_contact(self, request: Request, text: str) -> tuple[Address, int]:
        address = parse_address(text)
        if not address.uri.is_sip:
            raise BadText("a contact that is no SIP address")
        wanted = address.params.get("expires") or request.get("expires").strip()
        if not wanted:
            return address, DEFAULT_S
        if not (wanted.isascii() and wanted.isdigit()) or len(wanted) > 10:
            return address, MALFORMED_S
        return address, min(int(wanted), LONGEST_S)

    def _answer(self, user: str, now: float) -> list[tuple[str, str]]:
        headers = []
        binding = self._registrar.find(user, now)
        if binding is not None:
            headers.append(
                ("Contact", f"<{binding.contact}>;expires={max(0, round(binding.expires_at - LATE_S - now))}")
            )
        return [*headers, ("Date", email.utils.formatdate(now, usegmt=True)), ("Allow", ALLOW)]


def _with_contact(facts: Binding, address: Address, expires_s: int, expires_at: float) -> Binding:
    contact = clean(address.uri.text, 512)
    return replace(facts, contact=contact, contact_header=_shown(address), expires_s=expires_s, expires_at=expires_at)


def _shown(address: Address) -> str:
    return f'"{address.shown}" <{clean(address.uri.text, 512)}>'
