"""How each provider comes again when its delivery was not taken: how long it waits, how often, after which answers.

Sources: the providers' own pages, named at each. Not here: the posting (``providers.base``).
"""

from __future__ import annotations

from dataclasses import dataclass

HOUR_S, DAY_S = 3600.0, 86400.0


@dataclass(frozen=True, slots=True)
class Retries:
    """``pauses_s`` before each further try; so there is one try more than pauses. ``within_s``: how long it waits for
    an answer. ``only_silence``: any answer ends it, also an error. ``says_success``: 200 alone is not enough."""

    within_s: float
    pauses_s: tuple[float, ...]
    only_silence: bool = False
    says_success: bool = False

    def is_taken(self, status: int, body: bytes) -> bool:
        """Whether the provider is content with this answer."""
        return 200 <= status < 300 and (not self.says_success or body in (b"", b"success"))

    def is_over(self, status: int, body: bytes) -> bool:
        """Whether it does not come again after this answer."""
        return self.is_taken(status, body) or (self.only_silence and status != 0)


def doubling(first_s: float, within_s: float, longest_s: float) -> tuple[float, ...]:
    """Pauses that double up to ``longest_s``, as many as fit into ``within_s``.

    >>> doubling(1.0, 20.0, 8.0)
    (1.0, 2.0, 4.0, 8.0)
    """
    pauses, pause = [], first_s
    while sum(pauses) + pause <= within_s:
        pauses.append(pause)
        pause = min(pause * 2, longest_s)
    return tuple(pauses)


TENCENT = Retries(5.0, (0.0, 0.0), says_success=True)  # three tries of five seconds; the customer sees a failure
WECOM = Retries(5.0, (0.0, 0.0))
SINA = Retries(5.0, (0.0, 0.0))
BYTEDANCE = Retries(5.0, (1.0, 1.0, 1.0))
TWILIO = Retries(15.0, (0.0,), only_silence=True)  # once more, where nobody answered
MESSENGER = Retries(20.0, doubling(1.0, DAY_S, HOUR_S))  # then the app is unsubscribed
WHATSAPP = Retries(20.0, doubling(1.0, 7 * DAY_S, 6 * HOUR_S))
TELEGRAM = Retries(60.0, doubling(1.0, DAY_S, 120.0))  # until it is taken, while it is kept
LINE = Retries(2.0, (60.0, 300.0, 1800.0))  # where "webhook redelivery" is switched on; marked as come again
STANDARD_WEBHOOKS = Retries(15.0, (5.0, 300.0, 1800.0, 2 * HOUR_S, 5 * HOUR_S, 10 * HOUR_S))
