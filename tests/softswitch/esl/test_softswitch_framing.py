"""Commands come out the same however TCP cut them; what is too long is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslapp.softswitch.event_socket import framing
from eslapp.softswitch.event_socket.framing import Command, CommandReader, Oversized

STREAM = (
    b"auth lab-secret\n\n"
    b"api echo x\r\n\r\n"
    b"\n\nsendmsg 0b1c\ncall-command: execute\nexecute-app-name: playback\nContent-Length: 11\n\na\n\nb c d \n e"
    b"sendevent CUSTOM\nEvent-Subclass: lab::x\nno colon here\nEmpty:\ncontent-length: 3\n\n\n\n\n"
    b"\xe6\x80\xbb \xff\n\nexit\n\n"
)
COMMANDS = [
    Command("auth lab-secret"),
    Command("api echo x"),
    Command(
        "sendmsg 0b1c",
        [("call-command", "execute"), ("execute-app-name", "playback"), ("Content-Length", "11")],
        "a\n\nb c d \n ",
    ),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_any_cut_gives_the_same_commands(cuts: list[int]) -> None:
    whole = CommandReader().feed(STREAM)
    reader, found, start = CommandReader(), [], 0
    for cut in [*sorted(cuts), len(STREAM)]:
        found += reader.feed(STREAM[start:cut])
        start = cut
    assert found == whole
    assert found[:3] == COMMANDS
    assert found[3].line == "esendevent CUSTOM"  # the byte after a body begins the next command
    assert found[3].get("EMPTY") == "" and found[3].body == "\n\n\n"
    assert [command.line for command in found[4:]] == ["总 \udcff", "exit"]


@given(st.binary(max_size=400))
def test_any_bytes_are_harmless(data: bytes) -> None:
    reader = CommandReader()
    for command in reader.feed(data):
        assert command.line


@pytest.mark.parametrize("length", ["-1", "1x", "９", ""])
def test_a_length_that_is_no_number_is_none(length: str) -> None:
    reader = CommandReader()
    found = reader.feed(f"sendmsg\nContent-Length: {length}\n\nexit\n\n".encode())
    assert [command.line for command in found] == ["sendmsg", "exit"]


def test_a_head_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "MAX_HEAD", 1000)
    reader = CommandReader()
    with pytest.raises(Oversized, match="longer than 1000"):
        for _ in range(11):
            reader.feed(b"x" * 100)


def test_a_body_that_is_promised_too_long_is_refused_before_it_comes() -> None:
    with pytest.raises(Oversized, match="body"):
        CommandReader().feed(b"sendmsg\nContent-Length: 99999999\n\n")
    with pytest.raises(Oversized, match="body"):
        CommandReader().feed(b"sendmsg\nContent-Length: " + b"9" * 5000 + b"\n\n")


def test_the_notices_are_freeswitchs() -> None:
    uuid = "11111111-2222-4333-8444-555555555555"
    assert framing.disconnect_notice(uuid) == (
        b"Content-Type: text/disconnect-notice\nControlled-Session-UUID: " + uuid.encode() + b"\n"
        b"Content-Disposition: disconnect\nContent-Length: 67\n\n" + framing.GOODBYE
    )
    assert framing.disconnect_notice(uuid, channel_name="sofia/lab/1000@h", linger_s=-1) == (
        b"Content-Type: text/disconnect-notice\nControlled-Session-UUID: " + uuid.encode() + b"\n"
        b"Content-Disposition: linger\nChannel-Name: sofia/lab/1000@h\nLinger-Time: -1\nContent-Length: 0\n\n"
    )
