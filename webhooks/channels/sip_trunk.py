"""SIP trunks: calls arrive by SIP from a carrier's own addresses; nothing of them comes over HTTP.

Owns: the trunk's keys in ``site.yaml`` and what is wrong with them. The switch knows a trunk by its addresses and
believes it about who calls (``P-Asserted-Identity``); with ``user`` and ``password`` it registers there and calls out
by it (``trunk: {way: gateway NAME}``). Not here: the switch's files (``eslapp.freeswitch_conf.trunk_xml``), the call
itself (``eslapp.services.arriving``), calls by Twilio's API (``twilio_voice``).
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from eslapp.store.inbox import RawEvent

from ..trunk_facts import TrunkFacts
from .base import (
    Account,
    Capabilities,
    Channel,
    ChannelOptions,
    Delivery,
    Forged,
    InboundEvent,
    OutboundText,
    Received,
    Request,
    SendResult,
    SendState,
)

if TYPE_CHECKING:
    from ..provider_tools import Tools

SIP_PORT = 5060
PING_S = 2.0
HOST = r"^([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(:[0-9]{1,5})?$"


def _network(text: str) -> str:
    """One address or network; every address of the world is none."""
    try:
        found = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise ValueError(f"{text!r} is no address; write 203.0.113.7 or 203.0.113.0/28") from None
    if found.prefixlen < (16 if found.version == 4 else 48):
        raise ValueError(f"{text} is too wide for one carrier; name the addresses it signals from")
    return str(found) if found.num_addresses > 1 else str(found.network_address)


Network = Annotated[str, AfterValidator(_network)]
YesNo = Annotated[Literal["yes", "no"], BeforeValidator(lambda value: {True: "yes", False: "no"}.get(value, value))]


class TrunkOptions(ChannelOptions):
    """``host`` is the carrier's proxy; ``addresses`` where its calls come from (else ``host``, where that is one)."""

    SECRETS = frozenset({"password"})
    host: str = Field(pattern=HOST)
    addresses: list[Network] = []
    user: str = Field(default="", pattern=r"^[A-Za-z0-9._+-]{0,64}$")
    password: str = Field(default="", pattern=r"^[A-Za-z0-9!#%(),*+./:;=?@_~-]{0,128}$")
    sign_on: YesNo = "no"  # register there, so that the carrier finds us
    transport: Literal["udp", "tcp", "tls"] = "udp"


class SipTrunk(Channel):
    """One carrier."""

    type = "sip_trunk"
    Options = TrunkOptions
    EXAMPLE_OPTIONS = {
        "host": "sip.carrier.example:5060",
        "addresses": ["203.0.113.0/28"],
        "user": "",
        "password": "$(env.TRUNK_PASSWORD)",
    }
    EXAMPLE_SECRETS = {"TRUNK_PASSWORD": "only-if-you-register"}
    capabilities = Capabilities(text_cap=1)
    example = Delivery("k", "", b"")

    def receive(self, request: Request, account: Account) -> Received:
        """Nobody delivers a trunk's calls over HTTP."""
        raise Forged("calls come by SIP")

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """Nothing."""
        return []

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """Nothing is written by telephone."""
        return SendResult(SendState.FAILED, error="not-supported")

    def trunk(self, account: Account) -> TrunkFacts:
        """What the switch is told."""
        options: TrunkOptions = account.options
        return TrunkFacts(
            name=account.name,
            addresses=tuple(options.addresses) or _own_address(options.host),
            host=with_port(options.host),
            user=options.user,
            password=options.password,
            registers=options.sign_on == "yes",
            transport=options.transport,
        )

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether calls can come, and whether the carrier answers there at all."""
        options: TrunkOptions = account.options
        problems = []
        if not options.addresses and not _own_address(options.host):
            problems.append(
                "addresses is empty: no call of this trunk is let in; list where the carrier's calls come from"
            )
        if options.sign_on == "yes" and not (options.user and options.password):
            problems.append("sign_on: yes needs user and password")
        host, _, port = with_port(options.host).rpartition(":")
        try:
            found = {one[4][0] for one in socket.getaddrinfo(host, int(port), type=socket.SOCK_DGRAM)}
        except OSError as error:
            return [*problems, f"host {host} is not known to DNS ({error.strerror}); correct host in site.yaml"]
        if options.addresses and not any(_is_in(str(one), options.addresses) for one in found):
            told = ", ".join(sorted(map(str, found)))
            problems.append(f"{host} is {told}, none of addresses; calls from there are taken for a stranger's")
        if options.transport == "udp" and not _answers(host, int(port)):
            problems.append(f"{host}:{port} answers no OPTIONS within {PING_S:.0f} s; may this machine reach it (UDP)?")
        return problems


def with_port(host: str) -> str:
    """``host:port``."""
    return host if ":" in host else f"{host}:{SIP_PORT}"


def _own_address(host: str) -> tuple[str, ...]:
    try:
        return (str(ipaddress.ip_address(host.partition(":")[0])),)
    except ValueError:
        return ()


def _is_in(address: str, networks: list[str]) -> bool:
    one = ipaddress.ip_address(address.partition("%")[0])
    return any(one in ipaddress.ip_network(network) for network in networks)


def _answers(host: str, port: int) -> bool:
    """Whether anything comes back to an OPTIONS (RFC 3261 11): refusals are answers too."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PING_S)
        try:
            sock.connect((host, port))
            sock.send(options_request(f"{host}:{port}", sock.getsockname()))
            return sock.recv(65_535).startswith(b"SIP/2.0 ")
        except OSError:
            return False


def options_request(target: str, here: tuple[Any, ...]) -> bytes:
    """A SIP ping."""
    us, tag = f"{here[0]}:{here[1]}", secrets.token_hex(6)
    lines = (
        f"OPTIONS sip:{target} SIP/2.0",
        f"Via: SIP/2.0/UDP {us};branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 70",
        f"From: <sip:ping@{us}>;tag={tag}",
        f"To: <sip:{target}>",
        f"Call-ID: {secrets.token_hex(10)}@{here[0]}",
        "CSeq: 1 OPTIONS",
        f"Contact: <sip:ping@{us}>",
        "Content-Length: 0",
    )
    return "\r\n".join((*lines, "", "")).encode()
