"""What the web side needs of others, as protocols: the store, the site and the secrets.

Owns: the shapes only. The real ones are ``eslapp.store.Store``, ``ivr.loader.Site``, ``eslapp.sitedir.Secrets``.
Not here: the rows' functions (``eslapp.store``, one module per noun, called with a transaction ``tx``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class StoreView(Protocol):
    """The two doors of the store. Both leave the hub; both raise when the store is down (we answer 503)."""

    def write(self, work: Callable[[Any], T]) -> T:
        """Run ``work(tx)`` in the one writer and return its result after COMMIT."""

    def read(self, work: Callable[[Any], T]) -> T:
        """Run ``work(tx)`` on a reading connection in a small pool."""


class PublishingView(Protocol):
    """The one who publishes revisions (``eslapp.services.publisher``). Refusals are ``ValueError``s with a text."""

    def status(self) -> dict[str, Any]:
        """``revision``, ``problems`` (file:line:column: problem; mend) of files that were refused, ``canary``."""

    def history(self) -> list[dict[str, Any]]:
        """All publications, the oldest first."""

    def publish(self, *, by: str, why: str = "published", percent: int | None = None) -> dict[str, Any]:
        """Take up the files as they are; the status after it."""

    def roll_back(self, wish: str, *, by: str) -> dict[str, Any]:
        """Put an old revision back in force, and its files in place."""

    def decide(self, verdict: str, *, by: str) -> dict[str, Any]:
        """End the canary by hand: ``promote`` or ``stop``."""


class SecretsView(Protocol):
    """The generated passwords (``eslapp.sitedir.Secrets``)."""

    @property
    def session_key(self) -> str: ...
    @property
    def admin_password(self) -> str: ...
    @property
    def agents(self) -> Mapping[str, Mapping[str, str]]: ...


class ChannelSettingsView(Protocol):
    """One entry of ``channels:`` in ``site.yaml``."""

    @property
    def type(self) -> str: ...
    @property
    def flow(self) -> str: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


class AgentSettingsView(Protocol):
    """One entry of ``agents:`` in ``site.yaml``."""

    @property
    def name(self) -> str: ...
    @property
    def skills(self) -> Mapping[str, int]: ...
    @property
    def languages(self) -> Sequence[str]: ...
    @property
    def capacity(self) -> Any: ...


class QueueSettingsView(Protocol):
    """One entry of ``queues:`` in ``site.yaml``."""

    @property
    def skills(self) -> Mapping[str, int]: ...
    def label_in(self, language: str, name: str) -> str: ...


class SiteView(Protocol):
    """The loaded site (``ivr.loader.Site``), only what the web shows."""

    def name_in(self, language: str) -> str: ...
    @property
    def languages(self) -> Sequence[str]: ...
    @property
    def timezone(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def calendars(self) -> Mapping[str, Any]: ...
    @property
    def channels(self) -> Mapping[str, ChannelSettingsView]: ...
    @property
    def queues(self) -> Mapping[str, QueueSettingsView]: ...
    @property
    def agents(self) -> Mapping[str, AgentSettingsView]: ...
