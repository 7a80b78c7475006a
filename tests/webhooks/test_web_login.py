"""Signing in: passwords, throttle, cookies, sessions that end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from clients import Client
from house import House

import webhooks.passwords as passwords
from eslapp.store import web_sessions
from webhooks.deps import WebSettings
from webhooks.passwords import hash_password, matches


def try_login(client: Client, login: str, password: str) -> int:
    return client.post("/api/login", {"login": login, "password": password}).status_code


def test_the_right_password_opens_a_session_and_only_a_hash_of_it_is_kept(house: House) -> None:
    client = house.sign_in("1001")
    assert client.get("/api/me").json()["role"] == "agent"
    token = client.session.cookies["zongji_session"]
    assert token.encode() not in house.site_dir.database.read_bytes()
    assert house.password("1001").encode() not in house.site_dir.database.read_bytes()


def test_wrong_unknown_and_empty_are_refused_alike(house: House) -> None:
    client = house.client()
    answers = [client.post("/api/login", {"login": login, "password": "guess"}) for login in ("1001", "9999", "admin")]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    assert try_login(client, "1001", "") == 400


def test_an_unknown_name_takes_as_long_as_a_wrong_password(tmp_path: Path) -> None:
    house = House(tmp_path / "site", is_cheap=False)
    house.sign_in("1001")

    def work(login: str) -> float:
        started = time.process_time()  # of all threads: other processes of the machine change nothing
        try_login(house.client(), login, "guess")
        return time.process_time() - started

    tries = [(work("nobody"), work("1001")) for _ in range(4)]
    unknown, known = (min(one) for one in zip(*tries, strict=True))
    house.close()
    assert unknown > 0.4 * known


def test_the_sixth_try_in_a_minute_is_not_even_looked_at(house: House) -> None:
    client = house.client()
    assert [try_login(client, "1001", "guess") for _ in range(6)] == [401] * 5 + [429]
    assert try_login(client, "1001", house.password("1001")) == 429
    assert try_login(client, "1002", house.password("1002")) == 200, "others are not locked out"


def test_signing_in_again_ends_the_older_session_of_the_browser(house: House) -> None:
    client = house.sign_in("1001")
    old = client.session.cookies["zongji_session"]
    assert try_login(client, "1001", house.password("1001")) == 200
    assert client.session.cookies["zongji_session"] != old
    other = house.client()
    other.session.cookies.set("zongji_session", old)
    assert other.get("/api/me").status_code == 401


def test_signing_out_ends_it_on_the_server(house: House) -> None:
    client = house.sign_in("1001")
    token = client.session.cookies["zongji_session"]
    assert client.post("/api/logout").status_code == 200
    other = house.client()
    other.session.cookies.set("zongji_session", token)
    assert other.get("/api/me").status_code == 401


def test_idle_sessions_end_after_half_an_hour_used_ones_after_twelve(house: House) -> None:
    client = house.sign_in("1001")
    house.clock.pass_s(29 * 60)
    assert client.get("/api/me").status_code == 200
    house.clock.pass_s(29 * 60)
    assert client.get("/api/me").status_code == 200, "use prolongs it"
    house.clock.pass_s(31 * 60)
    assert client.get("/api/me").status_code == 401
    client = house.sign_in("1002")
    for _ in range(25):
        house.clock.pass_s(29 * 60)
        last = client.get("/api/me").status_code
    assert last == 401, "twelve hours are the end, however busy"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house: House) -> None:
    answer = house.client().post("/api/login", {"login": "1001", "password": house.password("1001")})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


def test_behind_https_the_cookie_is_bound_to_the_host(tmp_path: Path) -> None:
    house = House(tmp_path / "site", WebSettings(public_url="https://desk.example.com"))
    try:
        answer = house.client().post("/api/login", {"login": "1001", "password": house.password("1001")})
        assert answer.headers["Set-Cookie"].startswith("__Host-zongji=")
        assert "Secure" in answer.headers["Set-Cookie"]
        assert "Strict-Transport-Security" in answer.headers
    finally:
        house.close()


def test_a_hash_may_stand_where_a_password_stood(tmp_path: Path) -> None:
    house = House(tmp_path / "site")
    try:
        house.secrets.agents["1002"] = {"sip_password": "x", "web_password_hash": hash_password("mine")}
        assert try_login(house.client(), "1002", "mine") == 200
    finally:
        house.close()


def test_a_start_hashes_nothing_and_every_check_costs_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash is 20 to 130 ms of a processor: a thousand agents' would be minutes after every kill."""
    house, worked = House(tmp_path / "site", is_cheap=False), list[str]()
    monkeypatch.setattr(passwords, "hash_password", lambda password: pytest.fail("hashed"))
    monkeypatch.setattr(passwords, "matches", lambda encoded, password: bool(worked.append(encoded)))
    try:
        own = house.password("1001")
        for login, word, status in (("1001", own, 200), ("1001", own + "x", 401), ("9999", own, 401)):
            worked.clear()
            assert (try_login(house.client(), login, word), len(worked)) == (status, 1)
        house.secrets.agents["1001"]["web_password"] = "a new one, by rotation"
        assert try_login(house.client(), "1001", own) == 401
    finally:
        house.close()


def test_a_revoked_session_ends_at_once(house: House) -> None:
    client = house.sign_in("1001")
    house.store.write(lambda tx: web_sessions.revoke_all(tx, "1001", at=house.clock()))
    assert client.get("/api/me").status_code == 401


@pytest.mark.parametrize("encoded", ["", "plain", "$argon2id$v=19$broken"])
def test_a_damaged_hash_matches_nothing(encoded: str) -> None:
    assert matches(encoded, "") is False
