"""Signing on somewhere else: REGISTER as a client, with one answer to a challenge (RFC 3261 10.2, 22.2).

Not here: who keeps doing it (``softphone.phone``, ``softswitch.gateways``), being registered at (``registration.py``).
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from eslapp.softswitch.sip.digest import answer_challenge
from eslapp.softswitch.sip.message import Response
from eslapp.softswitch.sip.transport import Transport

if TYPE_CHECKING:
    from eslapp.softswitch.sip.stack import SipStack


class SignOn:
    """One address of record at one server; its Call-ID and counter go on from one ``ask`` to the next."""

    def __init__(
        self,
        stack: SipStack,
        server: tuple[str, int],
        *,
        user: str,
        password: str,
        domain: str,
        contact: str,
        over: Transport | None = None,
    ) -> None:
        self._stack, self._server, self._over = stack, server, over
        self._user, self._password, self._domain, self._contact = user, password, domain, contact
        self._call_id = f"{secrets.token_hex(10)}@{server[0]}"
        self._tag = secrets.token_hex(6)
        self._seq = 0

    async def ask(self, expires_s: int, timeout: float) -> Response:
        """The final answer; 0 seconds sign off. TimeoutError where none comes."""
        response = await self._once(expires_s, timeout, "")
        for _ in range(2):  # the second time for a nonce that went stale
            if response.status != 401:
                break
            answer = answer_challenge(
                response.get("www-authenticate"),
                user=self._user,
                password=self._password,
                method="REGISTER",
                uri=self._server_uri,
                cnonce=secrets.token_hex(6),
            )
            if answer is None:
                break
            response = await self._once(expires_s, timeout, answer)
            if "stale=true" not in response.get("www-authenticate"):
                break
        return response

    @property
    def _server_uri(self) -> str:
        return f"sip:{self._server[0]}:{self._server[1]}"

    async def _once(self, expires_s: int, timeout: float, authorization: str) -> Response:
        self._seq += 1
        us = f"<sip:{self._user}@{self._domain}>"
        pairs = [
            ("Max-Forwards", "70"),
            ("From", f"{us};tag={self._tag}"),
            ("To", us),
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._seq} REGISTER"),
            ("Contact", f"<{self._contact}>;expires={expires_s}"),
            ("Expires", str(expires_s)),
        ]
        if authorization:
            pairs.append(("Authorization", authorization))
        done: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()

        def final(response: Response | None) -> None:
            if not done.done():
                done.set_result(response)

        self._stack.ask("REGISTER", self._server_uri, self._server, pairs, final, self._over)
        response = await asyncio.wait_for(done, timeout)
        if response is None:
            raise TimeoutError
        return response
