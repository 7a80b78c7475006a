"""Bytes to frames and events: golden bytes of a real FreeSWITCH 1.10.12, any chunking, hostile content."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.esl.codec import (
    Event,
    FrameReader,
    parse_connect,
    parse_event,
    parse_event_json,
    parse_event_plain,
)
from eslapp.esl.frames import MAX_HEADER_BYTES

DATA = Path(__file__).parent / "data"
GOLDEN = sorted(DATA.glob("*.frame"))
CONVERSATION = b"".join(path.read_bytes() for path in GOLDEN)
LEG = "8c7e457d-5817-49e6-9ab5-d842b980bceb"


def golden(name: str) -> Event:
    (frame,) = FrameReader().feed((DATA / f"{name}.frame").read_bytes())
    event = parse_connect(frame) if name == "connect" else parse_event(frame)
    assert event is not None
    return event


def test_every_golden_frame_is_one_frame_with_nothing_left():
    assert len(GOLDEN) > 15
    for path in GOLDEN:
        reader = FrameReader()
        assert len(reader.feed(path.read_bytes())) == 1, path.name
        assert reader.is_between_frames, path.name


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, len(CONVERSATION)), max_size=40))
def test_any_chunking_gives_the_same_frames(cuts):
    whole = FrameReader().feed(CONVERSATION)
    reader, got, start = FrameReader(), [], 0
    for end in [*sorted(cuts), len(CONVERSATION)]:
        got += reader.feed(CONVERSATION[start:end])
        start = end
    assert got == whole and len(got) == len(GOLDEN)
    assert reader.is_between_frames


def test_byte_by_byte():
    reader = FrameReader()
    raw = (DATA / "job.plain.frame").read_bytes() * 2
    assert sum(len(reader.feed(raw[index : index + 1])) for index in range(len(raw))) == 2


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_raise(noise):
    reader = FrameReader()
    for frame in reader.feed(noise + CONVERSATION[:2000]):
        try:
            parse_event(frame)
        except ValueError:
            pass


def test_the_connect_reply_of_freeswitch():
    event = golden("connect")
    assert event.name == "CHANNEL_DATA" and event.get("Socket-Mode") == "async"
    assert event.uuid == "180eab52-835a-4525-81ff-f7e7c15fbe9e"
    assert event.variable("sip_from_display") == "张三 O'Neil & Co; x"
    assert event.variables()["sip_h_X-Lab-Two"] == "你好"
    assert event.get("Reply-Text") == "+OK\n"


def test_a_plain_event_of_freeswitch():
    event = golden("digits_complete.plain")
    assert (event.name, event.get("Application")) == ("CHANNEL_EXECUTE_COMPLETE", "play_and_get_digits")
    assert event.variable("got1") == "123" and event.variable("read_result") == "success"


def test_a_json_event_of_freeswitch():
    event = golden("hangup_complete.json")
    assert (event.name, event.get("Hangup-Cause")) == ("CHANNEL_HANGUP_COMPLETE", "NORMAL_CLEARING")
    assert "\r\n" in event.variable("switch_r_sdp")


def test_bodies_stay_bodies():
    assert golden("job.plain").body == "-ERR No such channel!\n"
    assert golden("custom_body.json").body == "body <&> line"
    (notice,) = FrameReader().feed((DATA / "notice_disconnect.frame").read_bytes())
    assert notice.kind == "text/disconnect-notice" and notice.body.startswith(b"Disconnected, goodbye.")


@pytest.mark.parametrize("length", ["ten", "-1", "1e3", "", "99999999999", "33554433", "١"])
def test_a_bad_length_ends_the_reading(length):
    reader = FrameReader()
    good = (DATA / "api.frame").read_bytes()
    frames = reader.feed(good + f"Content-Type: api/response\nContent-Length: {length}\n\n1234".encode())
    assert len(frames) == 1, "what came before is still good"
    assert reader.error is not None and "Content-Length" in str(reader.error) or "body" in str(reader.error)
    assert reader.feed(good) == []


def test_an_endless_header_block_ends_the_reading():
    reader = FrameReader()
    for _ in range(MAX_HEADER_BYTES // 65536 + 2):
        reader.feed(b"X: " + b"y" * 65533)
    assert reader.error is not None


def test_json_that_is_no_object_is_a_value_error():
    for body in (b"[1]", b"{", b"1", b'"x"', b"", b"null"):
        with pytest.raises(ValueError):
            parse_event_json(body)


def test_json_values_are_always_text():
    event = parse_event_json(b'{"Event-Name":"A","n":1,"b":true,"none":null,"list":["a",2],"_body":"x"}')
    assert event.headers == {"Event-Name": "A", "n": "1", "b": "true", "none": "null", "list": "ARRAY::a|:2"}
    assert event.body == "x"


def test_json_with_broken_bytes_is_read_as_far_as_possible():
    event = parse_event_json(b'{"Event-Name":"A","Caller-Caller-ID-Name":"Jos\xe9","tab":"a\tb"}')
    assert event.headers == {"Event-Name": "A", "Caller-Caller-ID-Name": "Jos\ufffd", "tab": "a\tb"}


# --- R4: what a stranger can put into a name, a value or a body --------------------------------------------------

BREAKS = {
    "%0A": "%0A",
    "%0a": "%0a",
    "%0D%0A": "%0D%0A",
    "double": "%250A",
    "CR": "\r",
    "VT": "\v",
    "FF": "\f",
    "NUL": "\0",
    "FS": "\x1c",
    "NEL": "\xc2\x85",
    "U+2028": "\xe2\x80\xa8",
    "U+2029": "\xe2\x80\xa9",
    "tilde": "~",
    "latin-1": "\xe9",
    "half a character": "\xe4\xbd",
    "64 KB": "x" * 65536,
}


@pytest.mark.parametrize("line_break", BREAKS.values(), ids=BREAKS)
@pytest.mark.parametrize("place", ["value", "name", "body"])
@pytest.mark.parametrize("form", ["plain", "connect", "json"])
def test_nothing_forges_a_header(line_break, place, form):
    evil = f"{line_break}Unique-ID: victim{line_break}Hangup-Cause: victim"
    value = f"Bob{evil}" if place == "value" else "Bob"
    name = f"variable_sip_h_X-a{line_break}Hangup-Cause" if place == "name" else "variable_a"
    body = f"text{evil}\n\nUnique-ID: victim\nHangup-Cause: victim\n" if place == "body" else ""
    event = parsed(form, name, value, body)
    assert (event.name, event.uuid, event.get("Hangup-Cause")) == ("CHANNEL_CREATE", LEG, "")
    assert form == "json" or not any("%" in other for other in event.headers)


def parsed(form: str, name: str, value: str, body: str) -> Event:
    if form == "json":
        fields = {"Event-Name": "CHANNEL_CREATE", "Unique-ID": LEG, "Caller-Caller-ID-Name": value, name: "1"}
        return parse_event_json(json.dumps({**fields, "_body": body}).encode())
    block = f"Event-Name: CHANNEL_CREATE\nUnique-ID: {LEG}\nCaller-Caller-ID-Name: {value}\n{name}: 1\n"
    if form == "connect":
        raw = f"{block}Content-Type: command/reply\nReply-Text: %2BOK%0A\n\n".encode("latin-1")
        return parse_connect(FrameReader().feed(raw)[0])
    raw_body = body.encode("latin-1")
    raw = f"{block}Content-Length: {len(raw_body)}\n\n".encode("latin-1") + raw_body
    return parse_event_plain(raw)


def test_of_two_equal_names_the_first_counts():
    event = parse_event_plain(f"Event-Name: A\nUnique-ID: {LEG}\nUnique-ID: victim\nEvent-Name: B\n\n".encode())
    assert (event.name, event.uuid) == ("A", LEG)


def test_a_body_ends_where_its_own_length_says():
    event = parse_event_plain(b"Event-Name: MESSAGE\nContent-Length: 5\n\nhellomore")
    assert event.body == "hello"
