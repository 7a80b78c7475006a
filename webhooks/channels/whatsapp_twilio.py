"""WhatsApp by Twilio: the same requests as SMS with ``whatsapp:`` before addresses, and a 24-hour window.

Owns: what differs. Not here: the rest (``sms_twilio``).

An address may be a phone number or, where the contact hides it, WhatsApp's own id.
"""

from __future__ import annotations

from typing import Any

from .base import DAY_S, MIB, PICTURES, Capabilities, Delivery, Grant, Takes
from .sms_twilio import SmsTwilio


class WhatsAppTwilio(SmsTwilio):
    """One WhatsApp sender of a Twilio account."""

    type = "whatsapp_twilio"
    scheme = "whatsapp:"
    capabilities = Capabilities(
        text_cap=1600,
        has_receipts=True,
        grants={"message": Grant(DAY_S)},
        has_templates=True,
        sends=frozenset({"image", "audio", "video", "file"}),
        takes={
            "image": Takes(PICTURES, 5 * MIB, "image/jpeg"),
            "audio": Takes(frozenset({"audio/mpeg", "audio/mp4", "audio/amr", "audio/ogg"}), 16 * MIB, "audio/mpeg"),
            "video": Takes(frozenset({"video/mp4"}), 16 * MIB),
        },
        is_fetching=True,
        body_cap=256 * 1024,
    )
    example = Delivery(
        external_key="SM2",
        address="+14155550100",
        body=b'{"AccountSid":"AC00000000000000000000000000000000","Body":"Where is my order?",'
        b'"From":"whatsapp:+14155550100","MessageSid":"SM2","NumMedia":"0","ProfileName":"Ada",'
        b'"To":"whatsapp:+15005550006","WaId":"14155550100"}',
    )

    def _identity(self, fields: dict[str, str], address: str) -> dict[str, Any]:
        """WhatsApp vouches for both: the number, and its own id of the contact, which stays where the number hides."""
        found = [("tel", address)] if address.startswith("+") else []
        found += [("whatsapp", fields[name]) for name in ("ExternalUserId",) if fields.get(name)]
        return {"unions": tuple(found)}
