"""The lines over the socket: what is wrong is named, what is right comes back the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.transcribe.messages import (
    Job,
    MessageError,
    Transcript,
    Turn,
    base_language,
    decode,
    encode,
    parse_job,
)

GOOD = {"job": "7", "path": "/rec/7.wav", "language": "zh-CN", "channels": {"contact": 0, "agent": 1}}


def test_a_job_is_read() -> None:
    assert parse_job(json.dumps(GOOD).encode()) == Job("7", "/rec/7.wav", "zh")


@given(
    st.builds(
        Job,
        job=st.text(min_size=1, max_size=200),
        path=st.text().map(lambda text: "/" + text.replace("\0", "")),
        language=st.sampled_from(["en", "zh"]),
        channels=st.dictionaries(st.text(min_size=1), st.integers(0, 7), min_size=1, max_size=8),
        timeout_s=st.none() | st.floats(0.1, 1000.0),
        phrases=st.lists(st.text(), max_size=3).map(tuple),
    )
)
def test_a_job_survives_the_line(job: Job) -> None:
    line = encode(job.as_json())
    assert line.count(b"\n") == 1
    if "\ud800" <= max(job.job + job.path) <= "\udfff":
        return
    assert parse_job(line).channels == dict(job.channels)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"job": ""}, "'job'"),
        ({"job": 7}, "'job'"),
        ({"path": "rec/7.wav"}, "'path'"),
        ({"path": "/rec\0"}, "'path'"),
        ({"language": None}, "'language'"),
        ({"language": "../../x"}, "language"),
        ({"channels": {"contact": -1}}, "channel -1"),
        ({"channels": {"contact": True}}, "channel True"),
        ({"channels": []}, "'channels'"),
        ({"timeout_s": 0}, "'timeout_s'"),
        ({"timeout_s": "9"}, "'timeout_s'"),
        ({"phrases": "yes"}, "'phrases'"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(MessageError, match=named):
        parse_job(json.dumps({**GOOD, **change}).encode())


@given(st.binary(max_size=300))
def test_no_bytes_are_more_than_a_message_error(line: bytes) -> None:
    try:
        parse_job(line)
    except MessageError:
        pass


def test_deep_nesting_is_a_message_error() -> None:
    with pytest.raises(MessageError):
        decode(b"[" * 100_000)


def test_transcripts_come_back_the_same() -> None:
    good = Transcript("7", True, "vosk small-cn-0.22", (Turn("agent", "您好\n", 0.5, 1.25),), seconds=9.5, took_s=0.25)
    bad = Transcript.failed("7", "asr: no", retryable=True, engine="none")
    for one in (good, bad):
        assert Transcript.from_json(decode(encode(one.as_json())), "7") == one


@pytest.mark.parametrize("body", [{}, {"ok": "yes"}, {"ok": True, "turns": [{}]}, {"ok": True, "turns": [1]}])
def test_an_odd_answer_is_a_failed_transcript(body: dict[str, object]) -> None:
    found = Transcript.from_json(body, "7")
    assert not found.ok and found.error


def test_languages_are_reduced_to_their_base() -> None:
    assert [base_language(tag) for tag in ("en", "ZH-cn", "zh_Hans_CN"[:7])] == ["en", "zh", "zh"]
