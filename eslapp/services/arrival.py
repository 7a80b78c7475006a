"""A call that has come in: its interaction, and the commit that goes on beside its words.

Owns: waiting for that commit. Not here: the call itself (``voice_calls``).
"""

from __future__ import annotations

from collections.abc import Callable

import gevent

from eslapp.log import spawn
from eslapp.services.test_calls import TestCall

KEEP_WITHIN_S = 45.0


class Arrival:
    """An interaction on a leg; where it stands is still being committed while the words of that place are spoken."""

    def __init__(self, interaction: str, keeping: gevent.Greenlet | None = None, test: TestCall | None = None) -> None:
        self.interaction = interaction
        self.test = test
        self._keeping = keeping

    def keep_meanwhile(self, work: Callable[[], None]) -> None:
        """Commit beside the words that follow. One at a time: the last one must be kept before."""
        self.must_be_kept()
        self._keeping = spawn(work)

    def must_be_kept(self) -> None:
        """Wait for the commit; raises what hindered it."""
        if self._keeping is not None:
            self._keeping.get(timeout=KEEP_WITHIN_S)
            self._keeping = None
