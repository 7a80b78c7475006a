"""What goes over the transcriber's socket: one JSON object a line, both ways. Pure.

Owns: jobs, transcripts and their JSON. Not here: the socket (``server``, ``client``), the words (``engines``).

>>> parse_job(b'{"job":"7","path":"/r/7.wav","language":"zh-CN","channels":{"contact":0,"agent":1}}').language
'zh'
>>> Transcript.failed("7", "asr: no model").as_json()["ok"]
False
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LINE_LIMIT = 4 * 1024 * 1024  # a four-hour transcript is about 300 kB
MOST_CHANNELS = 8
LONGEST_TIMEOUT_S = 4 * 3600.0

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9-]{1,16})?")


class MessageError(ValueError):
    """A line that is no message of ours; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to be written down. ``job`` is the caller's name for it; doing it twice does no harm."""

    job: str
    path: str
    language: str
    channels: Mapping[str, int] = field(default_factory=lambda: {"contact": 0, "agent": 1})
    timeout_s: float | None = None  # None: the worker's own rule (from the recording's length)
    phrases: tuple[str, ...] = ()  # only these may be the answer, where the engine can be told (vosk)
    is_live: bool = False  # somebody waits on the line: a worker of its own, never behind a long recording

    def as_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"job": self.job, "path": self.path, "language": self.language}
        body["channels"] = dict(self.channels)
        if self.timeout_s is not None:
            body["timeout_s"] = self.timeout_s
        if self.phrases:
            body["phrases"] = list(self.phrases)
        if self.is_live:
            body["live"] = True
        return body


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said in one go. Seconds from the start of the recording."""

    side: str
    text: str
    start_s: float
    end_s: float

    def as_json(self) -> dict[str, Any]:
        return {"side": self.side, "text": self.text, "start_s": self.start_s, "end_s": self.end_s}


@dataclass(frozen=True, slots=True)
class Transcript:
    """The answer to a job. ``ok`` with no turns: nobody spoke. Not ``ok``: ``error`` is one line for the screen.

    ``engine`` always names engine and model ("moonshine tiny-en"). ``retryable``: worth one more try.
    """

    job: str
    ok: bool
    engine: str = ""
    turns: tuple[Turn, ...] = ()
    error: str = ""
    retryable: bool = False
    seconds: float = 0.0  # of sound
    took_s: float = 0.0  # of work

    @classmethod
    def failed(cls, job: str, error: str, *, retryable: bool = False, engine: str = "") -> Transcript:
        return cls(job, False, engine=engine, error=error, retryable=retryable)

    @classmethod
    def from_json(cls, body: Mapping[str, Any], job: str) -> Transcript:
        """Reads an answer leniently: a worker of another version must not break the daemon."""
        engine = str(body.get("engine") or "")
        if body.get("ok") is not True:
            error = str(body.get("error") or "asr: the transcriber gave no reason")
            return cls.failed(job, error, retryable=body.get("retryable") is True, engine=engine)
        try:
            turns = tuple(
                Turn(str(t["side"]), str(t["text"]), float(t["start_s"]), float(t["end_s"]))
                for t in body.get("turns", [])
            )
            seconds, took = float(body.get("seconds", 0)), float(body.get("took_s", 0))
        except (KeyError, TypeError, ValueError) as error:
            return cls.failed(job, f"asr: the transcriber's answer is damaged: {error!r}", retryable=True)
        return cls(job, True, engine, turns, seconds=seconds, took_s=took)

    def as_json(self) -> dict[str, Any]:
        if not self.ok:
            body = {"job": self.job, "ok": False, "error": self.error, "retryable": self.retryable}
            return {**body, "engine": self.engine} if self.engine else body
        return {
            "job": self.job,
            "ok": True,
            "engine": self.engine,
            "turns": [turn.as_json() for turn in self.turns],
            "seconds": self.seconds,
            "took_s": self.took_s,
        }


def encode(body: Mapping[str, Any]) -> bytes:
    """One line, newline included; never an embedded newline, whatever the text holds."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    try:
        body = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise MessageError(f"not a JSON line: {str(error)[:120]}") from None
    if not isinstance(body, dict):
        raise MessageError("a message is a JSON object")
    return body


def base_language(language: str) -> str:
    """``zh-CN``, ``ZH_hans`` and ``zh`` are one language here."""
    match = _LANGUAGE.fullmatch(language)
    if match is None:
        raise MessageError(f"language {language[:40]!r} is not a language tag like 'en' or 'zh-CN'")
    return match[1].lower()


def parse_job(line: bytes) -> Job:
    """Raises MessageError naming the field that is wrong."""
    return job_from(decode(line))


def job_from(body: Mapping[str, Any]) -> Job:
    job, path, language = (body.get(name) for name in ("job", "path", "language"))
    if not isinstance(job, str) or not 1 <= len(job) <= 200:
        raise MessageError("'job' is missing or not a text of 1 to 200 characters")
    if not isinstance(path, str) or not path.startswith("/") or "\0" in path:
        raise MessageError("'path' is not an absolute path")
    if not isinstance(language, str):
        raise MessageError("'language' is missing")
    timeout = body.get("timeout_s")
    if timeout is not None and not (_is_number(timeout) and 0 < timeout <= LONGEST_TIMEOUT_S):
        raise MessageError(f"'timeout_s' is not a number of seconds up to {LONGEST_TIMEOUT_S:.0f}")
    phrases = body.get("phrases", [])
    if not isinstance(phrases, list) or not all(isinstance(phrase, str) for phrase in phrases):
        raise MessageError("'phrases' is not a list of texts")
    is_live = body.get("live") is True
    return Job(job, path, base_language(language), _channels(body.get("channels")), timeout, tuple(phrases), is_live)


def _channels(raw: object) -> dict[str, int]:
    if raw is None:
        return {"contact": 0, "agent": 1}
    if not isinstance(raw, dict) or not 1 <= len(raw) <= MOST_CHANNELS:
        raise MessageError("'channels' is not an object of side: channel number")
    for side, number in raw.items():
        if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < MOST_CHANNELS or not side:
            raise MessageError(f"channel {number!r} of side {side!r} is not a number from 0 to {MOST_CHANNELS - 1}")
    return dict(raw)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
