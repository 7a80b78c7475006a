"""Answers of a provider that its API never gave: the front door is busy, broken, or shows a page of HTML.

Owns: what they mean for a send and for a fetch. Pure. Not here: the errors of each API (its channel).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from eslapp.outside import Answer, Unreachable

from .access import Gone, NoToken, TokenRefused
from .base import SendResult, SendState
from .reading import integer, mapping, text
from .refusals import MEDIA_ENDED, RATE_LIMITED

REFUSED = frozenset({401, 403})
LATER = frozenset({408, 409, 421, 423, 425, 429})
PASSING = frozenset({1, 2, 4, 17, 32, 341, 613, 80007, 130429, 131016, 131048, 131056})  # of Meta's error codes
BUSY = frozenset({None, -1, 45009, 45011})  # of Tencent's, when a token was asked for
NO_SUCH_FILE = frozenset({40004, 40006, 40007, 45001})  # of Tencent's: no such id or type, empty, too large


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
    """The answer to a fetch, if it is one. ``Gone``: certainly there is no such file. ``TokenRefused``: a new token, or
    an administrator, may help. ``Unreachable``: later, perhaps."""
    if answer.is_good:
        return answer
    if answer.status in REFUSED:
        raise TokenRefused(_said(answer))
    if answer.status >= 500 or answer.status in LATER or is_passing(answer):
        raise Unreachable(_said(answer), may_have_arrived=True)
    raise Gone(f"the file is gone: {_said(answer)}")


def no_token(answer: Answer, code: int | None, why: str) -> Exception:
    """What an answer without a token means: busy (later, nothing was sent yet), or the account is not right."""
    is_busy = answer.status == 429 or answer.status >= 500 or code in BUSY
    return Unreachable(why, may_have_arrived=False) if is_busy else NoToken(why)


def before_sending(upload: Callable[[], str | SendResult]) -> str | SendResult:
    """What an upload gave that comes before the send: whatever became of it, nothing has reached the contact."""
    try:
        found = upload()
    except Unreachable as error:
        return SendResult(SendState.RETRY, error="no-answer", detail=str(error))
    is_lost = isinstance(found, SendResult) and found.state == SendState.UNKNOWN
    return replace(found, state=SendState.RETRY) if is_lost and isinstance(found, SendResult) else found


def uploaded_again(result: SendResult) -> SendResult:
    """What a send of a fresh upload means: where the provider lost the file, the next try hands it over anew."""
    return replace(result, state=SendState.RETRY) if result.error == MEDIA_ENDED else result


def is_passing(answer: Answer) -> bool:
    """Whether an API says of its own error that it will pass: Meta's ``is_transient``, its limits, Telegram's words."""
    said = answer.json_object()
    error = mapping(said.get("error"))
    is_limit = integer(error.get("code")) in PASSING
    return error.get("is_transient") is True or is_limit or "temporarily" in text(said.get("description"))


def refusal_in(answer: Answer) -> dict[str, Any]:
    """The JSON that stands where a file was asked for; {} where the file came, though it be JSON itself."""
    return {} if "content-disposition" in answer.headers else answer.json_object()


def refused_file(answer: Answer, said: Mapping[str, Any]) -> Exception:
    """What Tencent's error code instead of a file means: only few say that it will never come."""
    code = integer(said.get("errcode"))
    why = f"media/get: {answer.status} {code} {text(said.get('errmsg'))}"
    return Gone(why) if code in NO_SUCH_FILE else Unreachable(why, may_have_arrived=True)


def _said(answer: Answer) -> str:
    return f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}"
