"""The event of a message that is being committed: what streams and walls hear of it.

Not here: the message's row (``eslapp.store.messages``), sending it (``webhooks.sender``).
"""

from __future__ import annotations

from eslapp.core.events import MessageStored
from eslapp.store.messages import Message


def stored(message: Message) -> MessageStored:
    """The event of a message that is being committed."""
    return MessageStored(
        at=message.created_at,
        interaction=message.interaction,
        message=message.id,
        direction=message.direction,
        author=message.author,
    )
