"""What a provider's API may refuse: a token, and a file that it does not have.

Owns: the records and errors. Not here: one token for all who ask (``webhooks.provider_tools``), errors of sends
(``base.SendResult``).
"""

from __future__ import annotations

from dataclasses import dataclass


class TokenRefused(Exception):
    """The provider does not take this token (any more): a new one may help, or an administrator."""


class NoToken(Exception):
    """The provider gives none: the account's id or secret is wrong, or this machine is not on its list."""


class Gone(Exception):
    """The provider does not have this file (any more): asking again does not help."""


@dataclass(frozen=True, slots=True)
class Token:
    """``lives_s``: as the provider says, from now."""

    value: str
    lives_s: float
