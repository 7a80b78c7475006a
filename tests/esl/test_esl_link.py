"""The link to the switch: logging in, asking, jobs, order of events, heartbeat, loss and return."""

from __future__ import annotations

import gevent
import pytest
from fake_switch import LEG, FakeSwitch, Peer
from gevent.event import Event as Flag
from gevent.queue import Queue

from eslapp.esl.errors import SwitchDown, SwitchTimeout
from eslapp.esl.link import SwitchLink

pytestmark = pytest.mark.system  # real sockets

BOUND_S = 3.0


def serve(peer: Peer, answers: dict[str, str] | None = None) -> None:
    """Log in, subscribe, then answer api lines."""
    peer.login()
    peer.subscribe()
    answer(peer, answers or {})


def answer(peer: Peer, answers: dict[str, str]) -> None:
    while command := peer.command(timeout=30):
        if command.startswith("api "):
            peer.api_reply(answers.get(command[4:], "+OK\n"))
        elif command.startswith("bgapi "):
            line, job = command[6:].split("\nJob-UUID: ")
            peer.reply(f"+OK Job-UUID: {job}\nJob-UUID: {job}")
            peer.event("BACKGROUND_JOB", Job_UUID=job, Job_Command=line.split()[0], body=answers.get(line, "+OK\n"))
        elif command == "exit":
            peer.reply("+OK bye")
            return


@pytest.fixture
def linked():
    """Start links that are stopped at the end of the test."""
    links = []

    def start(switch: FakeSwitch, **options) -> SwitchLink:
        options.setdefault("retry_s", (0.01, 0.02))
        link = SwitchLink("127.0.0.1", switch.port, "secret", **options)
        links.append(link)
        link.start()
        return link

    yield start
    for link in links:
        link.stop()


def test_logs_in_subscribes_and_asks(linked):
    with FakeSwitch(lambda peer: serve(peer, {"version": "FreeSWITCH Version 1.10.12"})) as switch:
        link = linked(switch)
        assert link.wait_up(BOUND_S)
        assert link.api("version") == "FreeSWITCH Version 1.10.12"
        auth, subscription = switch.peers[0].commands[:2]
        assert auth == "auth secret"
        assert subscription.startswith("event json CHANNEL_ANSWER ")
        assert subscription.endswith("CUSTOM sofia::register sofia::unregister sofia::expire zongji::resting")


def test_a_job_is_matched_by_its_id(linked):
    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        first = peer.command().split("Job-UUID: ")[1]
        peer.reply(f"+OK Job-UUID: {first}")
        second = peer.command().split("Job-UUID: ")[1]
        peer.reply(f"+OK Job-UUID: {second}")
        peer.event("BACKGROUND_JOB", Job_UUID="ffffffff-0000-4000-8000-000000000000", body="+OK not ours\n")
        peer.event("BACKGROUND_JOB", Job_UUID=second, body="-ERR USER_BUSY\n")
        peer.event("BACKGROUND_JOB", Job_UUID=first, body="+OK one\n")
        peer.wait_closed()

    with FakeSwitch(script) as switch:
        link = linked(switch)
        assert link.wait_up(BOUND_S)
        one = gevent.spawn(link.bgapi, "originate one")
        two = gevent.spawn(link.bgapi, "originate two")
        gevent.joinall([one, two], timeout=BOUND_S, raise_error=True)
        assert (one.value.ok, one.value.text) == (True, "+OK one\n")
        assert (two.value.ok, two.value.text) == (False, "-ERR USER_BUSY\n")


def test_a_job_without_result_times_out_and_is_forgotten(linked):
    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        peer.command()
        peer.reply("+OK Job-UUID: x")
        peer.wait_closed()

    with FakeSwitch(script) as switch:
        link = linked(switch)
        assert link.wait_up(BOUND_S)
        with pytest.raises(SwitchTimeout, match="originate"):
            link.bgapi("originate x", timeout=0.05)
        assert link._connection._jobs == {}


def test_up_then_events_in_order_then_down(linked):
    seen = Queue()
    link = None

    def on_up() -> None:
        seen.put(("up", link.api("show channels as json")))

    def script(peer: Peer) -> None:
        peer.login()
        peer.expect("event json")  # the first event is on the wire before the subscription is acknowledged
        peer.event("DTMF", LEG, DTMF_Digit="0")
        peer.reply("+OK event listener enabled json")
        peer.expect("api show channels")
        peer.event("DTMF", LEG, DTMF_Digit="1")
        peer.api_reply('{"row_count": 0}\n')
        for digit in "2345":
            peer.event("DTMF", LEG, DTMF_Digit=digit)
        peer.close()

    with FakeSwitch(script) as switch:
        link = linked(
            switch,
            retry_s=(60, 60),
            on_up=on_up,
            on_event=lambda event: seen.put(event.get("DTMF-Digit")),
            on_down=lambda reason: seen.put(("down", reason)),
        )
        got = [seen.get(timeout=BOUND_S) for _ in range(8)]
    assert got[0] == ("up", '{"row_count": 0}\n')
    assert got[1:7] == list("012345")
    assert got[7] == ("down", "the switch closed the connection")
    assert not link.is_up


def test_an_exception_in_a_handler_stops_nothing(linked):
    seen = Queue()

    def on_event(event) -> None:
        seen.put(event.get("DTMF-Digit"))
        raise RuntimeError("planted")

    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        peer.event("DTMF", LEG, DTMF_Digit="1")
        peer.event("DTMF", LEG, DTMF_Digit="2")
        answer(peer, {})

    with FakeSwitch(script) as switch:
        link = linked(switch, on_event=on_event)
        assert [seen.get(timeout=BOUND_S), seen.get(timeout=BOUND_S)] == ["1", "2"]
        assert link.api("version") == "+OK\n"


def test_a_handler_may_ask_the_switch(linked):
    answers = Queue()
    link = None

    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        peer.event("DTMF", LEG, DTMF_Digit="1")
        answer(peer, {"originate x": "+OK done\n"})

    with FakeSwitch(script) as switch:
        link = linked(switch, on_event=lambda event: event.name == "DTMF" and answers.put(link.bgapi("originate x")))
        assert answers.get(timeout=BOUND_S).text == "+OK done\n"


@pytest.mark.parametrize("how", ["close", "reset"])
def test_all_waits_fail_at_once_when_the_connection_breaks(linked, how):
    asked = Queue()

    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        for _ in range(3):
            asked.put(peer.command())
        getattr(peer, how)()

    with FakeSwitch(script) as switch:
        link = linked(switch, retry_s=(60, 60))
        assert link.wait_up(BOUND_S)
        waits = [
            gevent.spawn(link.api, "status", 30),
            gevent.spawn(link.api, "version", 30),
            gevent.spawn(link.bgapi, "originate x", 30),
        ]
        gevent.joinall(waits, timeout=1.0)
        assert all(isinstance(wait.exception, SwitchDown) for wait in waits), [wait.exception for wait in waits]


def test_comes_back_and_says_so(linked):
    ups, downs = Queue(), Queue()
    cut = Flag()

    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        if len(switch.peers) < 3:
            cut.wait(BOUND_S)
            peer.reset()
        else:
            answer(peer, {})

    with FakeSwitch(script) as switch:
        link = linked(switch, on_up=lambda: ups.put(1), on_down=downs.put)
        assert link.wait_up(BOUND_S)
        ups.get(timeout=BOUND_S)
        cut.set()
        for _ in range(2):
            downs.get(timeout=BOUND_S)
            ups.get(timeout=BOUND_S)
        assert link.api("version") == "+OK\n"
        assert link.connections == 3


def test_a_silent_switch_is_given_up(linked):
    downs = Queue()

    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        peer.wait_closed()  # reads, never answers

    with FakeSwitch(script) as switch:
        link = linked(switch, on_down=downs.put, beat_s=0.05, dead_s=0.6, retry_s=(60, 60))
        assert link.wait_up(BOUND_S)
        assert "nothing heard" in downs.get(timeout=BOUND_S)


def test_heartbeats_keep_a_quiet_link(linked):
    with FakeSwitch(serve) as switch:
        link = linked(switch, beat_s=0.02, dead_s=0.6)
        assert link.wait_up(BOUND_S)
        with gevent.Timeout(BOUND_S):
            while switch.peers[0].commands.count("api version") < 15:
                link.api("status")
        assert link.connections == 1


def test_a_wrong_password_is_named_and_tried_again(linked):
    def script(peer: Peer) -> None:
        peer.send(b"Content-Type: auth/request\n\n")
        peer.command()
        peer.reply("-ERR invalid")
        peer.close()

    with FakeSwitch(script) as switch:
        link = linked(switch)
        assert not link.wait_up(0.2)
        assert "refuses the password" in link.problem
        assert len(switch.peers) > 1
        with pytest.raises(SwitchDown, match="refuses the password"):
            link.api("version")


def test_nobody_listening_is_named(linked):
    with FakeSwitch(serve) as switch:
        pass
    link = linked(switch)
    assert not link.wait_up(0.1)
    assert "cannot connect to 127.0.0.1" in link.problem


def test_an_acl_refusal_is_named(linked):
    def script(peer: Peer) -> None:
        text = "Access Denied, go away.\n"
        peer.send(f"Content-Type: text/rude-rejection\nContent-Length: {len(text)}\n\n{text}".encode())
        peer.close()

    with FakeSwitch(script) as switch:
        link = linked(switch)
        assert not link.wait_up(0.2)
        assert "apply-inbound-acl" in link.problem


def test_a_slow_listener_is_cut_off_and_starts_anew(linked, monkeypatch):
    monkeypatch.setattr("eslapp.esl.inbox.INBOX_BOUND", 50)
    hold, downs = Flag(), Queue()

    def script(peer: Peer) -> None:
        peer.login()
        peer.subscribe()
        if len(switch.peers) == 1:
            for _ in range(100):
                peer.event("DTMF", LEG, DTMF_Digit="1")
        answer(peer, {})

    with FakeSwitch(script) as switch:
        link = linked(switch, on_event=lambda event: hold.wait(BOUND_S), on_down=downs.put)
        assert link.wait_up(BOUND_S)
        with gevent.Timeout(BOUND_S):
            link._connection.ended.wait()
        hold.set()
        assert "behind" in downs.get(timeout=BOUND_S)
        assert link.wait_up(BOUND_S)


def test_stop_leaves_nothing_behind(linked):
    with FakeSwitch(serve) as switch:
        link = linked(switch)
        assert link.wait_up(BOUND_S)
        connection = link._connection
        link.stop()
        assert link._runner.ready()
        assert connection._receive_events_greenlet.ready() and connection._process_events_greenlet.ready()
        assert connection.sock.fileno() == -1
