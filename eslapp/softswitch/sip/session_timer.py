"""Session timers (RFC 4028): how often a call proves that both ends are still there, and who proves it. Pure.

What two ends agree on is what FreeSWITCH's SIP stack would: an end that does not know timers is asked by us.
Not here: asking (``refreshing.py``), the clock.

>>> Agreement(300, is_ours=True).due_s, Agreement(300, is_ours=False).due_s
(150.0, 270.0)
"""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.softswitch.sip.message import Message, Request, Response
from eslapp.softswitch.sip.text import BadText

SHORTEST_S = 90  # RFC 4028 5: nobody has to take less
LONGEST_S = 86_400
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SessionTimer:
    """What a profile wants: ``wanted_s`` between proofs, 0: only if the caller asks; ``shortest_s`` it puts up with.

    ``is_known`` False: no timers at all, and whoever requires them is refused.
    """

    wanted_s: int = 0
    shortest_s: int = SHORTEST_S
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Agreement:
    """A call's session ends ``interval_s`` after the last proof; ``is_ours``: we ask, else the other end does."""

    interval_s: int
    is_ours: bool

    @property
    def due_s(self) -> float:
        """When we act after the last proof: half-way we ask, or a little before the end we give up (RFC 4028 10)."""
        return self.interval_s / 2 if self.is_ours else self.interval_s - min(32.0, self.interval_s / 10)


def refusal_of(request: Request, timer: SessionTimer) -> list[Pair]:
    """The headers of a 422 when the caller wants shorter sessions than we do; empty where nothing is against it."""
    wanted, _ = _expires(request)
    if timer.is_known and wanted and wanted < timer.shortest_s and knows_timers(request):
        return [("Min-SE", str(timer.shortest_s))]
    return []


def offered(timer: SessionTimer, known: Agreement | None = None, *, at_least_s: int = 0) -> list[Pair]:
    """The headers of an INVITE or UPDATE of ours; ``known`` is what was agreed before, ``at_least_s`` after a 422."""
    if not timer.wanted_s and known is None:
        return []
    wanted = max(known.interval_s if known else timer.wanted_s, at_least_s)
    refresher = "uac" if known is None or known.is_ours else "uas"
    pairs = [("Supported", "timer"), ("Session-Expires", f"{wanted};refresher={refresher}")]
    return [*pairs, ("Min-SE", str(max(timer.shortest_s, at_least_s)))]


def as_server(timer: SessionTimer, request: Request) -> Agreement | None:
    """What our 2xx to this INVITE or UPDATE agrees on."""
    wanted, refresher = _expires(request)
    is_asked_for = timer.is_known and wanted > 0 and knows_timers(request)
    if not timer.wanted_s and not is_asked_for:
        return None
    floor = max(_number(request.get("min-se")), timer.shortest_s if wanted else 0)
    interval = max(min(wanted or timer.wanted_s, timer.wanted_s or LONGEST_S), floor)
    return Agreement(interval, is_ours=not knows_timers(request) or refresher == "uas")


def agreed_headers(agreement: Agreement | None) -> list[Pair]:
    """The headers of our 2xx."""
    if agreement is None:
        return []
    pairs = [("Supported", "timer")]
    if agreement.is_ours:
        return [*pairs, ("Session-Expires", f"{agreement.interval_s};refresher=uas")]
    return [*pairs, ("Require", "timer"), ("Session-Expires", f"{agreement.interval_s};refresher=uac")]


def as_client(timer: SessionTimer, response: Response, offered_s: int = 0) -> Agreement | None:
    """What a 2xx to our INVITE or UPDATE agrees on; one that says nothing leaves the asking to us."""
    if not timer.wanted_s and not offered_s:
        return None
    said, refresher = _expires(response)
    return Agreement(said or offered_s or timer.wanted_s, is_ours=not said or refresher != "uas")


def knows_timers(message: Message) -> bool:
    """Whether the other end says that it knows session timers."""
    try:
        return any(word.lower() == "timer" for word in (*message.elements("supported"), *message.elements("require")))
    except BadText:
        return False


def shortest_of(response: Response) -> int:
    """What a 422 asks for at least, in seconds."""
    return min(_number(response.get("min-se")), LONGEST_S)


def _expires(message: Message) -> tuple[int, str]:
    """(seconds, refresher) of Session-Expires; (0, "") without a usable one."""
    text, _, rest = message.get("session-expires").partition(";")
    said = dict(part.strip().partition("=")[::2] for part in rest.lower().split(";"))
    return min(_number(text), LONGEST_S), said.get("refresher", "").strip()


def _number(text: str) -> int:
    word = text.partition(";")[0].strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 10 else 0
