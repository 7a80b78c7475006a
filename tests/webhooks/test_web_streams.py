"""Live streams: in order, without gaps, resumable, bounded, ended with the session."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import gevent
import pytest
from clients import aside
from house import House

from eslapp.bus import Bus
from eslapp.core import commands as c
from eslapp.core.model import Presence
from webhooks import push
from webhooks.deps import WebSettings
from webhooks.feed import CutOff, Feed

pytestmark = pytest.mark.system  # real sockets

QUICK = WebSettings(heartbeat_s=0.05)


def test_an_agent_sees_what_concerns_them_with_its_number(house: House) -> None:
    client = house.sign_in("1001")
    with client.stream("/api/events") as stream:
        assert stream.next().event == "Hello"
        house.available("1001")
        interaction = house.chat_interaction()
        made = stream.until("OfferMade")
        assert made.data["offer"]["interaction"] == interaction and int(made.id) == made.data["sequence"]
        house.connect(interaction)
        assert stream.until("InteractionConnected").data["agent"] == "1001"
        house.say(interaction, "hello")
        assert stream.until("MessageStored").data["author"] == "contact"


def test_other_peoples_work_is_only_a_change_of_the_board(house: House) -> None:
    client = house.sign_in("1002")
    with client.stream("/api/events") as stream:
        stream.next()
        house.available("1001")
        house.connect(house.chat_interaction())
        assert stream.next().event == "Board"
        house.ask(c.SetPresence, agent="1002", presence=Presence.BREAK)
        assert stream.next().event == "PresenceChanged"


def test_supervision_sees_everything(house: House) -> None:
    with house.sign_in("admin").stream("/api/events") as stream:
        stream.next()
        house.available("1001")
        interaction = house.chat_interaction()
        assert stream.until("DecisionMade").data["receipt"]["interaction"] == interaction


def test_a_stream_goes_on_where_it_was_cut(house: House) -> None:
    client = house.sign_in("1001")
    house.available("1001")
    with client.stream("/api/events") as stream:
        hello = stream.next()
        interaction = house.chat_interaction()
        stream.until("OfferMade")
    house.connect(interaction)
    texts = [house.say(interaction, f"text {number}").id for number in range(5)]
    with client.stream("/api/events", **{"Last-Event-ID": hello.id}) as stream:
        seen = []
        while len(seen) < 5:
            event = stream.next()
            seen += [event.data["message"]] if event.event == "MessageStored" else []
    assert seen == texts


@pytest.mark.parametrize("asked", ["999999", "-4", "abc", "9" * 30, "1e3", "\u00b2"])
def test_nonsense_numbers_begin_anew(shared: House, asked: str) -> None:
    client = shared.sign_in("1001")
    with client.stream("/api/events", **{"Last-Event-ID": asked.encode().decode("latin-1")}) as stream:
        assert stream.next().event in ("Hello", "Reset")


def test_a_client_that_was_away_too_long_is_told_to_start_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "REPLAY_CAP", 3)
    client = house.sign_in("1001")
    house.available("1001")
    house.connect(house.chat_interaction())
    house.until(lambda: house.app.extensions["zongji"].feed.position > 4, "the feed")
    with client.stream("/api/events", **{"Last-Event-ID": "0"}) as stream:
        assert stream.next().event == "Reset"


def test_the_stream_ends_with_the_session(tmp_path: Path) -> None:
    house = House(tmp_path / "site", QUICK)
    client = house.sign_in("1001")
    with client.stream("/api/events") as stream:
        stream.next()
        client.post("/api/logout")
        assert stream.until("SignedOut")
        assert stream.is_over()
    house.close()


def test_work_in_hand_keeps_the_session_of_an_open_page(tmp_path: Path) -> None:
    house = House(tmp_path / "site", QUICK)
    house.available("1001")
    client = house.sign_in("1001")
    house.connect(house.chat_interaction())
    with client.stream("/api/events") as stream:
        stream.next()
        for _ in range(3):
            house.clock.pass_s(25 * 60)
            seen = house.clock()
            house.until(lambda seen=seen: seen_at(house) >= seen, "the heartbeat's touch")
        assert client.get("/api/me").status_code == 200
    house.close()


def seen_at(house: House) -> float:
    return house.store.read(lambda tx: tx.value("SELECT MAX(seen_at) FROM web_sessions"))


def test_too_many_streams_are_refused_and_room_comes_back(tmp_path: Path) -> None:
    house = House(tmp_path / "site", WebSettings(stream_cap=2, heartbeat_s=0.05))
    client = house.sign_in("1001")
    first, second = client.stream("/api/events"), client.stream("/api/events")
    first.next(), second.next()
    assert client.get("/api/events").status_code == 503
    with first, second:
        pass
    house.until(lambda: house.app.extensions["zongji"].streams == 0, "room")
    with client.stream("/api/events") as stream:
        assert stream.next()
    house.close()


def test_a_reader_that_does_not_read_is_cut_off_and_holds_nothing(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr("webhooks.server.IO_S", 0.2)
    monkeypatch.setattr("webhooks.feed.STREAM_BOUND", 50)
    house = House(tmp_path / "site", QUICK)
    token = house.sign_in("admin").session.cookies["zongji_session"]
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    aside(peer.connect, ("127.0.0.1", house.server.port))
    peer.sendall(f"GET /api/events HTTP/1.1\r\nHost: x\r\nCookie: zongji_session={token}\r\n\r\n".encode())
    parts = house.app.extensions["zongji"]
    house.until(lambda: parts.streams == 1, "the stream")
    flood = b"x" * 60_000
    real = push.frame
    monkeypatch.setattr("webhooks.api.events.push.frame", lambda *args: real(*args) + b": " + flood + b"\n\n")
    for number in range(60):
        house.ask(c.SetPresence, agent="1001", presence=(Presence.BREAK, Presence.OFFLINE)[number % 2])
    house.until(lambda: parts.streams == 0 and len(parts.feed) == 0, "the cut")
    assert house.client().get("/healthz").status_code == 200
    peer.close()
    house.close()


class Log:
    """A log of numbers that can be down."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.is_down = False

    def after(self, sequence: int, limit: int) -> list[tuple[int, Any]]:
        if self.is_down:
            raise OSError("down")
        return [(row, row) for row in self.rows if row > sequence][:limit]


def drained(subscription: Any) -> list[int]:
    found = []
    while (item := subscription.get(timeout=0.05)) is not None:
        if isinstance(item, CutOff):
            break
        found.append(item[0])
    return found


def test_numbers_that_arrive_out_of_order_are_handed_out_in_order_and_once() -> None:
    bus, log = Bus(), Log()
    feed = Feed(bus, log.after, 0)
    feed.start()
    gevent.idle()
    with feed.subscribe() as subscription:
        log.rows = [1, 2, 3, 4]
        for sequence in (2, 1, 4, 3):
            bus.publish(sequence, sequence)
        assert drained(subscription) == [1, 2, 3, 4]
    feed.stop()


def test_a_gap_waits_for_the_log_and_nothing_is_lost() -> None:
    bus, log = Bus(), Log()
    feed = Feed(bus, log.after, 0)
    feed.start()
    gevent.idle()
    with feed.subscribe() as subscription:
        log.is_down = True
        bus.publish(3, 3)
        assert drained(subscription) == []
        log.is_down, log.rows = False, [1, 2, 3, 4]
        bus.publish(4, 4)
        assert drained(subscription) == [1, 2, 3, 4]
    feed.stop()


def test_a_slow_subscriber_is_cut_the_others_are_not() -> None:
    bus, log = Bus(), Log()
    feed = Feed(bus, log.after, 0)
    feed.start()
    gevent.idle()
    with feed.subscribe(bound=5) as slow, feed.subscribe() as quick:
        for sequence in range(1, 11):
            bus.publish(sequence, sequence)
        assert len(drained(quick)) == 10
        assert slow.is_cut and isinstance(slow.get(timeout=0.01), CutOff)
    feed.stop()


def test_stopping_ends_every_stream() -> None:
    feed = Feed(Bus(), Log().after, 0)
    feed.start()
    with feed.subscribe() as subscription:
        feed.stop()
        assert isinstance(subscription.get(timeout=1), CutOff)
