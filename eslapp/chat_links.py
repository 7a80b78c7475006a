"""A link that opens the web chat as somebody we know: sent by SMS or another channel, good once and for a day.

Owns: the link's form and its row. The token stands behind ``#``: no server's log and no preview of the link uses it up.
Not here: taking it (``webhooks.chat.visitors``), sending (``eslapp.services.reaching``, ``webhooks.api.messages``).
"""

from __future__ import annotations

import secrets
from urllib.parse import quote

from eslapp.store import Tx, passes

LIVES_S = 24 * 3600.0
PLACE = "{link}"  # where it stands in a text; else behind it


def chat_link(tx: Tx, *, base: str, account: str, contact: str, parent: str, at: float) -> str:
    """A new link to the web chat ``account`` under our public address ``base``."""
    token = secrets.token_urlsafe(16)
    known = passes.digest("", passes.CHAT, token)
    passes.add(tx, digest=known, purpose=passes.CHAT, contact=contact, parent=parent, expires_at=at + LIVES_S)
    return f"{base.rstrip('/')}/chat?channel={quote(account)}#pass={token}"


def with_link(text: str, link: str) -> str:
    """The text with its link.

    >>> with_link("Chat with us: {link}.", "https://a"), with_link("Chat with us", "https://a")
    ('Chat with us: https://a.', 'Chat with us https://a')
    """
    return text.replace(PLACE, link) if PLACE in text else f"{text} {link}".strip()
