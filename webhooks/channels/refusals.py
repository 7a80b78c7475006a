"""Why a message did not go out, in one word each. Not here: what a provider's own numbers mean (its channel).

What ``SendResult.error`` may say; the workbench has words for each in English and Chinese.
"""

from __future__ import annotations

WINDOW_OVER = "window-over"  # the time to answer in is over
QUOTA_USED = "quota-used"  # all answers of this window are used
QUOTA_SHORT = "quota-short"  # it is more messages than are left: nothing of it goes out
BLOCKED = "blocked"  # the contact does not take our messages (any more)
BAD_ADDRESS = "bad-address"  # the provider does not know the contact
TOO_LONG = "too-long"
RATE_LIMITED = "rate-limited"
ACCOUNT_BROKEN = "account-broken"  # token, permission, IP list: an admin must look
NOT_CONVERTIBLE = "not-convertible"  # the file cannot be made into what the channel takes
MEDIA_ENDED = "media-ended"  # the provider does not have the file (any more) that was handed over before
NOT_SUPPORTED = "not-supported"  # the channel has nothing like it
