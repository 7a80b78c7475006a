"""A pass: what one part of ours tells another by way of a stranger (a SIP header, a link), sealed by us.

Owns: sealing and opening with an end. Pure; whoever has the key is us. Not here: what a pass allows (``arriving``,
``webhooks.chat.passes``), one-time use (rows).

>>> text = seal("key", {"purpose": "call", "contact": "c-1"}, until=100.0)
>>> opened("key", text, purpose="call", now=99.0)["contact"], opened("key", text, purpose="chat", now=99.0)
('c-1', {})
>>> opened("key", text, purpose="call", now=100.0), opened("other", text, purpose="call", now=1.0)
({}, {})
>>> opened("key", "x.y", purpose="call", now=1.0)
{}
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256

HEADER = "X-Zongji-Pass"  # of an INVITE
CALL = "call"  # the purpose of a pass that comes with a call
ONCE = "once"  # in a pass of the chat page: it is good for one call, to the number under DIALLED
DIALLED = "dialled"
VARIABLE = f"sip_h_{HEADER}"
LONGEST = 800
SEAL_BYTES = 18


def seal(key: str, facts: Mapping[str, str], *, until: float) -> str:
    """The pass: letters, digits, ``-``, ``_`` and one dot: fit for a header and for a link."""
    told = _text(json.dumps({**facts, "until": round(until)}, separators=(",", ":"), sort_keys=True).encode())
    return f"{told}.{_seal(key, told)}"


def opened(key: str, text: str, *, purpose: str, now: float) -> dict[str, str]:
    """The facts; ``{}`` for a false pass, an old one, one for another purpose, and where there is no key."""
    told, _, given = text.partition(".")
    if not key or not told or len(text) > LONGEST:
        return {}
    if not hmac.compare_digest(given.encode("utf-8", "replace"), _seal(key, told).encode()):
        return {}
    try:
        facts = json.loads(base64.urlsafe_b64decode(told + "=" * (-len(told) % 4)))
    except (ValueError, binascii.Error):
        return {}
    is_good = facts.get("purpose") == purpose and now < facts.get("until", 0)
    return {name: str(value) for name, value in facts.items()} if is_good else {}


def _seal(key: str, told: str) -> str:
    return _text(hmac.digest(key.encode(), b"pass|" + told.encode("utf-8", "replace"), sha256)[:SEAL_BYTES])


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
