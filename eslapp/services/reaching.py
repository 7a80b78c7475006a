"""Messages that flows send by other channels. Not here: how a contact is reached there (``eslapp.store.reaching``)."""

from __future__ import annotations

from collections.abc import Callable

from eslapp.chat_links import chat_link, with_link
from eslapp.clock import Clock
from eslapp.core.model import Interaction
from eslapp.store import Store, Tx, interactions
from ivr.effects import SendMessage
from ivr.service_calls import SendText
from ivr.waits import Answered, Failed, Happening


class Messenger:
    """Sends what flows write by other channels. ``send(tx, contact, interaction, message, once)`` gives the id."""

    def __init__(
        self, store: Store, send: Callable[[Tx, str, str, SendMessage, str], str], *, clock: Clock, base: str = ""
    ) -> None:
        """``base``: our public address, for links to the chat."""
        self._store, self._send, self._clock, self._base = store, send, clock, base

    def send_text(self, interaction: str, effect: SendText) -> Happening:
        """The same place of the flow sends once, however often it is asked."""
        if effect.link and not self._base:
            return Failed("there is no public address for the link; start with --public-url")
        once = f"{interaction}:{effect.key}"

        def work(tx: Tx) -> str:
            one = interactions.get(tx, interaction)
            if one is None:
                return ""
            message = SendMessage(effect.channel, self._worded(tx, one, effect))
            return self._send(tx, one.contact, interaction, message, once)

        where = effect.channel or "a channel of their own"
        return Answered() if self._store.write(work) else Failed(f"the contact cannot be reached by {where}")

    def _worded(self, tx: Tx, one: Interaction, effect: SendText) -> str:
        if not effect.link:
            return effect.text
        about = {"contact": one.contact, "parent": one.id, "at": self._clock()}
        return with_link(effect.text, chat_link(tx, base=self._base, account=effect.link, **about))
