"""``redirect sip:user@host[,sip:...] [cause]``: 302 (300 for several): the caller is told to call somebody else."""

from __future__ import annotations

from eslapp.softswitch import causes
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Refusal, Session

MAX_TARGETS = 128


async def run(session: Session, data: str) -> None:
    """See the module; an answered call cannot be redirected."""
    words = separate(data)
    if not words or session.is_answered:
        return
    targets = words[0].split(",")[:MAX_TARGETS]
    shown = [target if "<" in target or ">" in target else f'"unknown" <{target}>' for target in targets]
    if len(targets) > 1:
        shown = [
            text if text == target else f"{text};q={(MAX_TARGETS + 1 - index) / 1000:.3f}"
            for index, (text, target) in enumerate(zip(shown, targets, strict=True))
        ]
    is_many = len(targets) > 1 or len(words) > 1
    session.refusal = Refusal(
        300 if is_many else 302, "Multiple Choices" if is_many else "Moved Temporarily", ",".join(shown)
    )
    session.hung_up_inside = True
    session.hangup(causes.name_of(words[1], "NORMAL_UNSPECIFIED") if len(words) > 1 else "NORMAL_UNSPECIFIED")
