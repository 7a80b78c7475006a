"""A call that has come in: its interaction, and the commit that goes on beside its first words.

Owns: waiting for that commit. Not here: the call itself (``voice_calls``).
"""

from __future__ import annotations

import gevent

from eslapp.services.test_calls import TestCall

KEEP_WITHIN_S = 45.0


class Arrival:
    """An interaction on a leg; a new one is still being committed while its first words are spoken."""

    def __init__(self, interaction: str, keeping: gevent.Greenlet | None = None, test: TestCall | None = None) -> None:
        self.interaction = interaction
        self.test = test
        self._keeping = keeping

    def must_be_kept(self) -> None:
        """Wait for the commit; raises what hindered it."""
        if self._keeping is not None:
            self._keeping.get(timeout=KEEP_WITHIN_S)
            self._keeping = None
