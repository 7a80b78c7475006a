"""What a request may hold: type, size, depth, characters; what the server refuses before the application."""

from __future__ import annotations

import socket
import time

import gevent
import pytest
from clients import Client, aside, send_raw
from house import House
from hypothesis import given
from hypothesis import strategies as st

from webhooks import server as web_server
from webhooks.requests import clean
from webhooks.server import listener

LOGIN = "/api/login"


def raw(client: Client, body: bytes, kind: str = "application/json") -> int:
    return client.ask("POST", LOGIN, data=body, headers={"Content-Type": kind}).status_code


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 400),
        ("application/json; charset=utf-8", 400),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/xml", 415),
        ("", 415),
    ],
)
def test_only_json_is_read(shared: House, kind: str, status: int) -> None:
    assert raw(shared.client(), b"{}", kind) == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"login": 1, "password": "x"}',
        b'{"login": {"$ne": ""}, "password": "x"}',
        b'{"login": ["1001"], "password": "x"}',
        b"[" * 30_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"login": "1001", "password": NaN',
        b"{" + b",".join(b'"k%d":1' % number for number in range(30)) + b"}",
        b'{"login": "' + b"x" * 65 + b'", "password": "x"}',
    ],
)
def test_broken_deep_and_wrongly_shaped_bodies_are_400(shared: House, body: bytes) -> None:
    assert raw(shared.client(), body) == 400


def test_a_lone_surrogate_is_dropped_not_stored(shared: House) -> None:
    assert raw(shared.client(), b'{"login": "\\ud800", "password": "x"}') == 400, "nothing is left of the name"


def test_a_body_over_the_cap_is_413_and_a_huge_one_is_not_even_read(shared: House) -> None:
    assert raw(shared.client(), b'"' + b"x" * 70_000) == 413
    head = b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "
    assert b" 413 " in send_raw(shared.server.port, head + b"1000000000\r\n\r\n").split(b"\r\n")[0]


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"POST /api/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b" 411 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", b" 400 "),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", b" 400 "),
        (b"NONSENSE\r\n\r\n", b" 400 "),
        (b"GET / HTTP/9.9\r\n\r\n", b" 400 "),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b" 414 "),
    ],
)
def test_what_cannot_be_read_safely_ends_the_connection(shared: House, request_bytes: bytes, status: bytes) -> None:
    assert status in send_raw(shared.server.port, request_bytes).split(b"\r\n")[0] + b" "


def test_a_head_that_dribbles_in_is_cut_off(shared: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "HEAD_S", 0.05)
    answer = send_raw(shared.server.port, b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert b" 408 " in answer.split(b"\r\n")[0]
    assert shared.client().get("/healthz").status_code == 200


def test_a_body_that_dribbles_in_is_cut_off(shared: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhooks.requests.BODY_S", 0.05)
    head = b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
    assert b" 408 " in send_raw(shared.server.port, head, wait_s=1.0).split(b"\r\n")[0]


def test_many_silent_connections_do_not_stop_the_others(shared: House) -> None:
    silent = [socket.create_connection(("127.0.0.1", shared.server.port)) for _ in range(200)]
    gevent.idle()
    assert shared.client().get("/healthz").status_code == 200
    for peer in silent:
        peer.close()


def test_a_port_in_use_is_an_error_that_names_the_reason(shared: House) -> None:
    with pytest.raises(OSError, match="in use"):
        listener("127.0.0.1", shared.server.port)


def test_connections_send_small_answers_at_once(shared: House) -> None:
    client = shared.client()
    client.get("/healthz")

    def quickest() -> float:
        spent = []
        for _ in range(10):
            started = time.perf_counter()
            client.session.get(shared.url + "/healthz")
            spent.append(time.perf_counter() - started)
        return min(spent)

    assert aside(quickest) < 0.035, "40 ms for every reply is Nagle's delay"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\x00b\x1b[31m", "ab[31m"),
        ("line\r\nnext\rlast", "line\nnext\nlast"),
        ("tab\tkept", "tab\tkept"),
        ("x\u202eevil\u202c", "xevil"),
        ("\u2066a\u2069", "a"),
        ("שלום and 你好 👩‍👩‍👧", "שלום and 你好 👩‍👩‍👧"),
        ("\ud83d", ""),
    ],
)
def test_text_is_cleaned(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(alphabet=st.characters(codec=None)))
def test_cleaned_text_can_always_be_stored_and_stays_clean(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert clean(cleaned) == cleaned
