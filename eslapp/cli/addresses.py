"""``HOST:PORT`` as an option: checked and looked up before anything is sent there.

Not here: ``--switch esl://...`` (``switch_option.py``).
"""

from __future__ import annotations

import re
import socket
from typing import Any

import click

SHAPE = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?")
SIP_PORT = 5060


class HostPort(click.ParamType):
    """Becomes ``(IP address, port)``; without a port it is 5060."""

    name = "HOST:PORT"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> tuple[str, int]:
        """One line with the mend for whatever is no address, and for a host nobody knows."""
        found = SHAPE.fullmatch(str(value))
        port = int(found[2] or SIP_PORT) if found else 0
        if found is None or not 0 < port < 65_536:
            self.fail(
                f"{value!r} is no address; write host:port, such as 127.0.0.1:5060 / 请写 主机:端口", param, context
            )
        host = found[1].strip("[]")
        try:
            known = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except OSError:
            text = f"no host {host!r} is known; write an IP address and a port, such as 127.0.0.1:5060 / 找不到该主机"
            self.fail(text, param, context)
        known.sort(key=lambda entry: entry[0] != socket.AF_INET)
        return str(known[0][4][0]), port


HOST_PORT = HostPort()


def shown(address: tuple[str, int]) -> str:
    """``host:port`` again, an IPv6 address in brackets."""
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
