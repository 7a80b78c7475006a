"""Trunks in the configuration: who is known by address, which numbers they reach, gateways to call out by. Pure.

Owns: ``local/trunks.xml``, ``local/trunk_numbers.xml``, ``local/gateways.xml``. The dialplan knows a trunk by
``network_addr`` and sets ``zj_trunk``: no header of a stranger's can. Where a site has trunks, a stranger is asked for
a digest (an agent's phone has one) instead of reaching its numbers. Not here: numbers and agents (``site_xml``).

>>> network_pattern("203.0.113.7"), network_pattern("10.1.2.0/30")
('203\\\\.0\\\\.113\\\\.7', '10\\\\.1\\\\.2\\\\.(?:0|1|2|3)')
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.etree import ElementTree

from eslapp.freeswitch_conf import doors

ENTRY = "zj-1 XML zongji"
OURSELVES = r"^(?!127\.0\.0\.1$|::1$)"  # test calls from this machine
ANY_OCTET = "[0-9]{1,3}"


class Trunk(Protocol):
    """``webhooks.channels.base.TrunkFacts``."""

    @property
    def name(self) -> str: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def host(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def registers(self) -> bool: ...
    @property
    def transport(self) -> str: ...


def trunks_xml(trunks: Iterable[Trunk]) -> str:
    """Marks the calls of each trunk; whoever is none of them must sign in."""
    root = ElementTree.Element("include")
    known = [trunk for trunk in trunks if trunk.addresses]
    for trunk in known:
        name = doors.word(trunk.name, "channels")
        where = "|".join(network_pattern(doors.network(one, f"channels.{name}")) for one in trunk.addresses)
        extension = ElementTree.SubElement(root, "extension", {"name": f"trunk {name}", "continue": "true"})
        condition = ElementTree.SubElement(extension, "condition", field="network_addr", expression=f"^(?:{where})$")
        ElementTree.SubElement(condition, "action", application="set", data=f"zj_trunk={name}", inline="true")
    if known:
        extension = ElementTree.SubElement(root, "extension", name="strangers ask for digest")
        ElementTree.SubElement(extension, "condition", field="${zj_trunk}", expression="^$")
        condition = ElementTree.SubElement(extension, "condition", field="network_addr", expression=OURSELVES)
        ElementTree.SubElement(condition, "action", application="respond", data="407")
    return text_of(root)


def trunk_numbers_xml(trunks: Iterable[Trunk]) -> str:
    """What a trunk calls that is none of the site's numbers goes to the trunk's own flow."""
    root = ElementTree.Element("include")
    if any(trunk.addresses for trunk in trunks):
        extension = ElementTree.SubElement(root, "extension", name="other numbers of trunks")
        ElementTree.SubElement(extension, "condition", field="${zj_trunk}", expression="^.+$")
        condition = ElementTree.SubElement(
            extension, "condition", field="destination_number", expression=r"^(\+?[0-9*#]{2,32})$"
        )
        for application, argument in (("set", "zj_did=$1"), ("transfer", ENTRY)):
            ElementTree.SubElement(condition, "action", application=application, data=argument)
    return text_of(root)


def gateways_xml(trunks: Iterable[Trunk]) -> str:
    """One gateway per trunk that can be called out by: ``sofia/gateway/NAME/number``."""
    root = ElementTree.Element("include")
    for trunk in trunks:
        if not trunk.host:
            continue
        name = doors.word(trunk.name, "channels")
        gateway = ElementTree.SubElement(root, "gateway", name=name)
        for parameter, value in _gateway(trunk, name):
            ElementTree.SubElement(gateway, "param", name=parameter, value=value)
    return text_of(root)


def _gateway(trunk: Trunk, name: str) -> Iterator[tuple[str, str]]:
    host, _, port = doors.host_and_port(trunk.host, f"channels.{name}.host").rpartition(":")
    transport = doors.word(trunk.transport, f"channels.{name}.transport")
    yield "realm", host
    yield "proxy", f"{host}:{port}"
    yield "username", doors.word(trunk.user, f"channels.{name}.user") if trunk.user else "zongji"
    yield "password", doors.secret(trunk.password, f"channels.{name}.password") if trunk.password else "none"
    yield "register", "true" if trunk.registers else "false"
    yield "register-transport", transport
    yield "expire-seconds", "300"
    yield "retry-seconds", "30"
    yield "caller-id-in-from", "true"
    yield "context", "public"
    yield "extension", "auto_to_user"


def network_pattern(network: str) -> str:
    """A regular expression for the addresses of a network; IPv6 only as single addresses."""
    found = ipaddress.ip_network(network, strict=False)
    if found.version == 6 or found.num_addresses == 1:
        return re.escape(str(found.network_address))
    first, last = found.network_address.packed, found.broadcast_address.packed
    return r"\.".join(_octets(low, high) for low, high in zip(first, last, strict=True))


def _octets(low: int, high: int) -> str:
    if low == high:
        return str(low)
    return ANY_OCTET if (low, high) == (0, 255) else f"(?:{'|'.join(map(str, range(low, high + 1)))})"


def text_of(root: ElementTree.Element) -> str:
    """One element per line: FreeSWITCH's preprocessor works on lines, and drops those that hold ``<include>``."""
    if not len(root):
        root.append(ElementTree.Comment(" none "))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True) + "\n"
