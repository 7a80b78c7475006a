"""The public count of repairs: every difference between what we believed and what was so, by kind, since the start.

Owns: the metric ``zongji_repairs_total`` and its words for ``zongji doctor``. Not here: finding and mending
(``services.reconciler``, ``services.talk_repairs``, ``webhooks.desks``).
"""

from __future__ import annotations

import re

from prometheus_client import Counter

from eslapp.log import get_log

log = get_log("repairs")

REPAIRS = Counter("zongji_repairs_total", "Differences between router and switch that were repaired", ["kind"])
WORDS = {  # what was so, for people
    "agent-leg": "agents' legs gone in a talk",
    "answer-unseen": "answers nobody saw",
    "beside": "third ones beside a talk, put there again",
    "browser": "closed browsers of available agents",
    "chat": "chats of closed browsers back in line",
    "consulted": "consulted colleagues joined again",
    "contact-leg": "contacts' legs gone",
    "guest-answer-unseen": "answers of consulted ones nobody saw",
    "guest-gone": "consulted ones gone",
    "music": "contacts left alone with the music",
    "never-joined": "legs answered and never joined",
    "orphan": "legs that belonged to nobody",
    "phone": "phones (un)registered unseen",
    "recovered-call": "calls a switch brought back",
    "rest": "contacts resting in line unwatched",
    "reset": "contacts' legs left in silence by the switch",
    "ringing-leg": "agents' legs gone while ringing",
    "spy": "supervisors put beside their talk again",
    "talk": "talks joined or held again",
    "waiting-beside-free": "work waiting beside free agents",
}
_LINE = re.compile(r'zongji_repairs_total\{kind="([a-z-]+)"\} ([0-9.e+]+)')


def repaired(kind: str, count: int = 1) -> None:
    """One more of this kind."""
    REPAIRS.labels(kind).inc(count)
    log.info("repaired", kind=kind, count=count)


def told(metrics: str) -> dict[str, int]:
    """The counts out of the text of ``/metrics``, those that happened.

    >>> told('zongji_repairs_total{kind="orphan"} 2.0')
    {'orphan': 2}
    """
    found = {kind: round(float(count)) for kind, count in _LINE.findall(metrics)}
    return {kind: count for kind, count in found.items() if count}
