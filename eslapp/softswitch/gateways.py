"""Gateways of the profile: where calls go out by ``sofia/gateway/NAME/number``, and the sign-on ``register`` wants.

Owns: finding the proxy's address, keeping each registration alive. Not here: reading them (``confdir``), the exchange
itself (``sip.signing_on``), calls that come from there (the dialplan knows them by address).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from eslapp.softswitch.numbers import whole
from eslapp.softswitch.sip.signing_on import SignOn
from eslapp.softswitch.variables import is_true

if TYPE_CHECKING:
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
EXPIRES_S, RETRY_S, ANSWER_S = 300, 30, 5.0


class Gateways:
    """One per switch."""

    def __init__(self, switch: Switch) -> None:
        self._switch = switch
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._known: dict[str, dict[str, str]] = {}
        self.states: dict[str, str] = {}  # "REGED", "FAILED", "NOREG", as FreeSWITCH says
        self._addresses: dict[str, tuple[str, int]] = {}

    def follow(self) -> None:
        """Sign on at every gateway that wants it; at those that are gone no more. After a start and each reload."""
        wanted = self._switch.conf.gateways
        for name in [name for name in self._tasks if wanted.get(name) != self._known.get(name)]:
            self._tasks.pop(name).cancel()
            self.states.pop(name, None)
        self._known = dict(wanted)
        for name, params in wanted.items():
            self.states.setdefault(name, "NOREG")
            if name not in self._tasks:
                self._tasks[name] = asyncio.get_running_loop().create_task(self._keep(name, params))

    def stop(self) -> None:
        """No more sign-ons."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    def address(self, name: str) -> tuple[str, int] | None:
        """Where its proxy is; None for a name nobody knows, or one whose host was not found yet."""
        return self._addresses.get(name)

    def login(self, name: str) -> tuple[str, str] | None:
        """What answers its proxy's challenge."""
        params = self._switch.conf.gateways.get(name, {})
        user = params.get("auth-username") or params.get("username", "")
        return (user, params["password"]) if user and params.get("password") else None

    async def _keep(self, name: str, params: dict[str, str]) -> None:
        while True:
            pause = float(RETRY_S)
            with suppress(OSError):
                address = await self._find(params)
                self._addresses[name] = address
                if not is_true(params.get("register", "true")):
                    return
                expires_s = whole(params.get("expire-seconds", ""), EXPIRES_S)
                if await self._sign_on(name, params, address, expires_s):
                    pause = max(1.0, expires_s * 0.8)
            await asyncio.sleep(pause)

    async def _find(self, params: dict[str, str]) -> tuple[str, int]:
        """The proxy's address; ``OSError`` where there is none (yet)."""
        told = params.get("proxy") or params.get("realm", "")
        host, colon, port = told.partition(";")[0].rpartition(":")
        host, number = (host, whole(port, 5060)) if colon else (told, 5060)
        found = await asyncio.get_running_loop().getaddrinfo(host.strip("[]"), number)
        return str(found[0][4][0]), int(found[0][4][1])

    async def _sign_on(self, name: str, params: dict[str, str], address: tuple[str, int], expires_s: int) -> bool:
        stack = self._switch.stack
        assert stack is not None
        user, password = params.get("username", ""), params.get("password", "")
        realm = params.get("realm", "").partition(":")[0] or address[0]
        contact = f"sip:{user}@{self._switch.sip_address[0]}:{self._switch.sip_address[1]};gw={name}"
        signing = SignOn(stack, address, user=user, password=password, domain=realm, contact=contact)
        try:
            response = await signing.ask(expires_s, ANSWER_S)
        except TimeoutError:
            response = None
        is_good = response is not None and response.status == 200
        self.states[name] = "REGED" if is_good else "FAILED"
        if not is_good:
            log.warning("gateway %s: %s", name, f"{response.status} {response.phrase}" if response else "no answer")
        return is_good
