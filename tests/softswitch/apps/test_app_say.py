"""``say``: which words are played for what, and that they are played."""

from __future__ import annotations

import wave
from datetime import UTC, datetime

import pytest
from switch_lab import Lab, in_lab

from eslapp.softswitch import say
from eslapp.softswitch.confdir import Language
from eslapp.softswitch.media.sources import ToneSource
from eslapp.softswitch.say import en, zh, zh_cn

NOON = int(datetime(2026, 11, 29, 12, 5, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("kind", "method", "text", "words"),
    [
        ("number", "pronounced", "1215", "d/1 d/thousand d/2 d/hundred d/15"),
        ("number", "counted", "21", "d/20 d/h-1"),
        ("number", "iterated", "1,05", "d/1 d/0 d/5"),
        ("number", "pronounced", "one", ""),
        ("time_measurement", "pronounced", "61", "d/0 t/hours d/1 t/minute d/1 t/second"),
        ("current_time", "pronounced", str(NOON), "d/12 t/oh d/5 t/p-m"),
        ("current_date", "pronounced", str(NOON), "t/day-0 t/mon-10 d/20 d/h-9 d/2 d/thousand d/20 d/6"),
        ("telephone_number", "iterated", "12-3", "d/1 d/2 silence_stream://100 d/3"),
        ("name_spelled", "pronounced", "A1", "ascii/97 d/1"),
        ("nonsense", "pronounced", "1", ""),
    ],
)
def test_english(kind: str, method: str, text: str, words: str) -> None:
    found = en.files(kind, method, text, "UTC", NOON)
    assert " ".join(found).replace("digits/", "d/").replace("time/", "t/") == words


@pytest.mark.parametrize(
    ("kind", "method", "text", "words"),
    [
        ("number", "pronounced", "110", "d/1 d/100 d/1 d/10"),
        ("number", "pronounced", "100005", "d/10 d/10000 d/0 d/5"),
        ("number", "counted", "12", "d/ordinal d/10 d/2"),
        ("number", "iterated", "13800", "d/1 d/3 d/8 d/0 d/0"),
        ("current_time", "pronounced", str(NOON), "t/pm d/10 d/2 t/hour d/5 t/minute"),
        ("current_date", "pronounced", str(NOON), "d/2 d/0 d/2 d/6 t/year d/10 d/1 t/month d/2 d/10 d/9 t/day t/day-0"),
    ],
)
def test_chinese(kind: str, method: str, text: str, words: str) -> None:
    found = zh_cn.files(kind, method, text, "UTC", NOON)
    assert " ".join(found).replace("digits/", "d/").replace("time/", "t/") == words
    assert found == zh.files(kind, method, text, "UTC", NOON)


def test_a_language_nobody_knows() -> None:
    assert say.language("xx") is None


@in_lab
async def test_the_caller_hears_the_words(lab: Lab) -> None:
    (lab.folder / "digits").mkdir()
    with wave.open(str(lab.folder / "digits" / "4.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"".join([ToneSource([(800.0,)], on_ms=400).read() or b""] * 20))
    lab.switch.conf.languages["en"] = Language("en", str(lab.folder))
    call, out = await lab.answered_call()
    played = await out.run("say", "en number iterated 4")
    assert (await out.ever("PLAYBACK_START"))["Playback-File-Path"] == "file_string://digits/4.wav"
    assert played["variable_sound_prefix"] == lab.switch.conf.globals["sound_prefix"]  # as before
    assert (await out.run("say", "xx number iterated 4"))["Application-Response"] == "_none_"
    await call.heard.tone(800, timeout=3)
