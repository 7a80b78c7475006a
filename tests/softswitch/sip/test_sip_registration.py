"""REGISTER over the wire: the digest, the bindings, what a scanner may learn (nothing) and how it is banned."""

from __future__ import annotations

import asyncio
import dataclasses
import statistics
import time
from typing import Any

import pytest
from sip_lab import Peer, in_loop, stack

from eslapp.softswitch.sip.digest import answer_challenge
from eslapp.softswitch.sip.message import Response
from eslapp.softswitch.sip.registrar import Registrar
from eslapp.softswitch.sip.stack import Limits, SipStack


class Handset:
    """Registers by hand."""

    def __init__(self, peer: Peer, user: str = "1001", password: str = "right", call_id: str = "") -> None:
        self.peer, self.user, self.password = peer, user, password
        self.call_id = call_id or f"reg-{user}-{peer.port}"
        self.seq = 0
        self.us = f"<sip:{user}@lab>"

    async def ask(self, authorization: str = "", *, contact: str = "", expires: str = "300") -> Response:
        self.seq += 1
        self.peer.contact = contact or f"<sip:{self.user}@127.0.0.1:{self.peer.port}>;expires={expires}"
        more = f"Expires: {expires}\r\n" + (f"Authorization: {authorization}\r\n" if authorization else "")
        self.peer.send(
            self.peer.compose(
                "REGISTER", f"sip:127.0.0.1:{self.peer.server[1]}", seq=self.seq, call_id=self.call_id,
                from_=f"{self.us};tag=r1", to=self.us, more=more,
            )
        )  # fmt: skip
        return await self.peer.final()

    def answer(self, challenged: Response, *, user: str = "") -> str:
        made = answer_challenge(
            challenged.get("www-authenticate"), user=user or self.user, password=self.password,
            method="REGISTER", uri="sip:lab", cnonce="c",
        )  # fmt: skip
        assert made is not None
        return made

    async def register(self, **options: Any) -> Response:
        return await self.ask(self.answer(await self.ask(**options)), **options)


def listen(server: SipStack) -> list[tuple[Any, ...]]:
    log: list[tuple[Any, ...]] = []
    registrar = server.registrar
    registrar.on_register_attempt = lambda b, right: log.append(("attempt", b.user, right))
    registrar.on_registered = lambda b, again: log.append(("registered", b.user, again))
    registrar.on_unregistered = lambda b: log.append(("unregistered", b.user))
    registrar.on_expired = lambda b: log.append(("expired", b.user))
    registrar.on_failure = lambda b: log.append(("failure", b.user))
    return log


@in_loop
async def test_register_refresh_and_goodbye() -> None:
    async with stack() as server:
        log = listen(server)
        with Peer(server.port) as peer:
            phone = Handset(peer)
            asked = await phone.ask()
            assert asked.status == 401
            assert asked.get("www-authenticate").startswith('Digest realm="lab", nonce="')
            assert asked.get("www-authenticate").endswith('algorithm=MD5, qop="auth"')
            done = await phone.ask(phone.answer(asked))
            assert done.status == 200 and done.get("contact") == f"<sip:1001@127.0.0.1:{peer.port}>;expires=300"
            assert done.get("date").endswith("GMT")
            binding = server.registrar.find("1001")
            assert binding is not None
            assert (binding.contact, binding.network_addr, binding.expires_s, binding.call_id, binding.auth_user) == (
                f"sip:1001@127.0.0.1:{peer.port}", ("127.0.0.1", peer.port), 300, phone.call_id, "1001",
            )  # fmt: skip
            assert binding.contact_header == f'"" <sip:1001@127.0.0.1:{peer.port}>'
            assert (await phone.register(expires="120")).get("contact").endswith(";expires=120")
            gone = await phone.register(expires="0")
            assert gone.status == 200 and gone.get("contact") == "" and server.registrar.find("1001") is None
            assert log == [
                ("attempt", "1001", True), ("registered", "1001", False),
                ("attempt", "1001", True), ("registered", "1001", True),
                ("attempt", "1001", True), ("unregistered", "1001"),
            ]  # fmt: skip


@in_loop
async def test_a_second_phone_replaces_the_first_and_a_star_removes_all() -> None:
    async with stack() as server:
        log = listen(server)
        with Peer(server.port) as one, Peer(server.port) as two:
            await Handset(one).register()
            await Handset(two).register()
            assert [b.network_addr[1] for b in server.registrar.bindings()] == [two.port]
            star = await Handset(two).register(contact="*", expires="0")
            assert star.status == 200 and not server.registrar.bindings()
            assert log[-1] == ("unregistered", "1001")
            assert (await Handset(two).register(contact="*", expires="60")).status == 400
            both = f"<sip:1001@127.0.0.1:{two.port}>, *"  # 10.3: a star stands alone
            assert (await Handset(two).register(contact=both, expires="0")).status == 400


def test_a_registration_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eslapp.softswitch.sip.stack.EXPIRY_EVERY_S", 0.02)
    in_loop(run_out)()


async def run_out() -> None:
    async with stack() as server:
        log = listen(server)
        with Peer(server.port) as peer:
            await Handset(peer).register(expires="60")
            binding = server.registrar.find("1001", time.time() + 119)
            assert binding and server.registrar.find("1001", time.time() + 121) is None, "a minute longer than it said"
            server.registrar.put(dataclasses.replace(binding, expires_at=time.time() + 0.1))
            deadline = time.monotonic() + 4
            while ("expired", "1001") not in log and time.monotonic() < deadline:
                await asyncio.sleep(0.02)
            assert log[-1] == ("expired", "1001") and not server.registrar.bindings()


@in_loop
async def test_a_nonce_is_good_once_and_then_stale() -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            phone = Handset(peer)
            answer = phone.answer(await phone.ask())
            assert (await phone.ask(answer)).status == 200
            again = await phone.ask(answer)
            assert again.status == 401 and "stale=true" in again.get("www-authenticate")
            assert (await phone.ask(phone.answer(again))).status == 200
            stolen = Handset(peer, password="wrong")
            stolen.seq = phone.seq
            replayed = await stolen.ask(stolen.answer(asked := await stolen.ask()))
            assert (asked.status, replayed.status) == (401, 403)


@in_loop
async def test_a_wrong_password_and_an_unknown_user_look_the_same() -> None:
    async with stack() as server:
        log = listen(server)
        seen = []
        for user in ("1001", "1999"):
            with Peer(server.port) as peer:
                phone = Handset(peer, user, "wrong")
                answers = [await phone.ask(), await phone.ask(phone.answer(await phone.ask()))]
                shape = []
                for each in answers:
                    names = [name for name, _ in each.pairs]
                    length = len(each.get("www-authenticate"))
                    shape.append((each.status, each.phrase, names, length))
                seen.append(shape)
        assert seen[0] == seen[1] and [shape[0] for shape in seen[0]] == [401, 403]
        assert log == [("attempt", "1001", False), ("failure", "1001"), ("attempt", "1999", False), ("failure", "1999")]


@in_loop
async def test_timing_tells_nothing_either() -> None:
    async with stack(limits=Limits(auth_failures_per_min=100_000, requests_per_s=100_000)) as server:
        took: dict[str, list[float]] = {"1001": [], "1999": []}
        with Peer(server.port) as peer:
            for _ in range(30):
                for user, times in took.items():
                    phone = Handset(peer, user, "wrong", call_id=f"t{len(times)}-{user}")
                    answer = phone.answer(await phone.ask())
                    began = time.perf_counter()
                    await phone.ask(answer)
                    times.append(time.perf_counter() - began)
        medians = [statistics.median(times) for times in took.values()]
        assert abs(medians[0] - medians[1]) < 0.005


@in_loop
async def test_one_user_cannot_register_another() -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            phone = Handset(peer, "1002")
            phone.us = "<sip:1001@lab>"
            assert (await phone.ask(phone.answer(await phone.ask()))).status == 403
            assert not server.registrar.bindings()


@in_loop
async def test_ten_wrong_passwords_are_enough() -> None:
    async with stack() as server:
        log = listen(server)
        with Peer(server.port) as honest, Peer(server.port) as peer:
            await Handset(honest).register()
            for number in range(10):
                guess = Handset(peer, "1002", f"guess{number}", call_id=f"g{number}")
                assert (await guess.ask(guess.answer(await guess.ask()))).status == 403
            peer.send(peer.compose("REGISTER", "sip:lab", call_id="g11"))
            assert await peer.quiet(0.1) == []
            assert sum(1 for entry in log if entry[0] == "failure") == 10
            assert (await Handset(honest, call_id="again").register()).status == 200  # another socket of this host
            peer.send(peer.compose("INVITE", call_id="c", body=peer.sdp()))
            assert (await peer.receive()).status == 100  # calls are not passwords


@in_loop
async def test_a_banned_phone_keeps_its_own_registration_and_may_try_no_other() -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            await Handset(peer, "1001").register()
            for number in range(10):
                guess = Handset(peer, "1002", f"guess{number}", call_id=f"g{number}")
                await guess.ask(guess.answer(await guess.ask()))
            peer.send(peer.compose("REGISTER", "sip:lab", call_id="more", to="<sip:1002@lab>"))
            assert await peer.quiet(0.1) == []
            assert (await Handset(peer, "1001", call_id="own").register()).status == 200


@pytest.mark.parametrize("contact", ["<tel:123>", "<sip:1001@h>, <sip:x@h?a=b", "sip:1001@h?x=y", "<http://h>"])
@in_loop
async def test_contacts_that_cannot_be_called(contact: str) -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            phone = Handset(peer)
            asked = await phone.ask()
            assert (await phone.ask(phone.answer(asked), contact=contact)).status == 400
            assert not server.registrar.bindings()


@in_loop
async def test_odd_expires() -> None:
    async with stack() as server:
        with Peer(server.port) as peer:
            for given, taken in (("nonsense", 3600), ("99999999999", 3600), ("100000", 86_400)):
                answer = await Handset(peer, call_id=f"e{given}").register(
                    contact=f"<sip:1001@h>;expires={given}", expires="60"
                )
                assert answer.get("contact").endswith(f"expires={taken}")


@pytest.mark.usefixtures("errors_wanted")
def test_the_table_is_bounded_and_its_callbacks_may_fail() -> None:
    from eslapp.softswitch.sip.registrar import Binding

    def binding(user: str) -> Binding:
        return Binding(user, "h", "sip:x", "", ("127.0.0.1", 1), "udp", "c", 1, 60, 100.0, "", "", "", "", "", "", "")

    def fail(*_: Any) -> None:
        raise RuntimeError

    registrar = Registrar(limit=2)
    registrar.on_registered = registrar.on_expired = fail
    assert [registrar.put(binding(user)) for user in "aabc"] == [True, True, True, False]
    registrar.expire(101.0)
    assert registrar.bindings() == []


@in_loop
async def test_only_a_challenge_tells_what_the_phone_came_with() -> None:
    async with stack() as server:
        told: list[str] = []
        server.registrar.on_challenged = lambda binding: told.append(binding.contact_header)
        with Peer(server.port) as peer:
            phone = Handset(peer)
            asked = await phone.ask()
            shown = f'"" <sip:1001@127.0.0.1:{peer.port}>'
            assert asked.status == 401 and told == [shown]
            assert (await phone.ask(phone.answer(asked))).status == 200
            assert told == [shown]
