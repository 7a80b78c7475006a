"""A carrier: its calls come by SIP with an asserted identity, and nothing over HTTP.

Owns: how it writes numbers. Not here: the telephone (``eslapp.demo.lines``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eslapp.demo.lines import Line

from .base import Call, Fault, Provider, Reply, Signed

NUMBER = "+8675512345678"


class SipTrunkFake(Provider):
    """``sip`` is where the desk's switch listens."""

    type = "sip_trunk"
    is_voice = True
    address = "+8613800130077"
    sip = "127.0.0.1:5060"

    def options(self) -> dict[str, Any]:
        return {"host": "127.0.0.1:5060", "addresses": ["127.0.0.1"]}

    def secrets(self) -> dict[str, str]:
        return {}

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        """Nobody delivers a trunk's calls over HTTP."""
        return Signed(b"", method="PULL")

    def api(self, call: Call, fault: Fault | None) -> Reply:
        return Reply(404)

    def call(self, *, caller: str = "", number: int = 0, act: Callable[[Line], None]) -> list[str]:
        """A call from a withheld From, asserted by us; ``act`` on the line."""
        host, _, port = self.sip.rpartition(":")
        with Line((host, int(port)), "anonymous") as line:
            asserted = {"P-Asserted-Identity": f"<sip:{caller or self.address}@carrier.example>"}
            line.dial(f"sip:{NUMBER}@{self.sip}", asserted)
            act(line)
            line.hang_up()
        return []
