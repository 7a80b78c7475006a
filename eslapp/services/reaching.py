"""How a contact is reached by another channel than the one in use.

Owns: from (contact, account of the site) to the conversation a message goes to. Not here: sending it
(``webhooks.sender``).

1. the contact's open conversation there; 2. an address of theirs on that account; 3. where the channel goes by
telephone numbers (SMS, WhatsApp): their number, which becomes an address of theirs there, so that answers find them.
"""

from __future__ import annotations

from collections.abc import Callable

from eslapp.store import Store, Tx, contacts, conversations, interactions
from eslapp.store.conversations import Conversation
from ivr.effects import SendMessage
from ivr.service_calls import SendText
from ivr.waits import Answered, Failed, Happening

BY_NUMBER = ("sms", "whatsapp")  # kinds of channels, as in "sms_twilio"


def reach(tx: Tx, *, contact: str, account: str, kind: str, new_id: str, at: float) -> Conversation | None:
    """The conversation, opened where need be; None where the contact cannot be reached there."""
    opened = conversations.open_of_contact(tx, account=account, contact=contact)
    if opened is not None or not account:
        return opened
    person = contacts.get(tx, contact)
    if person is None:
        return None
    scope = f"{kind}:{account}"
    address = next((external for where, external in person.addresses if where == scope), "")
    if not address and kind.partition("_")[0] in BY_NUMBER:
        address = next((external for where, external in person.addresses if where == "tel"), "")
        if address and contacts.by_address(tx, scope, address) is None:
            contacts.add_address(tx, contact, scope=scope, external_id=address, at=at)
    if not address:
        return None
    return conversations.find_or_open(
        tx, channel=kind, account=account, address=address, contact=contact, new_id=new_id, at=at
    )[0]


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
