"""What a provider's API may refuse, a token or a file that it does not have, and what it may tell of people.

Owns: the records and errors. Not here: one token for all who ask (``webhooks.provider_tools``), errors of sends
(``base.SendResult``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from ..provider_tools import Tools
    from .base import Account


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


@runtime_checkable
class KnowsPeople(Protocol):
    """A channel whose provider has wider ids of contacts than those they write by."""

    def has_unions(self, account: Account) -> bool:
        """Whether it has them for this account."""

    def unions(self, address: str, account: Account, tools: Tools) -> tuple[tuple[str, str], ...]:
        """The wider ids of a contact, ``(scope, id)``, that the provider vouches for. ``Unreachable`` may go up."""


@runtime_checkable
class KnowsNames(Protocol):
    """A channel whose provider tells a contact's name only where it is asked."""

    def called(self, address: str, account: Account, tools: Tools) -> str:
        """The contact's name, "" where there is none. ``Unreachable`` may go up."""
