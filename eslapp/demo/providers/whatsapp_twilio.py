"""WhatsApp by Twilio: its SMS API with ``whatsapp:`` addresses.

Owns: what differs. Not here: the rest (``sms_twilio``).
"""

from __future__ import annotations

from .sms_twilio import SmsTwilioFake


class WhatsAppTwilioFake(SmsTwilioFake):
    """One sender."""

    type = "whatsapp_twilio"
    scheme = "whatsapp:"
