"""Where the daemon finds its neighbours and where it listens. Not here: the command line (``daemon``)."""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.sitedir import SiteDir


@dataclass(frozen=True, slots=True)
class Options:
    """Where the daemon finds its neighbours and where it listens."""

    site: SiteDir
    switch_host: str = "127.0.0.1"
    switch_port: int = 8021
    switch_password: str = ""
    outbound_host: str = "127.0.0.1"
    outbound_port: int = 8040
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    domain: str = "127.0.0.1"
    public_url: str = ""
    test_calls: bool = False
    phone_url: str = ""  # where browser phones reach the switch
