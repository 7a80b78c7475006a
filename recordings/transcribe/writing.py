"""Writes one recording down: each channel by itself, only where somebody speaks, then both as one conversation.

Owns: the way from a WAV file to turns. Not here: the recogniser (``engines``), joining (``turns``), processes
(``worker``, ``server``). Channels are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import soxr  # type: ignore[import-untyped]

from recordings.levels import Span, speech_spans
from recordings.wav import Samples, Wav, WavError, open_wav, read_channel

from .engine import RATE, AsrEngine, Segment
from .messages import Job
from .turns import turns_of

LONGEST_S = 4 * 3600.0
SPARE_S = 30.0  # loading, a slow disk
WORK_PER_SECOND = 1.5  # of sound and channel: Whisper's worst loops


def write_down(engine: AsrEngine, job: Job) -> dict[str, object]:
    """``{"turns": [...], "seconds": ...}``. Raises WavError, OSError or EngineError."""
    found = checked(job)
    sides = {side: _side(engine, found, channel, job.phrases) for side, channel in job.channels.items()}
    return {"turns": [turn.as_json() for turn in turns_of(sides)], "seconds": round(found.seconds, 2)}


def checked(job: Job) -> Wav:
    """Opens the recording and makes sure that the channels asked for exist. Raises WavError or OSError."""
    found = open_wav(Path(job.path))
    for side, channel in job.channels.items():
        if channel >= found.channels:
            raise WavError(f"{job.path}: has {found.channels} channel(s), no channel {channel} for the {side}")
    if found.data_bytes == 0:
        raise WavError(f"{job.path}: a header without sound")
    if found.seconds > LONGEST_S:
        raise WavError(f"{job.path}: {found.seconds / 3600:.1f} hours; at most {LONGEST_S / 3600:.0f} are written down")
    return found


def time_allowed_s(job: Job, found: Wav) -> float:
    """How long the job may take before its worker is given up."""
    return job.timeout_s or SPARE_S + WORK_PER_SECOND * found.seconds * len(job.channels)


def _side(engine: AsrEngine, found: Wav, channel: int, phrases: Sequence[str]) -> list[Segment]:
    samples = read_channel(found, channel)
    segments: list[Segment] = []
    for span in speech_spans(samples, found.rate, engine.gate):
        for said in engine.recognise(_stretch(samples, found.rate, span), phrases):
            end_s = min(span.end_s, span.start_s + said.end_s)
            segments.append(Segment(said.text, min(span.start_s + said.start_s, end_s), end_s))
    return segments


def _stretch(samples: Samples, rate: int, span: Span) -> Samples:
    """One stretch at 16 kHz. Polyphase resampling: cheaper ones cost up to four points of accuracy."""
    part = samples[round(span.start_s * rate) : round(span.end_s * rate)]
    return part if rate == RATE else soxr.resample(part, rate, RATE, quality="VHQ")
