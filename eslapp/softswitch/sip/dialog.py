"""A dialog's memory (RFC 3261 12): tags, sequence numbers, where the other side is. Pure.

Not here: what is done in it (``call.py``), sending.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from eslapp.softswitch.sip.message import MAX_CSEQ, Request, Response
from eslapp.softswitch.sip.text import BadText
from eslapp.softswitch.sip.uri import Uri, parse_address, parse_uri

Pair = tuple[str, str]
MAX_ROUTES = 10


@dataclass
class Dialog:
    """One side of a dialog."""

    call_id: str
    local_tag: str
    remote_tag: str
    local: str  # our address with its tag, as it stands in From of what we send
    remote: str  # theirs
    target: Uri  # their Contact
    routes: list[str] = field(default_factory=list)
    local_seq: int = 0
    remote_seq: int = -1

    @classmethod
    def of_server(cls, request: Request, local_tag: str, first_seq: int) -> Dialog:
        """For an INVITE that came."""
        assert request.from_ is not None
        return cls(
            call_id=request.call_id,
            local_tag=local_tag,
            remote_tag=request.from_.tag,
            local=f"{request.get('to')};tag={local_tag}",
            remote=request.get("from"),
            target=contact_of(request) or request.from_.uri,
            routes=_routes(request),
            local_seq=first_seq,
            remote_seq=request.cseq,
        )

    @classmethod
    def of_client(cls, response: Response, local: str, local_tag: str, target: Uri, seq: int) -> Dialog:
        """For an answer to our INVITE; ``target`` where it has no Contact."""
        assert response.to is not None
        return cls(
            call_id=response.call_id,
            local_tag=local_tag,
            remote_tag=response.to.tag,
            local=local,
            remote=response.get("to"),
            target=contact_of(response) or target,
            routes=_routes(response)[::-1],
            local_seq=seq,
        )

    def takes(self, request: Request) -> bool:
        """Whether a request's number is not below the last one's (12.2.2); remembers it."""
        if request.cseq < self.remote_seq:
            return False
        self.remote_seq = request.cseq
        return True

    def refresh(self, message: Request | Response) -> None:
        """Take a new remote target (INVITE and UPDATE only)."""
        self.target = contact_of(message) or self.target

    def next_seq(self) -> int:
        """The number of our next request."""
        self.local_seq = self.local_seq + 1 if self.local_seq < MAX_CSEQ else 1
        return self.local_seq

    def head(self, method: str, seq: int) -> tuple[str, list[Pair]]:
        """(Request-URI, headers) of a request in this dialog, without Via and Contact (12.2.1.1)."""
        uri, routes = self.target.text, list(self.routes)
        if routes and not _is_loose(routes[0]):
            routes.append(f"<{uri}>")
            uri = parse_address(routes.pop(0)).uri.text
        pairs = [("Max-Forwards", "70"), ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id)]
        pairs.append(("CSeq", f"{seq} {method}"))
        return uri, pairs + [("Route", route) for route in routes]

    def next_hop(self, peer: tuple[str, int]) -> tuple[str, int]:
        """Where to send over UDP: the first route, else the Contact, when it is an IP address at the host we know.

        Otherwise back to where the peer's messages come from: that is right behind NAT, needs no DNS on the call path,
        and lets no Contact point our requests at somebody else.
        """
        try:
            place = parse_address(self.routes[0]).uri if self.routes else self.target
        except BadText:
            return peer
        host, port = place.address
        try:
            is_same = ipaddress.ip_address(host) == ipaddress.ip_address(peer[0])
        except ValueError:
            return peer
        return (peer[0], port) if is_same else peer


def contact_of(message: Request | Response) -> Uri | None:
    """The URI of the first Contact, None without a usable sip one."""
    try:
        contacts = message.elements("contact")
        uri = parse_address(contacts[0]).uri if contacts and contacts[0] != "*" else None
    except BadText:
        return None
    return uri if uri is not None and uri.is_sip else None


def _routes(message: Request | Response) -> list[str]:
    try:
        routes = message.elements("record-route")[:MAX_ROUTES]
        return [route for route in routes if parse_address(route).uri.is_sip]
    except BadText:
        return []


def _is_loose(route: str) -> bool:
    return "lr" in parse_address(route).uri.params


def request_uri(text: str) -> Uri:
    """A URI we can call. ValueError for anything but a sip URI with a host."""
    uri = parse_uri(text)
    if not uri.is_sip or not uri.text.isprintable() or uri.headers:
        raise BadText(f"not a SIP address to call: {text[:80]!r}")
    return uri
