"""Every measured defect of greenswitch 0.0.19 (G1 to G16), shown on the plain class and cured in ours.

The numbers are those of the reliability notes. Each scenario runs unchanged against both; where the plain class would
stop the whole process it runs in one of its own.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gevent
import pytest
from fake_switch import LEG, FakeSwitch, Peer, dial, json_event, plain_event
from gevent.event import Event as Flag
from gevent.queue import Empty, Queue
from greenswitch.esl import InboundESL, OutboundESLServer, OutboundSession

from eslapp.clock import monotonic
from eslapp.esl.commands import CommandError
from eslapp.esl.errors import SwitchDown, SwitchError
from eslapp.esl.link import SwitchConnection
from eslapp.esl.server import OutboundCall, OutboundServer

pytestmark = pytest.mark.system  # real sockets

HANG_S = 0.15  # plain greenswitch gets this long to prove that it hangs
BOUND_S = 3.0
HUNG = object()
PLAIN, OURS = InboundESL, SwitchConnection
TEXT = b"Content-Type: command/reply\nReply-Text: +OK\n\n"


def within(seconds: float, work: Callable[[], object]) -> object:
    """What ``work`` returns, the exception it raises, or ``HUNG``."""
    greenlet = gevent.spawn(work)
    greenlet.join(timeout=seconds)
    if not greenlet.ready():
        greenlet.kill(block=False)
        return HUNG
    return greenlet.value if greenlet.successful() else greenlet.exception


@pytest.fixture
def inbound():
    """``inbound(cls, script)``: a logged-in connection of that class to a fake switch running ``script``."""
    opened: list[object] = []

    def connect(cls: type, script: Callable[[Peer], None]) -> InboundESL:
        def serve(peer: Peer) -> None:
            peer.login()
            script(peer)

        switch = FakeSwitch(serve)
        switch.__enter__()
        client = cls("127.0.0.1", switch.port, "secret", timeout=1)
        opened.extend([client, switch])
        client.connect()
        return client

    yield connect
    for one in reversed(opened):
        if isinstance(one, FakeSwitch):
            one.__exit__("ignore")
        else:
            end(one)


def end(client: InboundESL) -> None:
    """Make any client let go, whatever state it is in."""
    if isinstance(client, OURS | OutboundCall):
        client.fail("the test is over")
        return
    gevent.killall([client._receive_events_greenlet, client._process_events_greenlet], block=False)
    client.sock.close()


def first_event(client: InboundESL) -> object:
    """The first event handed to a handler."""
    seen: Queue[object] = Queue()
    client.register_handle("*", seen.put)
    return seen.get(timeout=BOUND_S)


def is_dead_but_connected(client: InboundESL) -> bool:
    client._receive_events_greenlet.join(timeout=HANG_S)
    return client._receive_events_greenlet.ready() and client.connected


FORGERIES = {
    "value": "Caller-Caller-ID-Name: Bob%0AEvent-Name: CHANNEL_HANGUP_COMPLETE%0AUnique-ID: victim",
    "name": "variable_sip_h_X-a%0AUnique-ID: victim\nx: y",
    "line-separator": "Caller-Caller-ID-Name: Bob%E2%80%A8Unique-ID: victim",
    "next-line": "Caller-Caller-ID-Name: Bob%C2%85Unique-ID: victim",
    "vertical-tab": "Caller-Caller-ID-Name: Bob%0BUnique-ID: victim",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_g1_a_caller_name_forges_an_event(inbound, forgery):
    def script(peer: Peer) -> None:
        peer.send(plain_event(f"Event-Name: CHANNEL_CREATE\nUnique-ID: {LEG}\n{FORGERIES[forgery]}\n\n"))
        peer.wait_closed()

    assert first_event(inbound(PLAIN, script)).headers["Unique-ID"] == "victim"
    event = first_event(inbound(OURS, script))
    assert (event.headers["Unique-ID"], event.headers["Event-Name"]) == (LEG, "CHANNEL_CREATE")


def test_g2_a_body_takes_the_event_over(inbound):
    body = "Event-Name: CHANNEL_HANGUP\nUnique-ID: victim\n"
    block = f"Event-Name: MESSAGE\nUnique-ID: {LEG}\nContent-Length: {len(body)}\n\n{body}"

    def script(peer: Peer) -> None:
        peer.send(plain_event(block))
        peer.wait_closed()

    assert first_event(inbound(PLAIN, script)).headers["Event-Name"] == "CHANNEL_HANGUP"
    event = first_event(inbound(OURS, script))
    assert (event.headers["Event-Name"], event.headers["Unique-ID"], event.data) == ("MESSAGE", LEG, body)


def test_g3_one_latin_1_byte_kills_the_reader_silently(inbound):
    def script(peer: Peer) -> None:
        peer.expect("api show")
        peer.send(b"Content-Type: api/response\nContent-Length: 4\n\nJos\xe9")
        peer.expect("api version")
        peer.api_reply("1.10")

    plain = inbound(PLAIN, script)
    assert within(HANG_S, lambda: plain.send("api show")) is HUNG
    assert is_dead_but_connected(plain)
    ours = inbound(OURS, script)
    assert ours.send("api show").data == "Jos\ufffd"
    assert ours.send("api version").data == "1.10"


HARMLESS = {
    "blank line": b"\n\n\n",
    "no Content-Type": b"X-Header: 1\n\n",
    "unknown Content-Type": b"Content-Type: text/new\nContent-Length: 2\n\nab",
    "unasked reply": TEXT,
}


@pytest.mark.parametrize("oddity", ["no Content-Type", "unasked reply"])
def test_g4_one_odd_frame_kills_the_reader_silently(inbound, oddity):
    plain = inbound(PLAIN, lambda peer: (peer.send(HARMLESS[oddity]), peer.wait_closed()))
    assert is_dead_but_connected(plain)


@pytest.mark.parametrize("oddity", HARMLESS)
def test_g4_cured_an_odd_frame_is_skipped(inbound, oddity):
    def script(peer: Peer) -> None:
        peer.send(HARMLESS[oddity])
        peer.expect("api version")
        peer.api_reply("1.10")

    assert inbound(OURS, script).send("api version").data == "1.10"


@pytest.mark.parametrize("length", ["ten", "-1", "99999999999"])
def test_g4_a_bad_length_kills_the_reader_or_is_waited_for(inbound, length):
    def script(peer: Peer) -> None:
        peer.expect("api version")
        peer.send(f"Content-Type: api/response\nContent-Length: {length}\n\n1.10".encode())
        peer.wait_closed()

    plain = inbound(PLAIN, script)
    assert within(HANG_S, lambda: plain.send("api version")) is HUNG and plain.connected
    ours = inbound(OURS, script)
    assert isinstance(within(BOUND_S, lambda: ours.send("api version")), SwitchDown)
    assert not ours.connected and "Content-Length" in ours.failure


def test_g5_an_end_of_file_in_a_body_stops_the_hub():
    script = [sys.executable, str(Path(__file__).parent / "spinning.py")]
    spinning = subprocess.Popen(script, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert spinning.stdout.readline() == "cut\n"
        with pytest.raises(subprocess.TimeoutExpired):
            spinning.wait(timeout=0.4)
    finally:
        spinning.kill()
    assert spinning.communicate()[0] == ""


def test_g5_cured_an_end_of_file_in_a_body_is_an_end_of_file(inbound):
    def script(peer: Peer) -> None:
        peer.send(b"Content-Length: 100\nContent-Type: text/event-plain\n\nEvent-Name: HEARTBEAT\n")
        peer.close()

    ours = inbound(OURS, script)
    assert ours.ended.wait(BOUND_S) and not ours.connected


def test_g6_a_broken_connection_leaves_commands_waiting_for_ever(inbound):
    def script(peer: Peer) -> None:
        peer.expect("api version")
        peer.close()

    assert within(HANG_S, lambda: inbound(PLAIN, script).send("api version")) is HUNG
    assert isinstance(within(BOUND_S, lambda: inbound(OURS, script).send("api version")), SwitchDown)


def test_g7_events_still_queued_at_the_end_are_dropped(inbound):
    def script(peer: Peer) -> None:
        for _ in range(200):
            peer.send(plain_event("Event-Name: CHANNEL_HANGUP_COMPLETE\n\n"))
        peer.close()

    def handled(cls: type) -> int:
        seen = []
        hold = Flag()
        client = inbound(cls, script)
        client.register_handle("*", lambda event: (hold.wait(BOUND_S), seen.append(event)))
        client._receive_events_greenlet.join(timeout=BOUND_S)
        hold.set()
        client._process_events_greenlet.join(timeout=BOUND_S)
        return len(seen)

    assert handled(PLAIN) < 10
    assert handled(OURS) == 200


def test_g8_a_long_command_is_cut(inbound):
    size = 6_000_000
    lengths: Queue[int] = Queue()

    def script(peer: Peer) -> None:
        hold.wait(BOUND_S)
        lengths.put(len(peer.command(timeout=1) if whole else peer.sock.recv(size * 2, 0x100)))
        peer.reply()

    hold, whole = Flag(), False
    plain = inbound(PLAIN, script)
    sending = gevent.spawn(plain.send, "api echo " + "x" * size)
    gevent.idle()
    sent_whole = plain._commands_sent and not sending.ready()
    sending.join(timeout=0.05)
    hold.set()
    assert sent_whole and lengths.get(timeout=BOUND_S) < size

    hold, whole = Flag(), True
    ours = inbound(OURS, script)
    sending = gevent.spawn(ours.send, "api echo " + "x" * size)
    sending.join(timeout=0.05)
    hold.set()
    assert sending.get(timeout=BOUND_S).data == "+OK"
    assert lengths.get(timeout=BOUND_S) == size + len("api echo ")


def test_g8_cured_two_long_commands_do_not_mix(inbound):
    commands: Queue[str] = Queue()

    def script(peer: Peer) -> None:
        for _ in range(2):
            commands.put(peer.command(timeout=2))
            peer.reply(commands.queue[-1][-1])

    ours = inbound(OURS, script)
    both = [gevent.spawn(ours.send, "api echo " + letter * 2_000_000) for letter in "ab"]
    gevent.joinall(both, timeout=BOUND_S, raise_error=True)
    assert [reply.value.data for reply in both] == ["a", "b"]
    assert all(len(set(commands.get(timeout=1)[9:])) == 1 for _ in range(2))


@pytest.mark.parametrize("how", ["mute", "closed"])
def test_g9_connecting_hangs(how):
    def script(peer: Peer) -> None:
        if how == "closed":
            peer.close()
        else:
            peer.wait_closed()

    def connect(cls: type, limit_s: float) -> object:
        with FakeSwitch(script) as switch:
            client = cls("127.0.0.1", switch.port, "secret", timeout=0.1)
            return within(limit_s, client.connect)

    assert connect(PLAIN, HANG_S + 0.1) is HUNG
    assert isinstance(connect(OURS, BOUND_S), SwitchDown)


def test_g10_a_handler_that_stops_its_connection_hangs(inbound):
    def script(peer: Peer) -> None:
        peer.send(plain_event("Event-Name: HEARTBEAT\n\n"))
        peer.expect("exit")
        peer.reply("+OK bye")
        peer.close()

    def stopped(cls: type) -> bool:
        client, done = inbound(cls, script), Flag()
        client.register_handle("HEARTBEAT", lambda event: (client.stop(), done.set()))
        return bool(done.wait(HANG_S if cls is PLAIN else BOUND_S))

    assert not stopped(PLAIN)
    assert stopped(OURS)


class Outbound:
    """A call of either class, and the switch's end of it."""

    def __init__(self, cls: type) -> None:
        self.calls: Queue[OutboundSession] = Queue()
        self._release = Flag()
        listener = gevent.server.StreamServer(("127.0.0.1", 0), lambda sock, address: self._serve(cls, sock, address))
        listener.start()
        self._listener = listener
        self.peer = dial(listener.server_port)
        peer = self.peer
        replies = [f"Event-Name: CHANNEL_DATA\nUnique-ID: {LEG}\nvariable_uuid: {LEG}\n".encode() + TEXT]
        peer.expect("connect")
        peer.send(replies[0])
        for _ in range(3 if cls is OutboundCall else 1):
            peer.command()
            peer.reply()
        self.call = self.calls.get(timeout=BOUND_S)

    def _serve(self, cls: type, sock: object, address: object) -> None:
        call = cls(address, sock)
        call.connect()
        if cls is OutboundSession:
            call.myevents()
        self.calls.put(call)
        self._release.wait(BOUND_S * 2)

    def accept(self) -> str:
        """Take a sendmsg; its Event-UUID, ``""`` where it has none."""
        command = self.peer.expect("sendmsg")
        self.peer.reply()
        return dict(line.split(": ", 1) for line in command.split("\n")[1:]).get("Event-UUID", "")

    def complete(self, order: str, response: str) -> None:
        headers = {"Event-Name": "CHANNEL_EXECUTE_COMPLETE", "Unique-ID": LEG, "Application": "playback"}
        headers |= {"Application-UUID": order, "Application-Response": response}
        headers |= {"variable_current_application": "playback"}
        block = "".join(f"{name}: {value}\n" for name, value in headers.items())
        self.peer.send(plain_event(block + "\n"))

    def end(self) -> None:
        self._release.set()
        end(self.call)
        self.peer.close()
        self._listener.stop()


@pytest.fixture
def outbound():
    """``outbound(cls)``: a begun call of that class."""
    opened: list[Outbound] = []

    def begin(cls: type) -> Outbound:
        opened.append(Outbound(cls))
        return opened[-1]

    yield begin
    for one in opened:
        one.end()


def test_g11_a_line_break_in_an_argument_adds_a_command(outbound):
    evil = "x=a\n\napi system id"
    plain = outbound(OutboundSession)
    gevent.spawn(plain.call.call_command, "set", evil)
    assert "execute-app-arg: x=a" in plain.peer.command()
    assert plain.peer.command() == "api system id"
    ours = outbound(OutboundCall)
    for attempt in (
        lambda: ours.call.call_command("set", evil),
        lambda: ours.call.send(evil),
        lambda: ours.call.api(evil),
    ):
        with pytest.raises(CommandError):
            attempt()
    assert within(0.05, ours.peer.command) is HUNG


def test_g12_the_end_of_one_application_releases_whoever_waits_for_another(outbound):
    def released(cls: type) -> list[str]:
        one = outbound(cls)
        waits = {name: gevent.spawn(one.call.playback, f"/s/{name}.wav") for name in ("first", "second")}
        one.accept()
        one.complete(one.accept(), "the end of the second")
        gevent.joinall(list(waits.values()), timeout=HANG_S, count=1)
        return [name for name, wait in waits.items() if wait.ready()]

    assert released(OutboundSession) == ["first"]
    assert released(OutboundCall) == ["second"]


def test_g13_a_handler_of_ones_own_breaks_every_blocking_call(outbound):
    def played(cls: type) -> object:
        one, seen = outbound(cls), []
        one.call.register_handle("CHANNEL_EXECUTE_COMPLETE", seen.append)
        playing = gevent.spawn(one.call.playback, "/s/a.wav")
        one.complete(one.accept(), "FILE PLAYED")
        playing.join(timeout=HANG_S if cls is OutboundSession else BOUND_S)
        assert len(seen) == 1
        return playing.ready()

    assert not played(OutboundSession)
    assert played(OutboundCall)


def free_port() -> int:
    with gevent.socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def test_g14_a_call_waits_for_the_next_poll():
    def slowest(port: int) -> float:
        times = []
        for _ in range(5):
            began = monotonic()
            peer = dial(port)
            peer.expect("connect")
            times.append(monotonic() - began)
            peer.close()
        return max(times)

    plain = OutboundESLServer("127.0.0.1", free_port(), application=object)
    accepting = gevent.spawn(plain.listen)
    gevent.idle()
    assert slowest(plain.server.getsockname()[1]) > 0.05
    plain.stop()
    accepting.kill()
    ours = OutboundServer("127.0.0.1", 0, lambda call: None)
    ours.start()
    assert any(slowest(ours.port) < 0.05 for _ in range(4)), "however busy the machine, five at once without a poll"
    ours.stop()


def test_g14_silent_connections_are_neither_counted_nor_ended():
    plain = OutboundESLServer("127.0.0.1", free_port(), application=object, max_connections=1)
    accepting = gevent.spawn(plain.listen)
    gevent.idle()
    peers = [dial(plain.server.getsockname()[1]) for _ in range(3)]
    assert [peer.expect("connect") for peer in peers] == ["connect"] * 3
    assert plain.connection_count == 0
    plain.stop()
    accepting.kill()
    ours = OutboundServer("127.0.0.1", 0, lambda call: None, max_calls=1, connect_timeout_s=0.1)
    ours.start()
    peers = [dial(ours.port) for _ in range(3)]
    assert all(peer.wait_closed() for peer in peers)
    assert ours.refused == 2
    ours.stop()


def test_g15_the_text_of_a_disconnect_notice_is_read_as_headers(inbound):
    notice = (
        b"Content-Type: text/disconnect-notice\nContent-Disposition: linger\nContent-Length: 13\n\nno header.\n\n\n"
    )

    def script(peer: Peer) -> None:
        peer.send(notice + plain_event("Event-Name: CHANNEL_DESTROY\n\n"))
        peer.wait_closed()

    def got(cls: type) -> bool:
        client, seen = inbound(cls, script), Flag()
        client.register_handle("CHANNEL_DESTROY", lambda event: seen.set())
        return bool(seen.wait(HANG_S if cls is PLAIN else BOUND_S))

    assert not got(PLAIN)
    assert got(OURS)


def test_g15_a_handler_that_is_killed_lives_on(inbound):
    def script(peer: Peer) -> None:
        peer.send(plain_event("Event-Name: HEARTBEAT\n\n"))
        peer.wait_closed()

    def survives_its_kill(cls: type) -> bool:
        client, entered = inbound(cls, script), Flag()
        client.register_handle("HEARTBEAT", lambda event: (entered.set(), Flag().wait(BOUND_S)))
        entered.wait(BOUND_S)
        client._process_events_greenlet.kill(block=True, timeout=HANG_S)
        return not client._process_events_greenlet.ready()

    assert survives_its_kill(PLAIN)
    assert not survives_its_kill(OURS)


def test_g16_json_events_are_not_understood(inbound):
    """The cost itself is measured by tests/bench/esl_parse.py."""

    def script(peer: Peer) -> None:
        peer.send(json_event({"Event-Name": "HEARTBEAT", "Unique-ID": LEG}))
        peer.wait_closed()

    seen: Queue[object] = Queue()
    plain = inbound(PLAIN, script)
    plain.register_handle("HEARTBEAT", seen.put)
    with pytest.raises(Empty):
        seen.get(timeout=HANG_S)
    assert first_event(inbound(OURS, script)).headers["Unique-ID"] == LEG


def test_errors_are_also_those_greenswitch_users_catch(inbound):
    from greenswitch.esl import NotConnectedError

    ours = inbound(OURS, lambda peer: peer.close())
    assert ours.ended.wait(BOUND_S)
    with pytest.raises(NotConnectedError):
        ours.send("api version")
    with pytest.raises(SwitchError):
        ours.send("api version")
