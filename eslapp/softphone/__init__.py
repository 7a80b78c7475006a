"""A small SIP softphone for robots, demonstrations and tests (asyncio). See README.md."""

from eslapp.softphone.call import Ending, PhoneCall
from eslapp.softphone.errors import CallFailed, PhoneError
from eslapp.softphone.hearing import Heard, tone_share
from eslapp.softphone.phone import Phone

__all__ = ["CallFailed", "Ending", "Heard", "Phone", "PhoneCall", "PhoneError", "tone_share"]
