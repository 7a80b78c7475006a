"""S6: what strangers send to a webhook is refused, quickly, within bounded memory, while good requests go on.

``ZONGJI_SLOW_SENDERS=500`` for the full size: then the slow ones are also waited for until they are cut off.
"""

from __future__ import annotations

import os
import socket
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from eslapp.demo.providers.base import Signed, post
from eslapp.demo.providers.generic import SECRET
from tests.system.text_site import TextSite
from webhooks.channels.generic import TOLERANCE_S, signed_headers

pytestmark = [pytest.mark.system, pytest.mark.slow, pytest.mark.timeout(300)]
SLOW = int(os.environ.get("ZONGJI_SLOW_SENDERS", "100"))
GROWTH_MIB = 20.0
REFUSED_S = 5.0  # the goal is one second; a loaded machine is given more
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
FOREIGN = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><FromUserName>&a;</FromUserName></xml>'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextSite]:
    with TextSite(tmp_path_factory.mktemp("letters") / "site") as running:
        post(running.hook, running.shop.say("warm", number=1))
        yield running


def signed(body: bytes, key: str = "evil", at: float | None = None) -> Signed:
    """Ours by its signature: the body alone is bad."""
    return Signed(body, signed_headers([SECRET], key, int(time.time() if at is None else at), body))


def kept(site: TextSite) -> int:
    return int(site.rows("SELECT count(*) FROM inbox")[0][0])


def bad_ones(site: TextSite) -> list[tuple[str, Signed, tuple[int, ...]]]:
    good = site.shop.say("hello", number=2)
    without = {name: value for name, value in good.headers.items() if name != "webhook-signature"}
    stale = time.time() - TOLERANCE_S - 60
    packed = zlib.compress(b" " * 4_000_000, 9)
    return [
        ("no signature", replace(good, headers=without), (403,)),
        ("a wrong one", replace(good, headers={**good.headers, "webhook-signature": "v1,AAAA"}), (403,)),
        ("one bit changed", replace(good, body=good.body[:-3] + bytes([good.body[-3] ^ 1]) + good.body[-2:]), (403,)),
        ("recorded and played later", signed(good.body, "old", stale), (403,)),
        ("from the future", signed(good.body, "new", time.time() + TOLERANCE_S + 60), (403,)),
        ("a packed bomb", replace(good, body=packed, headers={**good.headers, "Content-Encoding": "gzip"}), (415,)),
        ("two megabytes", signed(b'{"type":"message","data":"' + b"x" * 2_000_000 + b'"}'), (413, 0)),
        ("deep lists", signed(b'{"type":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), (400, 413)),
        ("deep objects", signed(b'{"a":' * 50_000 + b"1" + b"}" * 50_000), (400, 413)),
        ("billion laughs", signed(LAUGHS), (400,)),
        ("a foreign entity", signed(FOREIGN), (400,)),
        ("half a character", signed(b'{"type":"\xff\xfe"}'), (400,)),
    ]


def test_nothing_bad_is_kept_and_memory_is_bounded(site: TextSite) -> None:
    before, memory = kept(site), site.rss_mib
    for _ in range(3):
        for what, one, wanted in bad_ones(site):
            began = time.monotonic()
            assert post(site.hook, one, within_s=10)[0] in wanted, what
            assert time.monotonic() - began < REFUSED_S, what
    assert kept(site) == before
    assert site.rss_mib - memory < GROWTH_MIB


def test_a_repeat_is_taken_and_changes_nothing(site: TextSite) -> None:
    good = site.shop.say("hello", number=3)
    before = kept(site)
    assert [post(site.hook, good)[0] for _ in range(5)] == [200] * 5
    assert kept(site) == before + 1


@pytest.mark.parametrize("head", [b"Content-Length: 1000000000", b"Transfer-Encoding: chunked"])
def test_a_gigabyte_is_cut_off_at_its_head(site: TextSite, head: bytes) -> None:
    memory, sent = site.rss_mib, 0
    with connected(site) as line:
        line.sendall(b"POST /hooks/line HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
        began = time.monotonic()
        try:
            while time.monotonic() - began < REFUSED_S:
                line.sendall(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
                sent += 65_536
        except OSError:
            pass
    assert sent < 50_000_000 and time.monotonic() - began < REFUSED_S
    assert site.rss_mib - memory < GROWTH_MIB


def connected(site: TextSite) -> socket.socket:
    host, _, port = site.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def test_slow_senders_hold_nobody_up(site: TextSite, tmp_path: Path) -> None:
    memory = site.rss_mib
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(site)) for _ in range(SLOW)]
        for place, line in enumerate(slow):
            line.sendall(
                b"POST /hooks/line HTTP/1.1\r\nHost: x\r\n" + (b"Content-Length: 50\r\n\r\n{" if place % 2 else b"X")
            )
        began, times = time.monotonic(), []
        for number in range(20):
            for line in slow[::10]:
                line.send(b"y")
            asked = time.monotonic()
            assert post(site.hook, site.shop.say("good", number=100 + number), within_s=10)[0] == 200
            times.append(time.monotonic() - asked)
        assert sorted(times)[-2] < 2.0, times
        assert site.rss_mib - memory < GROWTH_MIB + SLOW * 0.05
        if SLOW >= 500:
            ends = [ended(line) for line in slow]
            assert all(ends) and time.monotonic() - began < 40
            print(f"{SLOW} slow senders: good requests at most {max(times):.3f} s, +{site.rss_mib - memory:.1f} MiB")


def ended(line: socket.socket) -> bool:
    """Whether the daemon ended it (with or without a word)."""
    try:
        while line.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True
