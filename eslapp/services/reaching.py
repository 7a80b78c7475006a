"""Messages that flows send by other channels. Not here: how a contact is reached there (``eslapp.store.reaching``)."""

from __future__ import annotations

from collections.abc import Callable

from eslapp.store import Store, Tx, interactions
from ivr.effects import SendMessage
from ivr.service_calls import SendText
from ivr.waits import Answered, Failed, Happening


class Messenger:
    """Sends what flows write by other channels. ``send(tx, contact, interaction, message, once)`` gives the id."""

    def __init__(self, store: Store, send: Callable[[Tx, str, str, SendMessage, str], str]) -> None:
        self._store = store
        self._send = send

    def send_text(self, interaction: str, effect: SendText) -> Happening:
        """The same place of the flow sends once, however often it is asked."""

        def work(tx: Tx) -> str:
            one = interactions.get(tx, interaction)
            message = SendMessage(effect.channel, effect.text)
            return self._send(tx, one.contact, interaction, message, f"{interaction}:{effect.key}") if one else ""

        where = effect.channel or "a channel of their own"
        return Answered() if self._store.write(work) else Failed(f"the contact cannot be reached by {where}")
