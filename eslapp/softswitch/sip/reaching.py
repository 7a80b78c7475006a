"""How a peer is reached, and what we call ourselves towards it: the part of the stack that knows addresses.

Not here: what is sent (``stack.py``, the calls), sockets (``transport.py``, ``streams.py``).
"""

from __future__ import annotations

from eslapp.softswitch.sip.own_hosts import OwnHosts
from eslapp.softswitch.sip.registrar import Registrar
from eslapp.softswitch.sip.streams import StreamHub
from eslapp.softswitch.sip.transport import Flow, Transport
from eslapp.softswitch.sip.uri import Uri


class Reaching:
    """``SipStack`` is the whole."""

    registrar: Registrar
    streams: StreamHub
    port: int
    ws_port: int
    _transport: Transport
    _bind: tuple[str, int]
    _advertise_host: str
    _own_hosts: OwnHosts

    def transport_to(self, uri: Uri, addr: tuple[str, int]) -> Transport:
        """How a phone is reached: the way its Contact came to us, else the way the URI names, else by UDP.

        A phone whose TCP connection is closed is called where its Contact says, if that is its own host.
        ConnectionError when it came by a WebSocket that is closed: only the phone can open it again (RFC 7118 5.2).
        """
        binding = self.registrar.find_contact(uri.text)
        wanted = (binding.transport if binding is not None else uri.params.get("transport", "udp")).upper()
        if wanted not in ("TCP", "WS"):
            return self._transport
        found = self.streams.find(wanted, addr)
        if found is None and wanted == "TCP" and (binding is None or uri.address[0] == addr[0]):
            found = self.streams.reach(uri.address if binding is not None else addr)
        if found is None:
            raise ConnectionError(f"the {wanted} connection of {addr[0]}:{addr[1]} is closed")
        return found

    def way_to(self, target: Uri, lost: Flow) -> Flow:
        """See ``host.CallHost``."""
        kind, binding = lost.transport.name, self.registrar.find_contact(target.text)
        if binding is not None and binding.transport.upper() == kind:
            found = self.streams.find(kind, binding.network_addr)
            if found is not None:
                return Flow(found, binding.network_addr)
        if kind == "TCP" and target.address[0] == lost.addr[0]:
            return Flow(self.streams.reach(target.address), target.address)
        return lost

    def contact(self, user: str, flow: Flow) -> str:
        """The URI this peer reaches us at."""
        kind = "" if flow.transport.name == "UDP" else f";transport={flow.transport.name.lower()}"
        return f"sip:{user}@{self.sent_by(flow)}{kind}"

    def sent_by(self, flow: Flow) -> str:
        """See ``host.CallHost``."""
        if flow.transport.alias:
            return flow.transport.alias
        host, port = self.local_address(flow)
        return f"{host}:{self.ws_port if flow.transport.name == 'WS' else port}"

    def local_address(self, flow: Flow) -> tuple[str, int]:
        """See ``host.CallHost``."""
        host = self._advertise_host or self._bind[0]
        if host in ("0.0.0.0", "::", ""):
            host = self._own_hosts.towards(flow.addr[0])
        return (f"[{host}]" if ":" in host else host), self.port
