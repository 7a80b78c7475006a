"""Calls the switch hands us: beginning, applications, digits, being lost, and the server's limits."""

from __future__ import annotations

import gevent
import pytest
from fake_switch import LEG, OTHER, Peer, begin_call, complete, connect_reply, dial, take_order
from gevent.event import Event as Flag
from gevent.queue import Queue

from eslapp.esl import commands
from eslapp.esl.call import BEGINNING
from eslapp.esl.errors import LegGone, LegLost, LegTaken, SwitchRefused, SwitchTimeout
from eslapp.esl.server import OutboundCall, OutboundServer

BOUND_S = 3.0


@pytest.fixture
def serving():
    """Start servers that are stopped at the end of the test."""
    servers = []

    def start(on_call=None, **options) -> OutboundServer:
        server = OutboundServer("127.0.0.1", 0, on_call or (lambda call: call.gone.wait(BOUND_S)), **options)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def a_call(serving):
    """A call in our hands and the switch's end of it."""
    arrived: Queue[OutboundCall] = Queue()
    release = Flag()

    def on_call(call: OutboundCall) -> None:
        arrived.put(call)
        release.wait(BOUND_S)

    server = serving(on_call)
    peer = dial(server.port)
    begin_call(peer, zj_did="2000")
    yield arrived.get(timeout=BOUND_S), peer
    release.set()
    peer.close()


def run(call: OutboundCall, app: commands.App, timeout: float = BOUND_S) -> gevent.Greenlet:
    return gevent.spawn(call.execute, *app, timeout)


def test_a_call_begins_with_its_variables(a_call):
    call, peer = a_call
    assert call.uuid == LEG
    assert call.variables == {"zj_did": "2000"}
    assert call.channel.get("Caller-Caller-ID-Name") == "Lab Caller"
    assert peer.commands == [*BEGINNING] and "CHANNEL_HANGUP" not in BEGINNING[-1].split()


def test_an_application_runs_to_its_end(a_call):
    call, peer = a_call
    waiting = run(call, commands.playback("/s/a.wav"))
    order, arg = take_order(peer, "playback")
    assert arg == "/s/a.wav"
    assert "event-lock: true" in peer.commands[-1]
    complete(peer, "playback", order, "FILE PLAYED", variable_zj_did="2001")
    completion = waiting.get(timeout=BOUND_S)
    assert completion.response == "FILE PLAYED"
    assert completion.variables["zj_did"] == call.variables["zj_did"] == "2001"


def test_completions_are_told_apart_by_their_order_not_by_name(a_call):
    call, peer = a_call
    first, second = run(call, commands.playback("/s/1.wav")), run(call, commands.playback("/s/2.wav"))
    one, _ = take_order(peer, "playback")
    two, _ = take_order(peer, "playback")
    complete(peer, "playback", "c119a96b-7e8e-4007-9727-7254067abf41", "not ours")
    complete(peer, "playback", two, "second")
    complete(peer, "playback", one, "first")
    assert second.get(timeout=BOUND_S).response == "second"
    assert first.get(timeout=BOUND_S).response == "first"


def test_an_application_that_never_ends_times_out_and_is_forgotten(a_call):
    call, peer = a_call
    waiting = run(call, commands.answer(), timeout=0.05)
    order, _ = take_order(peer, "answer")
    with pytest.raises(SwitchTimeout, match="answer"):
        waiting.get(timeout=BOUND_S)
    complete(peer, "answer", order)
    again = run(call, commands.park())
    order, _ = take_order(peer, "park")
    complete(peer, "park", order)
    assert again.get(timeout=BOUND_S).response == "_none_"
    assert call._orders == {}


def test_a_refused_application_says_so(a_call):
    call, peer = a_call
    waiting = run(call, commands.answer())
    peer.expect("sendmsg")
    peer.reply("-ERR memory error")
    with pytest.raises(SwitchRefused, match="memory error"):
        waiting.get(timeout=BOUND_S)


def test_a_hang_up_releases_every_waiter_with_its_cause(a_call):
    call, peer = a_call
    told = Queue()
    call.on_lost = told.put
    waits = [run(call, commands.playback("/s/a.wav")), run(call, commands.park())]
    for _ in waits:
        peer.expect("sendmsg")
        peer.reply()
    peer.event("CHANNEL_HANGUP", OTHER, Hangup_Cause="NOT_OURS")
    peer.event("CHANNEL_HANGUP", LEG, Hangup_Cause="USER_BUSY")
    for waiting in waits:
        with pytest.raises(LegGone) as gone:
            waiting.get(timeout=1.0)
        assert gone.value.cause == "USER_BUSY"
    with pytest.raises(LegGone):
        call.execute("answer")
    assert told.get(timeout=BOUND_S).cause == "USER_BUSY"
    assert call.gone.is_set()


def test_a_bridge_takes_the_leg_while_the_connection_stays(a_call):
    """FreeSWITCH ends the socket application and keeps the connection: out_uuid_transfer, out_intercept."""
    call, peer = a_call
    waiting = run(call, commands.playback("/s/a.wav"))
    take_order(peer, "playback")
    complete(peer, "socket", "0f419027-5e7d-4aee-bfd3-b3a416f36c10", "FILE PLAYED")
    with pytest.raises(LegTaken):
        waiting.get(timeout=1.0)
    peer.event("CHANNEL_HANGUP", LEG, Hangup_Cause="NORMAL_CLEARING")
    with pytest.raises(LegTaken):  # what happens to it later is not this call's business any more
        call.execute("answer")


def test_a_hang_up_is_a_hang_up_although_the_socket_application_ends_too(a_call):
    call, peer = a_call
    waiting = run(call, commands.playback("/s/a.wav"))
    order, _ = take_order(peer, "playback")
    peer.event("CHANNEL_HANGUP", LEG, Hangup_Cause="NORMAL_CLEARING")
    complete(peer, "playback", order, "PLAYBACK ERROR")
    complete(peer, "socket", "0f419027-5e7d-4aee-bfd3-b3a416f36c10", "PLAYBACK ERROR")
    with pytest.raises(LegGone):
        waiting.get(timeout=1.0)


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_that_ends_without_a_hang_up_means_taken(a_call, how):
    call, peer = a_call
    waiting = run(call, commands.playback("/s/a.wav"))
    take_order(peer, "playback")
    getattr(peer, how)()
    with pytest.raises(LegTaken):
        waiting.get(timeout=1.0)


def test_a_hang_up_in_the_packet_of_the_connect_reply_is_not_missed(serving):
    lost = Queue()

    def on_call(call: OutboundCall) -> None:
        try:
            call.execute(*commands.answer())
        except LegLost as loss:
            lost.put(loss)

    peer = dial(serving(on_call).port)
    peer.expect("connect")
    reply = b"Content-Type: command/reply\nReply-Text: +OK\n\n"
    body = b'{"Event-Name":"CHANNEL_HANGUP","Unique-ID":"%s","Hangup-Cause":"ORIGINATOR_CANCEL"}' % LEG.encode()
    frame = b"Content-Length: %d\nContent-Type: text/event-json\n\n" % len(body) + body
    peer.send(connect_reply() + 3 * reply + frame)
    assert lost.get(timeout=BOUND_S).cause == "ORIGINATOR_CANCEL"


def test_digits_are_kept_within_bounds(a_call):
    call, peer = a_call
    for digit in "12" * 60:
        peer.event("DTMF", LEG, DTMF_Digit=digit)
    peer.event("DTMF", OTHER, DTMF_Digit="9")
    waiting = gevent.spawn(call.api, "version")
    peer.expect("api version")
    peer.api_reply("ok")
    assert waiting.get(timeout=BOUND_S) == "ok"
    assert call.digits.qsize() == 64 and call.digits_dropped == 56
    assert [call.digits.get(timeout=1) for _ in range(3)] == ["1", "2", "1"]


def test_an_exception_in_on_call_gives_the_caller_back_to_the_dialplan(serving):
    def on_call(call: OutboundCall) -> None:
        raise RuntimeError("planted")

    server = serving(on_call)
    peer = dial(server.port)
    begin_call(peer)
    assert peer.wait_closed()
    assert server.calls == set()


def test_a_connection_that_says_nothing_is_dropped(serving):
    server = serving(connect_timeout_s=0.05)
    peer = dial(server.port)
    assert peer.expect("connect")
    assert peer.wait_closed()


def test_a_socket_without_full_control_is_refused(serving, caplog):
    peer = dial(serving().port)
    peer.expect("connect")
    peer.send(connect_reply())
    peer.reply("-ERR command not found")
    peer.reply("+OK Events Enabled")
    peer.reply("-ERR command not found")
    assert peer.wait_closed()


def test_a_leg_that_is_no_uuid_is_refused(serving):
    called = []
    peer = dial(serving(called.append).port)
    begin_call(peer, uuid="../../etc/passwd")
    assert peer.wait_closed()
    assert called == []


def test_too_many_calls_and_strangers_are_turned_away_at_once(serving):
    server = serving(max_calls=1)
    first = dial(server.port)
    begin_call(first)
    second = dial(server.port)
    assert second.wait_closed()
    assert server.refused == 1
    private = serving(allow=())
    assert dial(private.port).wait_closed()
    assert private.refused == 1


def test_a_full_server_takes_calls_again(serving):
    server = serving(max_calls=1)
    first = dial(server.port)
    begin_call(first)
    first.event("CHANNEL_HANGUP", LEG, Hangup_Cause="NORMAL_CLEARING")
    assert first.wait_closed()
    begin_call(dial(server.port))


def test_stopping_releases_calls(serving):
    ended = Queue()

    def on_call(call: OutboundCall) -> None:
        try:
            call.execute(*commands.park())
        except LegTaken as taken:
            ended.put(taken)

    server = serving(on_call)
    peer = dial(server.port)
    begin_call(peer)
    take_order(peer, "park")
    server.stop()
    assert ended.get(timeout=BOUND_S)


def test_many_quick_calls_leave_nothing_behind(serving):
    def on_call(call: OutboundCall) -> None:
        call.execute(*commands.answer())

    server = serving(on_call)

    def one() -> None:
        peer: Peer = dial(server.port)
        begin_call(peer)
        order, _ = take_order(peer, "answer")
        complete(peer, "answer", order)
        assert peer.wait_closed()
        peer.close()

    for _ in range(10):
        gevent.joinall([gevent.spawn(one) for _ in range(20)], timeout=BOUND_S, raise_error=True)
    server._pool.join(timeout=BOUND_S)
    assert server.calls == set() and len(server._pool) == 0
