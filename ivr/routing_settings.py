"""How a site says who is asked, how requirements relax, who has a head start. Not here: queues, agents (``site``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from .fields import Duration, Name, Text, Whole, YesNo, is_file, refuse
from .part import Part
from .problems import did_you_mean, quote
from .templates import Insert, parse_template

WHISPERED = ("queue", "wait", "waited")  # what a whisper can say


def _says_what_is_known(text: Text) -> Text:
    for insert in (insert for prompt in text.root.values() for insert in _inserts(prompt)):
        for name in insert.node.names() - set(WHISPERED):
            mend = did_you_mean(name, WHISPERED, "say $(queue), $(wait | minutes) or $(waited | duration)")
            raise refuse(f"a whisper does not know $({name})", mend)
    return text


WhisperField = Annotated[Text, AfterValidator(_says_what_is_known)]


def _inserts(prompt: str) -> Iterator[Insert]:
    parts = () if is_file(prompt) else parse_template(prompt)
    yield from (part for part in parts if isinstance(part, Insert))


class RelaxSettings(Part):
    """After so long in line these levels are enough (0: not asked for any more); ``language: any``: any agent's."""

    after_s: Annotated[Duration, Field(gt=0.0)] = Field(alias="after")
    skills: dict[Name, Annotated[Whole, Field(ge=0, le=10)]] = {}
    language: Literal["", "any"] = ""


class HeadStartSettings(Part):
    """How much earlier than they did contacts count as having come; the parts add up."""

    priority_s: Duration = Field(default=300.0, alias="priority")
    level: dict[Name, Duration] = {}
    urgency: dict[Name, Duration] = {}
    channel: dict[Name, Duration] = {}


def _off(value: Any) -> Any:
    """YAML 1.1 editors like to write ``off`` for no."""
    return "off" if value is False else value


class RoutingSettings(Part):
    """House rules of routing."""

    cool_down_s: Duration = Field(default=30.0, alias="cool_down")
    join_s: Duration = Field(default=30.0, alias="join")
    chats_during_call: YesNo | list[Name] = False  # or the channels that may come: [email]
    calls_during_chats: YesNo | list[Name] = True  # or the channels that a call may interrupt
    offers_per_pass: Annotated[Whole, Field(ge=1, le=100)] = 5
    readiness: Annotated[Literal["off", "registered", "audible"], BeforeValidator(_off)] = "registered"


class Capacity(BaseModel):
    """How many interactions an agent takes at once: calls, texts, and of a channel named apart (``email: 1``)."""

    model_config = ConfigDict(extra="allow")

    voice: Annotated[Whole, Field(ge=0, le=1)] = 1
    text: Annotated[Whole, Field(ge=0, le=20)] = 3

    @model_validator(mode="after")
    def _counts(self) -> Capacity:
        for channel, count in (self.model_extra or {}).items():
            if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 20:
                raise refuse(f"{channel}: {quote(count)} is not a capacity", "write a whole number from 0 to 20")
        return self

    def by_slot(self) -> dict[str, int]:
        """All of them."""
        return {"voice": self.voice, "text": self.text, **(self.model_extra or {})}
