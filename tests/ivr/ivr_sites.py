"""Small sites for the tests of flows, and a walker that stores and reloads the session at every wait."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from ivr import Engine, Session, Site, Turn, read_site
from ivr.effects import Effect, EndFlow
from ivr.waits import Answered, Happening

DEMO = Path(__file__).parents[2] / "ivr" / "sites" / "demo"
WEDNESDAY_10 = 1795572000.0  # 2026-11-25 10:00 in Shanghai
NATIONAL_DAY_10 = 1790820000.0  # 2026-10-01 10:00 in Shanghai
PROMPTS = frozenset({"moh/calm.wav", "hello-zh.wav", "hello-en.wav"})

SITE = """
site: Test
languages: [zh, en]
timezone: Asia/Shanghai
numbers: {"1000": main}
channels: {website: {type: webchat, flow: main}}
calendars:
  service: {open: {daily: [00:00-24:00]}}
  workshop: {open: {mon-fri: [09:00-12:00, 13:30-18:00], sat: [10:00-16:00]}, holidays: CN}
  never: {open: {mon: [08:00-08:01]}}
skills: [orders, repairs]
queues:
  orders: {skills: {orders: 1}, music: moh/calm.wav, announce: {position: every 30 s}}
  repairs: {skills: {repairs: 1}, limit: 3}
  shut: {calendar: never}
agents:
  "1001": {name: One, skills: {orders: 3, repairs: 3}, languages: [zh, en]}
fallback: {queue: orders}
surveys: {short: {question: {zh: 您对这次服务满意吗？, en: Were you happy with us?}}}
"""

ARTICLES = {
    "articles/returns.yaml": """
question: {zh: 如何退货？, en: How do I return something?}
keywords: [退款, 寄回, refund, send back]
answer: {zh: 收到商品七天内可以退货。, en: You can return it within seven days.}
""",
    "articles/warranty.yaml": """
question: {zh: 保修多久？, en: How long is the warranty?}
keywords: [保修, 质保, guarantee]
answer: {zh: 保修两年。, en: The warranty is two years.}
""",
}


def sources(flow: str, site: str = SITE) -> dict[str, str]:
    """The files of a site with one flow, ``main``."""
    return {"site.yaml": site, "flows/main.yaml": "flow: main\n" + dedent(flow), **ARTICLES}


def make(flow: str, site: str = SITE) -> Site:
    """A readable site."""
    made, problems = read_site(sources(flow, site), PROMPTS)
    assert made is not None, [str(problem) for problem in problems]
    return made


def complaints(flow: str, site: str = SITE) -> list[str]:
    """What the loader says of an unreadable site."""
    made, problems = read_site(sources(flow, site), PROMPTS)
    assert made is None
    return [str(problem) for problem in problems]


SERVED = {
    "AskSystem": {"status": 200, "body": {"state": "ready", "lines": [{"due": "2026-12-01"}], "name": "Wang"}},
    "OpenTicket": {"number": "10023"},
    "SendCode": {"to": "8000"},
    "CheckCode": {"verdict": "right"},
    "TakeDialInCode": {"verdict": "right"},
    "FindMember": {"is_found": True, "name": "Wang", "level": "vip"},
}


def served(effect: Effect) -> Answered:
    """What a service that works says of it."""
    return Answered(SERVED.get(effect.type, {}))


class Contact:
    """One contact in the flow ``main``; every answer goes through a stored session."""

    def __init__(self, site: Site, medium: str, *, at: float = WEDNESDAY_10, language: str = "en", **known: object):
        self.engine = Engine(site)
        self.at = at
        self.facts: dict[str, object] = {}
        variables = {name.replace("__", "."): value for name, value in known.items()}
        self.turn: Turn = self.engine.start(
            flow="main", medium=medium, language=language, variables=variables, at=at, facts=self.facts
        )

    def does(self, *happenings: Happening) -> Contact:
        for happening in happenings:
            stored = Session.from_json(self.turn.session.to_json())
            assert stored == self.turn.session
            self.turn = self.engine.resume(stored, happening, self.at, facts=self.facts)
        return self

    @property
    def effects(self) -> tuple[Effect, ...]:
        return self.turn.effects

    @property
    def last(self) -> Effect:
        return self.turn.effects[-1]

    @property
    def ended(self) -> tuple[str, str] | None:
        """``(cause, outcome)`` where the flow is over."""
        assert (self.turn.session.cause != "") == self.turn.session.is_over
        end = self.turn.effects[-1] if self.turn.effects else None
        return (end.cause, end.outcome) if isinstance(end, EndFlow) else None

    @property
    def said(self) -> list[str]:
        """What was played or written last, as text."""
        words: list[str] = []
        for effect in self.turn.effects:
            speech = (*getattr(effect, "speech", ()), *getattr(effect, "greeting", ()))
            words += [getattr(part, "text", getattr(part, "value", getattr(part, "path", ""))) for part in speech]
            if effect.type == "Write":
                words.append(effect.text)
        return words
