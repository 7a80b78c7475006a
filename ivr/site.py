"""A site: who, where, when and by which way, read from ``site.yaml``, with its flows.

Owns: the models of ``site.yaml`` and the whole a loader returns. Not here: reading files (``loader``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator, WithJsonSchema

from .articles import Article, ArticleIndex
from .calendars import Calendar
from .fields import EACH_ONCE, Duration, FileName, LanguageCode, Name, Text, Whole, Word, YesNo, refuse
from .flow import Block, Flow
from .overflow import OverflowSettings
from .part import Level, Part
from .patterns import ALLOWED, CALLER, DIALLED, EXTENSION, HOST_AND_PORT, TRUNK
from .problems import Place, did_you_mean, quote
from .routing_settings import Capacity, HeadStartSettings, RelaxSettings, RoutingSettings, WhisperField
from .strict_yaml import Document
from .unread import Unread

_TARGET = re.compile(r"([0-9]{1,3})\s*%\s*in\s*([0-9]{1,5})\s*(s|min)")
_EVERY = re.compile(r"every\s+([0-9]{1,4})\s*(s|min)")
ANNOUNCE_LEAST_S = 10.0


@dataclass(frozen=True, slots=True)
class Target:
    """The service level: ``share`` (0..1) of contacts answered within ``within_s``."""

    share: float = 0.8
    within_s: float = 20.0


def _to_target(value: Any) -> Target:
    match = _TARGET.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not 0 < int(match[1]) <= 100:
        raise refuse(f"{quote(value)} is not a target", "write it like: 80 % in 20 s")
    return Target(int(match[1]) / 100, int(match[2]) * (60.0 if match[3] == "min" else 1.0))


def _to_every(value: Any) -> float | None:
    if value in ("no", False, "never"):
        return None
    match = _EVERY.fullmatch(value.strip()) if isinstance(value, str) else None
    seconds = int(match[1]) * (60.0 if match[2] == "min" else 1.0) if match else 0.0
    if seconds < ANNOUNCE_LEAST_S:
        raise refuse(f"{quote(value)} does not say how often", "write it like: every 30 s (10 s at least), or no")
    return seconds


OF_SHANGHAI = "beijing peking china shenzhen guangzhou hangzhou chengdu wuhan nanjing tianjin xian cst".split()


def _to_timezone(value: Any) -> str:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        known = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Europe/London", "America/New_York", "UTC")
        mend = did_you_mean(str(value), known)
        if str(value).rpartition("/")[2].lower() in OF_SHANGHAI:
            mend = "did you mean 'Asia/Shanghai'?"  # all of China has one hour, under that city's name
        raise refuse(f"{quote(value)} is not a timezone", mend) from error
    return str(value)


def _one_word(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


TargetField = Annotated[
    Target, PlainValidator(_to_target), WithJsonSchema({"type": "string", "examples": ["80 % in 20 s"]})
]
Every = Annotated[
    float | None, PlainValidator(_to_every), WithJsonSchema({"type": "string", "examples": ["every 30 s"]})
]
Timezone = Annotated[
    str, PlainValidator(_to_timezone), WithJsonSchema({"type": "string", "examples": ["Asia/Shanghai"]})
]


def _yes_no_or(value: Any) -> Any:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


RecordRule = Annotated[Literal["yes", "no", "consent"], BeforeValidator(_yes_no_or)]
Extension = Annotated[Word, Field(pattern=EXTENSION), WithJsonSchema({"type": "string", "pattern": EXTENSION})]
HostAndPort = Annotated[Word, Field(pattern=HOST_AND_PORT, examples=["erp.local:8443", "127.0.0.1:9000"])]
NumberPattern = Annotated[
    Word, Field(pattern=ALLOWED), WithJsonSchema({"type": ["string", "number"], "pattern": ALLOWED})
]
CountryCode = Annotated[Word, Field(pattern=r"^([A-Z]{2})?$", examples=["CN", "US"])]  # whose numbers people write
DialledNumber = Annotated[Word, Field(pattern=DIALLED), WithJsonSchema({"type": "string", "pattern": DIALLED})]


class AnnounceSettings(Part):
    """What waiting contacts are told."""

    position: Every = None
    wait: YesNo = False  # and how long it will take, while that is reliable


class CallbackSettings(Part):
    """How often a contact who is not reached is called, and after how long again."""

    tries: Annotated[Whole, Field(ge=1, le=10)] = 3
    retry_s: Annotated[Duration, Field(ge=10.0)] = Field(default=300.0, alias="retry")


class QueueSettings(Part):
    """One waiting line. Durations in seconds; ``skills``: the least level an agent needs."""

    label: Text | None = None
    skills: dict[Name, Level] = {}
    target: TargetField = Target()
    announce: AnnounceSettings = AnnounceSettings()
    music: FileName = ""
    strategy: Name = "longest_idle"
    ring_s: Annotated[Duration, Field(ge=1.0, le=590.0)] = Field(default=20.0, alias="ring")
    wrap_up_s: Duration = Field(default=60.0, alias="wrapup")
    calendar: Name = ""
    limit: Annotated[Whole, Field(ge=1, le=10_000)] | None = None
    callback: CallbackSettings = CallbackSettings()
    record: RecordRule = "yes"
    prefers: dict[Name, Level] = {}
    relax: list[RelaxSettings] = []
    language: Literal["any", "prefer", "require"] = "any"
    head_start: HeadStartSettings = Field(default=HeadStartSettings(), alias="headstart")
    sticky_s: Duration = Field(default=20.0, alias="sticky")
    wrap_up_more_s: Duration = Field(default=120.0, alias="wrapup_more")
    longest_wait_s: Annotated[Duration, Field(ge=1.0)] | None = Field(default=None, alias="longest_wait")
    overflow: OverflowSettings = OverflowSettings()
    whisper: WhisperField | None = None  # what the agent alone hears before the join

    def label_in(self, language: str, name: str) -> str:
        """How people read it."""
        return self.label.choose(language)[0] if self.label is not None else name


class AgentSettings(Part):
    """One agent, named by the extension of the phone."""

    name: Word
    skills: dict[Name, Level] = {}
    languages: Annotated[list[LanguageCode], EACH_ONCE] = []
    capacity: Capacity = Capacity()
    auto_accept: Annotated[list[Name], EACH_ONCE] = []  # voice, text, or a channel with a capacity of its own
    role: Literal["agent", "supervisor", "admin"] = "agent"  # what the workbench and its API allow


class ChannelSettings(BaseModel):
    """A way people write in. Keys of its own kind (``appid`` ...) are read by the channel, as ``options``."""

    model_config = ConfigDict(extra="allow")

    type: Name
    flow: Name

    @property
    def options(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class TrunkSettings(Part):
    """Calls to the outside (callbacks). Nothing is allowed that ``allow`` does not name.

    ``way``: "gateway NAME" (the switch's own) or "server HOST:PORT". ``allow``: ``#`` is any digit, ``[3-9]`` one of
    these, a last ``*`` any further digits. ``limit``: calls at once.
    """

    way: Annotated[Word, Field(pattern=TRUNK)]
    allow: Annotated[list[NumberPattern], Field(min_length=1), EACH_ONCE]
    caller_number: Annotated[Word, Field(pattern=CALLER)]
    limit: Annotated[Whole, Field(ge=1, le=1000)] = 10
    ring_s: Annotated[Duration, Field(ge=5.0, le=60.0)] = Field(default=25.0, alias="ring")


class FallbackSettings(Part):
    """What happens when something of ours breaks: words (or the built-in ones), then a queue or the end."""

    say: Text | None = None
    queue: Name = ""


class SurveySettings(Part):
    """One survey. ``low``: a score up to this one is flagged (of ``1-5``; of ``satisfied``: not satisfied is)."""

    question: Text
    ask: Text | None = None
    scale: Literal["1-5", "satisfied"] = "1-5"
    low: Annotated[Whole, Field(ge=1, le=4)] = 2
    thanks: Text | None = None

    @property
    def is_five(self) -> bool:
        return self.scale == "1-5"

    @property
    def best(self) -> int:
        return 5 if self.is_five else 1

    @property
    def low_at(self) -> int:
        return self.low if self.is_five else 0


class OutsideSettings(Part):
    """Whom the site may ask over HTTP. ``private``: ``host:port`` of the own network, or of plain HTTP, by name."""

    private: Annotated[list[HostAndPort], EACH_ONCE] = []


class CanarySettings(Part):
    """Flows that change are tried out on ``percent`` of the contacts first; good for all after ``enough`` of them."""

    percent: Annotated[Whole, Field(ge=1, le=50)]
    enough: Annotated[Whole, Field(ge=20, le=100_000)] = 200


class LimitSettings(Part):
    """What ``zongji check`` holds flows to. Durations in seconds; ``rate``: at most so many characters (zh) or words of
    five letters (any other language) a minute."""

    options: Annotated[Whole, Field(ge=1, le=12)] = 5
    prompt_s: Duration = Field(default=20.0, alias="prompt")
    rate: dict[LanguageCode, Annotated[Whole, Field(ge=60, le=600)]] = {}
    human_s: Duration = Field(default=60.0, alias="human")

    def rate_of(self, language: str) -> int:
        """The most characters (zh) or words a minute."""
        return self.rate.get(language, 320 if language == "zh" else 280)


class SiteFile(Part):
    """``site.yaml``."""

    site: Text
    languages: Annotated[list[LanguageCode], Field(min_length=1), EACH_ONCE]
    timezone: Timezone
    country: CountryCode = ""
    voices: dict[LanguageCode, Word] = {}
    numbers: dict[DialledNumber, Name] = {}
    channels: dict[Name, ChannelSettings] = {}
    calendars: dict[Name, Calendar] = {}
    skills: Annotated[list[Name], EACH_ONCE] = []
    queues: dict[Name, QueueSettings] = {}
    agents: dict[Extension, AgentSettings] = {}
    extensions: Annotated[list[Extension], EACH_ONCE] = []  # phones of the house that are no agents'
    phrases: dict[Name, dict[LanguageCode, Word]] = {}
    words: dict[Word, Text] = {}
    trunk: TrunkSettings | None = None
    routing: RoutingSettings = RoutingSettings()
    fallback: FallbackSettings = FallbackSettings()
    outside: OutsideSettings = OutsideSettings()
    limits: LimitSettings = LimitSettings()
    canary: CanarySettings | None = None
    surveys: dict[Name, SurveySettings] = {}
    dispositions: dict[Name, Text] = {}
    quick_replies: list[Text] = []


DEFAULT_VOICES = {"zh": "kokoro:zf_xiaobei", "en": "hibari:af_heart"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything the product knows of a site. ``revision`` changes with any byte of the author's files.

    ``prompt_files`` are the .wav files under ``prompts``, by their relative names; ``prompt_seconds`` how long those
    last that could be measured.
    """

    names: Text
    directory: str
    languages: tuple[str, ...]
    timezone: str
    voices: dict[str, str]
    numbers: dict[str, str]
    channels: dict[str, ChannelSettings]
    calendars: dict[str, Calendar]
    skills: tuple[str, ...]
    queues: dict[str, QueueSettings]
    agents: dict[str, AgentSettings]
    phrases: dict[str, dict[str, str]]
    words: dict[str, Text]
    trunk: TrunkSettings | None
    routing: RoutingSettings
    fallback: FallbackSettings
    outside: OutsideSettings
    surveys: dict[str, SurveySettings]
    articles: dict[str, Article]
    answers: ArticleIndex = field(repr=False)
    flows: dict[str, Flow]
    blocks: dict[str, Block]
    prompt_files: frozenset[str]
    prompt_seconds: Mapping[str, float] = field(default_factory=dict, repr=False)
    unplayable: frozenset[str] = frozenset()  # of the ``prompt_files``: no WAV, whatever their names say
    limits: LimitSettings = field(default_factory=LimitSettings)
    canary: CanarySettings | None = None
    country: str = ""  # by ISO 3166; "": the timezone's
    extensions: tuple[str, ...] = ()
    dispositions: dict[str, Text] = field(default_factory=dict)
    quick_replies: tuple[Text, ...] = ()
    revision: str
    document: Document = field(repr=False)
    unread: Unread = field(default=Unread(), repr=False)  # of a draft alone: what its files' mistakes hide

    @property
    def early_numbers(self) -> frozenset[str]:
        """The numbers that are not answered at once: their flow's first section has an ``answer`` step."""
        return frozenset(number for number, flow in self.numbers.items() if self._answers_itself(flow))

    def _answers_itself(self, flow: str) -> bool:
        return flow in self.flows and any(step.verb == "answer" for step in self.blocks[self.flows[flow].start].steps)

    def name_in(self, language: str) -> str:
        """How the house is called in a language."""
        return self.names.choose(language, self.default_language)[0]

    @property
    def default_language(self) -> str:
        return self.languages[0]

    def voice_of(self, language: str) -> str:
        """Who speaks a language: "engine:voice"."""
        return self.voices.get(language) or DEFAULT_VOICES.get(language, "espeak-ng:" + language)

    def place(self, *path: str | int, key: bool = False) -> Place:
        """Where something stands in ``site.yaml``."""
        mark = self.document.mark(path, key=key)
        return Place(self.document.file, mark.line, mark.column)
