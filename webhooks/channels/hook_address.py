"""Whether the address that a provider has of us is ours.

Owns: the one comparison for all who can be asked. Not here: asking (each channel's ``check``), what is wrong with our
public address itself (``webhooks.channel_findings``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Account

if TYPE_CHECKING:
    from ..provider_tools import Tools


def wanted(account: Account, tools: Tools) -> str:
    """Where the provider must deliver, as far as we know: the whole address, or its end."""
    return tools.hook(account) or f".../hooks/{account.name}"


def is_ours(told: str, account: Account, tools: Tools) -> bool:
    """Whether ``told`` is where this account is served; without a public address of ours only its path is judged."""
    ours = tools.hook(account)
    address = told.partition("?")[0].partition("#")[0].rstrip("/")
    return address == ours if ours else address.endswith(f"/hooks/{account.name}")
