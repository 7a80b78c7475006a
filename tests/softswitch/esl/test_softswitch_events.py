"""Events: FreeSWITCH's own frames taken apart and built again must be the same bytes."""

from __future__ import annotations

import gzip
import json
import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from switch_lab import DATA

from eslapp.softswitch.events import Event, url_encode

FRAMES = json.loads(gzip.decompress((DATA / "frames.json.gz").read_bytes()))
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))


def plain(text: str) -> Event:
    head, _, body = text.partition("\n\n")
    lines = [line.partition(": ") for line in head.split("\n")]
    return Event([(name, unquote(value)) for name, _, value in lines if name != "Content-Length"], body)


def as_json(text: str) -> Event:
    pairs = [(name, value) for name, value in json.loads(text, object_pairs_hook=list) if name != "Content-Length"]
    return Event([pair for pair in pairs if pair[0] != "_body"], dict(pairs).get("_body", ""))


def xml(text: str) -> Event:
    body = re.search(r"<body>(.*)</body>", text, re.DOTALL)
    found = re.findall(r"^    <([\w-]+)>([^<]*)</\1>", text, re.MULTILINE)
    return Event([(name, unquote(value)) for name, value in found if name != "Content-Length"], body[1] if body else "")


@pytest.mark.parametrize("number", range(len(FRAMES)))
def test_a_frame_of_freeswitch_is_written_again_byte_by_byte(number: int) -> None:
    frame = FRAMES[number]
    head, _, text = frame.partition("\n\n")
    form = head.rpartition("text/event-")[2]
    event = {"plain": plain, "json": as_json, "xml": xml}[form](text)
    assert event.frame(form).decode() == frame


def test_the_frames_show_every_form_and_a_body() -> None:
    forms = [re.search(r"text/event-(\w+)", frame)[1] for frame in FRAMES]  # type: ignore[index]
    assert {form: forms.count(form) > 3 for form in forms} == {"plain": True, "json": True, "xml": True}
    assert any("BACKGROUND_JOB" in frame and "session(s)" in frame for frame in FRAMES)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("a/b,'c'(d)*!$~-_.", "a/b,'c'(d)*!$~-_."),
        ('\r\n #%&+:;<=>?@[\\]^`{|}"', "%0D%0A%20%23%25%26%2B%3A%3B%3C%3D%3E%3F%40%5B%5C%5D%5E%60%7B%7C%7D%22"),
        ("总", "%E6%80%BB"),
        ("\udcff", "%FF"),  # a byte that is no UTF-8
        ("100%25", "100%25"),  # FreeSWITCH leaves what looks encoded
        ("100%2", "100%252"),
        ("%zz%2f", "%25zz%252f"),
    ],
)
def test_values_are_encoded_as_freeswitch_does(value: str, encoded: str) -> None:
    assert url_encode(value).decode() == encoded


@given(st.lists(st.tuples(st.from_regex(r"[A-Z][A-Za-z-]{0,20}", fullmatch=True), TEXT), max_size=8), TEXT)
def test_no_value_forges_a_header_or_a_frame(headers: list[tuple[str, str]], body: str) -> None:
    event = Event([("Event-Name", "CUSTOM"), *headers], body)
    want = [(name, value) for name, value in event.headers if "%" not in value]
    head, _, rest = event.plain().partition(b"\n\n")
    assert rest.decode() == body
    read = [(line.partition(": ")[0], unquote(line.partition(": ")[2])) for line in head.decode().split("\n")]
    assert [pair for pair in read if pair in want] == want
    assert len(read) == len(event.headers) + (1 if body else 0)
    for form in ("plain", "json", "xml"):
        frame = event.frame(form)
        length = int(frame.partition(b"\n")[0].removeprefix(b"Content-Length: "))
        assert len(frame.partition(b"\n\n")[2]) == length
    again = json.loads(event.json(), object_pairs_hook=list)
    assert [tuple(pair) for pair in again][: len(event.headers)] == event.headers


def test_empty_values_are_not_sent() -> None:
    event = Event([("A", ""), ("B", "1")])
    event.add("C", "")
    assert event.plain() == b"B: 1\n\n"
    assert (event.get("b"), event.get("C", "none"), event.name, event.subclass) == ("1", "none", "", "")
    assert event.plain(encode=False) == b"B: 1\n\n"
