"""How a contact is reached by another channel than the one in use.

Owns: from (contact, account of the site) to the conversation a message goes to. Not here: sending it
(``webhooks.sender``).

1. the contact's open conversation there; 2. an address of theirs on that account; 3. where the channel goes by
telephone numbers (SMS, WhatsApp): their number (kept in E.164, as providers want it), which becomes an address of
theirs there, so that answers find them.
"""

from __future__ import annotations

from . import contacts, conversations
from .conversations import Conversation
from .tx import Tx

BY_NUMBER = ("sms", "whatsapp")  # kinds of channels, as in "sms_twilio"


def goes_by_number(kind: str) -> bool:
    """Whether a kind of channel reaches people by their telephone number."""
    return kind.partition("_")[0] in BY_NUMBER


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
    if not address and goes_by_number(kind):
        address = next((external for where, external in person.addresses if where == "tel"), "")
        if address and contacts.by_address(tx, scope, address) is None:
            contacts.add_address(tx, contact, scope=scope, external_id=address, at=at)
    if not address:
        return None
    return conversations.find_or_open(
        tx, channel=kind, account=account, address=address, contact=contact, new_id=new_id, at=at
    )[0]
