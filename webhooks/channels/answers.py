"""Answers of a provider that its API never gave: the front door is busy, broken, or shows a page of HTML.

Owns: what they mean for a send and for a fetch. Pure. Not here: the errors of each API (its channel).
"""

from __future__ import annotations

from eslapp.outside import Answer, Unreachable

from .base import RATE_LIMITED, SendResult, SendState


def stumble(answer: Answer) -> SendResult | None:
    """What an answer means that the provider's API never gave itself: its front door is busy, or broken.

    None where the API has answered. 429 and 503 were certainly not taken; other 5xx may have been.
    """
    pause = answer.headers.get("retry-after", "")
    wait_s = float(pause) if pause.isdigit() else 0.0
    if answer.status == 503:
        return SendResult(SendState.RETRY, error="no-answer", retry_after_s=wait_s, detail=_said(answer))
    if answer.status == 429 and not answer.json_object():
        return SendResult(SendState.RETRY, error=RATE_LIMITED, retry_after_s=wait_s, detail=_said(answer))
    if answer.status >= 500 or (answer.is_good and not answer.json_object()):
        return SendResult(SendState.UNKNOWN, error="no-answer", detail=_said(answer))
    return None


def fetched(answer: Answer) -> Answer:
    """The answer to a fetch, if it is one: ``Unreachable`` (try again) or ``LookupError`` (it is gone) otherwise."""
    if answer.status >= 500 or answer.status == 429:
        raise Unreachable(_said(answer), may_have_arrived=True)
    if not answer.is_good:
        raise LookupError(f"the file is gone: {_said(answer)}")
    return answer


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}"
