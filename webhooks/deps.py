"""What the web side is given at start, and its settings. Nothing here reaches out for anything itself.

Owns: ``Deps`` and ``WebSettings``. Not here: what the parts can do (``ports``), how they are built (``eslapp.app``).

>>> WebSettings(public_url="https://desk.example.com").is_https
True
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry

from eslapp.bus import Bus
from eslapp.clock import Clock, monotonic, wall
from eslapp.ids import IdSource, random_id

from .ports import PublishingView, SecretsView, SiteView, StoreView


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Limits and addresses of the web side; the defaults suit one site on one machine."""

    public_url: str = ""  # "https://desk.example.com"; "": whatever host the browser asked for
    phone_url: str = ""  # where browser phones reach the switch: "wss://desk.example.com/sip"; "": there are none
    sip_domain: str = "127.0.0.1"  # what follows the @ of an agent's SIP address
    embed_origins: tuple[str, ...] = ()  # sites that may frame the chat page, e.g. "https://shop.example.com"
    idle_s: float = 30 * 60
    absolute_s: float = 12 * 3600
    body_cap: int = 64 * 1024  # bytes of one request body
    text_cap: int = 10_000  # characters of one chat message
    heartbeat_s: float = 15.0  # comment lines on live streams
    stream_cap: int = 2_000  # live streams at once
    login_tries: int = 5  # wrong passwords per account and address a minute
    chat_messages_per_minute: int = 60  # of one visitor
    chat_files_per_minute: int = 12  # of one visitor
    chat_sessions_per_minute: int = 30  # of one address

    @property
    def is_https(self) -> bool:
        """Whether browsers reach us by TLS: cookies are then marked Secure."""
        return self.public_url.startswith("https://")


@dataclass(slots=True)
class Deps:
    """Everything ``create_app`` needs. ``site`` and ``secrets`` are replaced when a revision is published.

    ``checks`` are asked by ``/readyz``: name -> True when ready (e.g. ``{"switch": lambda: link.is_up}``).
    ``inbox_arrived`` is called after an inbox row is committed: the message service wakes up.
    """

    bus: Bus
    store: StoreView
    site: SiteView
    secrets: SecretsView = field(repr=False)
    recordings: Path
    media: Path
    word: Callable[[str], str | None] = lambda name: None  # behind ``$(env.NAME)``
    clock: Clock = wall
    monotonic: Clock = monotonic
    ids: IdSource = random_id
    settings: WebSettings = field(default_factory=WebSettings)
    checks: Mapping[str, Callable[[], bool]] = field(default_factory=dict)
    inbox_arrived: Callable[[], None] = lambda: None
    publishing: PublishingView | None = None
    metrics: CollectorRegistry = REGISTRY
