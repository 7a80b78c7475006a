"""How loud a channel is over time, and where somebody speaks in it.

Owns: energy per frame in dBFS and the speech gate in front of the recognisers (silence yields no words).
Not here: reading files (``wav``), judging a recording (``assess``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .wav import Samples

FRAME_MS = 20
SILENCE_DB = -96.0  # 16 bits hold no less
QUIETEST_SPEECH_DB = -52.0
LOUDEST_FLOOR_DB = -32.0  # above this we never gate: let the recogniser decide
OVER_FLOOR_DB = 9.0

Levels = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a channel, in seconds from its start."""

    start_s: float
    end_s: float

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Gate:
    """How speech is cut out. ``longest_s`` bounds what a recogniser is given at once.

    0.5 and 1.0 made the fewest errors with moonshine on 17 clips (0.3 and 0.7: 3 points more, edges were cut).
    """

    pad_s: float = 0.5
    join_s: float = 1.0
    shortest_s: float = 0.12
    longest_s: float = 25.0


def frame_levels(samples: Samples, rate: int) -> Levels:
    """The level of each whole 20 ms frame in dBFS (a full-scale square wave is 0)."""
    length = max(1, rate * FRAME_MS // 1000)
    count = len(samples) // length
    if count == 0:
        return np.empty(0, dtype=np.float64)
    frames = samples[: count * length].reshape(count, length).astype(np.float32) / 32768
    power = np.mean(frames * frames, axis=1, dtype=np.float64)
    return 10 * np.log10(np.maximum(power, 10 ** (SILENCE_DB / 10)))


def speech_threshold(levels: Levels) -> float:
    """What counts as speech in this channel: a bit over its own noise floor, within fixed bounds."""
    floor = float(np.percentile(levels, 15)) if len(levels) else SILENCE_DB
    return min(LOUDEST_FLOOR_DB, max(QUIETEST_SPEECH_DB, floor + OVER_FLOOR_DB))


def speech_spans(samples: Samples, rate: int, gate: Gate | None = None) -> list[Span]:
    """Where somebody speaks: padded, close ones joined, none longer than ``gate.longest_s``."""
    gate = gate or Gate()
    levels = frame_levels(samples, rate)
    loud = levels > speech_threshold(levels)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
    step, total = FRAME_MS / 1000, len(samples) / rate
    bursts = [Span(a * step, b * step) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    joined = [span for span in _joined(bursts, gate.join_s) if _loud_s(span, bursts) >= gate.shortest_s]
    padded = [Span(max(0.0, s.start_s - gate.pad_s), min(total, s.end_s + gate.pad_s)) for s in joined]
    return [part for span in padded for part in _split(span, levels, gate.longest_s)]


def _loud_s(span: Span, bursts: list[Span]) -> float:
    return sum(b.seconds for b in bursts if span.start_s <= b.start_s and b.end_s <= span.end_s)


def _joined(bursts: list[Span], gap_s: float) -> list[Span]:
    spans: list[Span] = []
    for burst in bursts:
        if spans and burst.start_s - spans[-1].end_s <= gap_s:
            spans[-1] = Span(spans[-1].start_s, burst.end_s)
        else:
            spans.append(burst)
    return spans


def _split(span: Span, levels: Levels, longest_s: float) -> list[Span]:
    """Cuts a long stretch at its quietest frame in the second half of each piece, not inside a word."""
    parts: list[Span] = []
    start, step = span.start_s, FRAME_MS / 1000
    while span.end_s - start > longest_s:
        first, last = round((start + longest_s / 2) / step), round((start + longest_s) / step)
        window = levels[first:last]
        cut = (first + int(np.argmin(window))) * step if len(window) else start + longest_s
        parts.append(Span(start, cut))
        start = cut
    return [*parts, Span(start, span.end_s)]
