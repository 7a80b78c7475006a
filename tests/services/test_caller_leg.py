"""The voice vocabulary, against a scripted switch: what is sent, and what comes of each answer."""

from __future__ import annotations

import gevent
import pytest
from fake_switch import LEG, Peer, begin_call, complete, dial, take_order
from gevent.event import Event as Flag
from gevent.queue import Queue
from structlog.testing import capture_logs

from eslapp.esl.call import BEGINNING
from eslapp.esl.errors import LegGone, LegTaken
from eslapp.esl.server import OutboundCall, OutboundServer
from eslapp.services.caller_leg import COMFORT, TAKEN_WITHIN_S, CallerLeg

BOUND_S = 3.0
MUSIC = "/s/music.wav"


class Line:
    """A caller's leg and the switch's end of it."""

    def __init__(self, leg: CallerLeg, call: OutboundCall, peer: Peer) -> None:
        self.leg, self.call, self.peer = leg, call, peer

    def do(self, work, *args, **options) -> gevent.Greenlet:
        return gevent.spawn(work, *args, **options)

    def start_music(self, path: str | None = MUSIC, **options) -> tuple[str, str]:
        """Have the music begun; the order and what the switch is to play."""
        starting = self.do(self.leg.hold_music, path, **options)
        begun = take_order(self.peer, "playback")
        starting.get(timeout=BOUND_S)
        return begun

    def expect_break(self) -> None:
        assert self.peer.command() == f"api uuid_break {LEG}"
        self.peer.api_reply("+OK\n")

    def end_sound(self, order: str, response: str = "FILE PLAYED") -> None:
        complete(self.peer, "playback", order, response)

    def hang_up(self, cause: str = "NORMAL_CLEARING") -> None:
        self.peer.event("CHANNEL_HANGUP", LEG, Hangup_Cause=cause)


@pytest.fixture
def line():
    arrived: Queue[OutboundCall] = Queue()
    release = Flag()
    server = OutboundServer("127.0.0.1", 0, lambda call: (arrived.put(call), release.wait(10)))
    server.start()
    peer = dial(server.port)
    begin_call(peer)
    call = arrived.get(timeout=BOUND_S)
    yield Line(CallerLeg(call), call, peer)
    release.set()
    peer.close()
    server.stop()


def test_plays_several_files_in_one_go(line):
    playing = line.do(line.leg.play, ["/s/a.wav", "/s/b.wav"])
    order, arg = take_order(line.peer, "playback")
    assert arg == "file_string:///s/a.wav!/s/b.wav"
    line.end_sound(order)
    assert playing.get(timeout=BOUND_S) is None


def test_playing_nothing_asks_nothing(line):
    line.leg.play([])
    line.leg.announce([])
    assert line.peer.commands == [*BEGINNING]


def test_a_missing_prompt_does_not_end_the_call(line):
    with capture_logs() as logs:
        playing = line.do(line.leg.play, ["/s/gone.wav"])
        order, _ = take_order(line.peer, "playback")
        line.end_sound(order, "FILE NOT FOUND")
        playing.get(timeout=BOUND_S)
    assert [(one["event"], one["sounds"]) for one in logs] == [("not-played", ["/s/gone.wav"])]


ASK = {"min": 1, "max": 4, "ends": "#", "first_s": 5, "next_s": 2.5, "pattern": r"\d+"}


@pytest.mark.parametrize(
    ("variables", "answer"),
    [
        ({"variable_read_result": "success", "variable_zj_digits": "123"}, "123"),
        ({"variable_read_result": "failure", "variable_zj_digits": "1"}, None),
        ({"variable_read_result": "timeout"}, None),
        ({"variable_read_result": "timeout", "variable_zj_digits": "12"}, "12"),
        ({"variable_read_result": "success", "variable_zj_digits_invalid": "9"}, None),
        ({}, None),
    ],
)
def test_asking_gives_the_keys_or_nothing(line, variables, answer):
    asking = line.do(line.leg.ask, ["/s/menu.wav"], **ASK)
    order, arg = take_order(line.peer, "play_and_get_digits")
    assert arg == r"1 4 1 5000 # /s/menu.wav silence_stream://1 zj_digits ^(?:\d+)$ 2500"
    line.peer.event("DTMF", LEG, DTMF_Digit="1")
    complete(line.peer, "play_and_get_digits", order, **variables)
    assert asking.get(timeout=BOUND_S) == answer
    assert line.leg.digits.empty(), "the keys of an answer are not pressed twice"


def test_music_plays_over_and_over_while_the_driver_pauses(line):
    order, arg = line.start_music()
    assert arg == MUSIC
    waiting = line.do(line.leg.pause, 30)
    for _ in range(3):
        line.end_sound(order)
        order, arg = take_order(line.peer, "playback")
        assert arg == MUSIC
    assert not waiting.ready()
    line.peer.event("DTMF", LEG, DTMF_Digit="5")
    assert line.leg.digits.get(timeout=BOUND_S) == "5"
    line.hang_up("ORIGINATOR_CANCEL")
    with pytest.raises(LegGone):
        waiting.get(timeout=1.0)
    assert line.leg.cause == "ORIGINATOR_CANCEL"


def test_a_pause_ends_in_time_and_the_music_goes_on(line):
    line.start_music()
    line.leg.pause(0.05)
    assert len(line.peer.commands) == len(BEGINNING) + 1


def test_a_pause_without_music_is_a_pause(line):
    line.leg.pause(0.01)
    waiting = line.do(line.leg.pause, 30)
    line.hang_up()
    with pytest.raises(LegGone):
        waiting.get(timeout=1.0)


def test_an_announcement_breaks_into_the_music(line):
    music, _ = line.start_music()
    saying = line.do(line.leg.announce, ["/s/third.wav"])
    line.expect_break()
    line.end_sound(music)
    words, arg = take_order(line.peer, "playback")
    assert arg == "/s/third.wav"
    line.end_sound(words)
    _, arg = take_order(line.peer, "playback")
    assert arg == MUSIC
    saying.get(timeout=BOUND_S)


def test_a_key_breaks_off_an_announcement_and_any_other_does_not(line):
    music, _ = line.start_music()
    saying = line.do(line.leg.announce, ["/s/third.wav"], keys="9")
    line.expect_break()
    line.end_sound(music)
    words, _ = take_order(line.peer, "playback")
    line.peer.event("DTMF", LEG, DTMF_Digit="5")
    line.peer.event("DTMF", LEG, DTMF_Digit="9")
    line.expect_break()
    line.end_sound(words)
    assert saying.get(timeout=BOUND_S) == "9"


@pytest.mark.parametrize("response", ["FILE PLAYED", "FILE NOT FOUND"])
def test_an_announcement_without_a_key_plays_to_its_end_and_the_music_goes_on(line, response):
    music, _ = line.start_music()
    saying = line.do(line.leg.announce, ["/s/third.wav"], keys="9")
    line.expect_break()
    line.end_sound(music)
    words, _ = take_order(line.peer, "playback")
    line.end_sound(words, response)
    _, arg = take_order(line.peer, "playback")
    assert (arg, saying.get(timeout=BOUND_S)) == (MUSIC, "")


def test_music_does_not_go_on_where_an_announcement_ended_in_a_talk(line):
    music, _ = line.start_music()
    saying = line.do(line.leg.announce, ["/s/third.wav"], goes_on=lambda: False)
    line.expect_break()
    line.end_sound(music)
    words, _ = take_order(line.peer, "playback")
    line.end_sound(words)  # by the bridge
    saying.get(timeout=BOUND_S)
    assert not line.leg.has_music and not any(MUSIC in one for one in line.peer.commands[-1:])


def test_a_break_that_comes_too_early_is_repeated(line):
    music, _ = line.start_music()
    stopping = line.do(line.leg.interrupt)
    line.expect_break()
    line.expect_break()  # the switch had not begun to play: nothing ended
    line.end_sound(music)
    stopping.get(timeout=BOUND_S)
    line.leg.pause(0.1)
    assert line.peer.commands[-1].startswith("api uuid_break")


def test_missing_music_becomes_a_soft_beep(line):
    order, _ = line.start_music()
    line.do(line.leg.pause, 30)
    line.end_sound(order, "FILE NOT FOUND")
    _, arg = take_order(line.peer, "playback")
    assert arg == COMFORT


def test_no_music_at_all_is_a_soft_beep(line):
    _, arg = line.start_music(None)
    assert arg == COMFORT


def test_music_is_not_started_on_a_leg_that_is_being_bridged(line):
    """uuid_bridge ends the playback first and the socket application a moment later: on a busy machine, a long one."""
    order, _ = line.start_music(is_joining=lambda: True)
    waiting = line.do(line.leg.pause, 30)
    line.end_sound(order)
    gevent.wait([waiting], timeout=5 * TAKEN_WITHIN_S)
    complete(line.peer, "socket", "0f419027-5e7d-4aee-bfd3-b3a416f36c10")
    with pytest.raises(LegTaken):
        waiting.get(timeout=1.0)
    assert len(line.peer.commands) == len(BEGINNING) + 1 and line.leg.cause == ""


def test_music_goes_on_where_the_join_failed(line):
    joining = [True]
    order, _ = line.start_music(is_joining=lambda: joining[0])
    waiting = line.do(line.leg.pause, 30)
    line.end_sound(order)
    gevent.wait([waiting], timeout=3 * TAKEN_WITHIN_S)
    assert len(line.peer.commands) == len(BEGINNING) + 1
    joining[0] = False
    _, arg = take_order(line.peer, "playback")
    assert arg == MUSIC


def test_variables_are_set_whatever_plays(line):
    setting = line.do(line.leg.set_variables, {"zj_interaction": "abc", "zj_did": "2000"})
    line.peer.expect(f"api uuid_setvar_multi {LEG} zj_interaction=abc;zj_did=2000")
    line.peer.api_reply("+OK\n")
    setting.get(timeout=BOUND_S)


def test_hanging_up_does_not_wait_for_the_music(line):
    line.start_music()
    ending = line.do(line.leg.hang_up, "USER_BUSY")
    line.peer.expect(f"api uuid_kill {LEG} USER_BUSY")
    line.peer.api_reply("+OK\n")
    line.hang_up("USER_BUSY")
    ending.get(timeout=BOUND_S)
    line.leg.hang_up()  # once more does no harm


@pytest.mark.parametrize("what", ["play", "play_or_key", "ask", "announce", "hold_music", "pause", "interrupt"])
def test_everything_raises_at_once_on_a_leg_that_is_gone(line, what):
    line.start_music()
    line.hang_up()
    line.leg.gone.wait(BOUND_S)
    calls = {
        "play": lambda: line.leg.play(["/s/a.wav"]),
        "ask": lambda: line.leg.ask(["/s/a.wav"], **ASK),
        "announce": lambda: line.leg.announce(["/s/a.wav"]),
        "play_or_key": lambda: line.leg.play_or_key(["/s/a.wav"], "9"),
        "hold_music": lambda: line.leg.hold_music(MUSIC),
        "pause": lambda: line.leg.pause(5),
        "interrupt": line.leg.interrupt,
    }
    with pytest.raises(LegGone), gevent.Timeout(1.0):
        calls[what]()
