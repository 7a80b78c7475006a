"""Puts what comes from the network in order and gives it out one 20 ms frame per tick. Pure.

Starts after two packets, fills gaps with nothing, drops what is late or double, and sheds a packet when the sender's
clock runs ahead of ours, one after the other where a burst left more: nobody is heard late for longer than needed.
Not here: sockets, decoding (``unpack`` is called in the packets' order).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

PREFILL = 2  # packets waiting before the first frame is given
MAX_PACKETS = 25  # beyond this the oldest go: 500 ms
MAX_GAP = 25  # a bigger jump of the sequence number is a new stream
MAX_LATE = 100
WINDOW = 100  # ticks over which the smallest depth is watched
SPARE = 3  # a smallest depth above this means the sender runs ahead
FAR_AHEAD = 3  # by more than this it was a burst after a pause ...
HURRY = 10  # ... and one packet goes in so many ticks
FRAME = 160

Piece = tuple[int, bytes]  # payload type, G.711 bytes; b"" holds the place of a packet without audio


class JitterBuffer:
    """``put`` from the network, ``get`` once per tick."""

    def __init__(self) -> None:
        self._slots: deque[Piece | None] = deque()
        self._head = -1  # sequence number of the first slot; -1: no stream yet
        self._is_playing = False
        self._waited = 0
        self._rest = b""
        self._rest_type = 0
        self._window = 0
        self._window_ticks = WINDOW
        self._least = MAX_PACKETS
        self.unpack: Callable[[int, bytes], bytes] | None = None  # makes G.711 of what was not
        self.late = 0
        self.lost = 0

    def reset(self) -> None:
        """Forget the stream (another sender took over)."""
        self._slots.clear()
        self._head = -1
        self._is_playing = False
        self._waited = 0
        self._rest = b""

    def put(self, sequence: int, payload_type: int, payload: bytes) -> None:
        """Take one packet in any order."""
        slots = self._slots
        if self._head < 0:
            self._head = sequence
        ahead = (sequence - self._head) & 0xFFFF
        if not slots and ahead <= MAX_GAP:  # what is missing here was missed while nothing was left to play
            self.lost += ahead
            self._head, ahead = sequence, 0
        if ahead == len(slots):
            slots.append((payload_type, payload))
        elif ahead < len(slots):
            if slots[ahead] is None:
                slots[ahead] = (payload_type, payload)
        elif ahead >= 0x10000 - MAX_LATE:
            self.late += 1
        elif ahead <= len(slots) + MAX_GAP:
            slots.extend([None] * (ahead - len(slots)))
            slots.append((payload_type, payload))
        else:
            self.reset()
            self._head = sequence
            slots.append((payload_type, payload))
        while len(slots) > MAX_PACKETS:
            self._drop()

    def _drop(self) -> None:
        self._slots.popleft()
        self._head = (self._head + 1) & 0xFFFF
        self.late += 1

    def get(self) -> Piece | None:
        """This tick's (payload type, 160 bytes), or None when there is nothing to hear."""
        if len(self._rest) >= FRAME:
            piece, self._rest = self._rest[:FRAME], self._rest[FRAME:]
            return self._rest_type, piece
        slots = self._slots
        if not slots:
            self._is_playing = False
            return None
        if not self._is_playing:
            self._waited += 1
            if len(slots) < PREFILL and self._waited < PREFILL + 1:
                return None
            self._is_playing, self._waited = True, 0
        self._watch(len(slots))
        return self._take()

    def _take(self) -> Piece | None:
        while self._slots:
            slot = self._slots.popleft()
            self._head = (self._head + 1) & 0xFFFF
            if slot is None:
                self.lost += 1
                return None
            payload_type, payload = slot
            if self.unpack is not None:
                payload = self.unpack(payload_type, payload)
            if len(payload) == FRAME and not self._rest:
                return payload_type, payload
            self._rest_type, self._rest = payload_type, self._rest + payload
            if len(self._rest) >= FRAME:
                piece, self._rest = self._rest[:FRAME], self._rest[FRAME:]
                return payload_type, piece
        return None

    def _watch(self, depth: int) -> None:
        self._least = min(self._least, depth)
        self._window += 1
        if self._window >= self._window_ticks:
            ahead = self._least - SPARE
            if ahead > 0:
                self._drop()
            self._window_ticks = HURRY if ahead > FAR_AHEAD else WINDOW
            self._window, self._least = 0, MAX_PACKETS
