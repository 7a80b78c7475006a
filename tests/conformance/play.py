"""Plays one scenario against a switch and records what came back.

The stage holds the phones, the inbound connections and the server that the switch's ``socket`` application calls.
Before each ``do`` it waits until as much has been seen as the scenario says (how much, not what: judging is
``compare``'s), never longer than the deadline.
"""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.conformance import sights, sip_text, verbs
from tests.conformance.lab import Lab
from tests.conformance.phone import Phone
from tests.conformance.scenario import Do, Pause, Scenario, See
from tests.conformance.sights import Sight
from tests.conformance.wire import Frame, Wire

PATIENCE_S = 2.5  # longer than anything in the scenarios that is not written as a pause
PLACEHOLDER = r"\{([A-Z]|[JM]\d+|lab|password|esl|sip|app|second|refused|port:\w+)\}"
COUNT = "api show channels count\n\n"
REGISTERED = "api show registrations count\n\n"
USERS = ("1001", "1002")  # of the lab's directory
ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
SETTLE_S = 0.15  # after the last step: what comes now is too much
UNTIMED_S = 0.03  # a pause that stands for "when it is quiet", as the recorder waited
HEARING_S = 1.0  # a busy machine plays late; a tone that a race swallows costs no more than this


@dataclass
class Record:
    """What was seen, in order: ``(seconds, who, sight)``; and the steps whose wait ran out."""

    seen: list[tuple[float, str, Sight]] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # placeholder -> value of this run


class Stage:
    """Everything around the switch."""

    def __init__(self, scenario: Scenario, lab: Lab, host: str = "127.0.0.1") -> None:
        self.scenario, self.lab, self.host = scenario, lab, host
        ports = {"esl": lab.esl_port, "sip": lab.sip_port, "app": lab.app_port}
        ports |= {"second": lab.second_port, "refused": lab.refused_port}
        places = {"lab": lab.folder, "password": lab.password}
        self.record = Record(names=places | {name: str(port) for name, port in ports.items()})
        self.record.names.update({name: str(uuid.uuid4()) for name in scenario.own})
        sees = [step for step in scenario.steps if isinstance(step, See)]
        self._unsure = {(s.who, s.kind, s.label) for s in sees if not s.is_sure}
        self._sure = Counter((s.who, s.kind, s.label) for s in sees if s.is_sure)
        self.phones: dict[str, Phone] = {}
        self.wires: dict[str, Wire] = {}
        self._servers: list[asyncio.Server] = []
        self._outs = 0
        self._listened: Counter[str] = Counter()  # how much of what a phone heard was waited for
        self._changed = asyncio.Event()
        self._start = time.monotonic()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        for port in (self.lab.app_port, self.lab.second_port):
            self._servers.append(await loop.create_server(self._answer, self.host, port))
        for name, facts in self.scenario.phones.items():
            switch = (self.host, self.lab.sip_port)
            logs = self._sip_log(name), self._rtp_log(name)
            is_tcp = facts.get("transport") == "tcp"
            phone = Phone(facts["user"], switch, *logs, facts.get("password", ""), is_tcp=is_tcp)
            self.phones[name] = phone
            await phone.open()
            phone.ear.muted = "muted" in facts
            phone.agent = facts.get("agent", "")
            self.record.names[f"port:{name}"] = str(phone.port)
        await self._take_over()

    async def _take_over(self) -> None:
        """A connection of the stage's own: ends what earlier scenarios left, and learns legs as they are created."""
        answers: asyncio.Queue[str] = asyncio.Queue()

        def on_frame(wire: Wire, frame: Frame) -> None:
            sight = sights.of_frame(frame)
            if sight.kind == "event":
                self._learn("watch", sight)
                self._changed.set()
            elif sight.kind == "api" and "total" in sight.label:
                answers.put_nowait(sight.label.strip())

        wire = Wire(on_frame, lambda wire, change: None)
        await asyncio.get_running_loop().create_connection(lambda: wire, self.host, self.lab.esl_port)
        self.wires["stage"] = wire
        wire.send(f"auth {self.lab.password}\n\napi hupall\n\n{COUNT}")
        while not (await asyncio.wait_for(answers.get(), PATIENCE_S)).startswith("0 total"):
            wire.send(COUNT)
        wire.send(REGISTERED)
        if not (await asyncio.wait_for(answers.get(), PATIENCE_S)).startswith("0 total"):
            await asyncio.wait_for(self._unregister(), PATIENCE_S)
        if self.scenario.is_watched:
            wire.send("event json CHANNEL_CREATE\n\n")
        else:
            wire.close()

    async def _unregister(self) -> None:
        """Phones of earlier scenarios are registered at ports that are closed: forget them all."""
        for user in USERS:
            phone = Phone(user, (self.host, self.lab.sip_port), lambda *_: None, lambda *_: None, f"lab{user}")
            await phone.open()
            phone.registered = 0
            phone.register(0, contact="*")
            while phone.registered in (0, 401):
                await asyncio.sleep(0.01)
            phone.close()

    async def close(self) -> None:
        for server in self._servers:
            server.close()
        for wire in self.wires.values():
            wire.close()
        for phone in self.phones.values():
            phone.close()
        await asyncio.sleep(0)

    # --- what is seen -----------------------------------------------------------------------------

    def saw(self, who: str, sight: Sight) -> None:
        self.record.seen.append((time.monotonic() - self._start, who, sight))
        self._learn(who, sight)
        self._changed.set()

    def _answer(self) -> Wire:
        self._outs += 1
        return self._wire(f"out{self._outs}")

    def _wire(self, name: str) -> Wire:
        def on_frame(wire: Wire, frame: Frame) -> None:
            self.saw(name, sights.of_frame(frame))

        def on_change(wire: Wire, change: str) -> None:
            if change == "open" or not wire.is_ours:
                self.saw(name, Sight(change, ""))

        self.wires[name] = Wire(on_frame, on_change)
        return self.wires[name]

    def _sip_log(self, name: str) -> Any:
        def log(direction: str, text: str) -> None:
            if direction == "<":
                message = sip_text.parse(text)
                calls = [dialog.call_id for dialog in self.phones[name].dialogs]
                call_id = message.get("Call-ID")
                self.saw(name, sights.of_sip(message, calls.index(call_id) if call_id in calls else len(calls)))

        return log

    def _rtp_log(self, name: str) -> Any:
        def log(direction: str, what: str) -> None:
            if direction == "<":
                self.saw(name, Sight("hears", what))

        return log

    def _learn(self, who: str, sight: Sight) -> None:
        """Bind the placeholders that this sight tells: jobs by reply, legs by what kind of leg they are."""
        job = re.match(rf"\+OK Job-UUID: ({ID})", sight.label) if sight.kind == "reply" else None
        if job is not None:
            self.record.names.setdefault(f"J{sum(1 for n in self.record.names if n[0] == 'J') + 1}", job[1])
        if sight.leg and sight.kind in ("event", "connect") and sight.leg not in self.record.names.values():
            bind_leg(self.scenario, self.record.names, sight)
        member = sight.headers.get("Member-ID", "")
        if member and member not in self.record.names.values():
            self.record.names[f"M{sum(1 for n in self.record.names if n[0] == 'M') + 1}"] = member
        if sight.kind in ("api", "reply"):
            self._learn_from_text(who, sight.label)

    def _learn_from_text(self, who: str, text: str) -> None:
        """A result that the scenario writes as ``{A}`` names the leg A from then on (``create_uuid``, ``show
        channels``).
        """
        told = [s for _, w, s in self.record.seen if w == who and _family(s.kind) == "reply"]
        hoped = [s for s in self.scenario.steps if isinstance(s, See) and s.who == who and _family(s.kind) == "reply"]
        label = hoped[len(told) - 1].label if len(told) <= len(hoped) else ""
        unknown = [name for name in dict.fromkeys(re.findall(r"\{([A-Z])\}", label)) if name not in self.record.names]
        ids = [found for found in dict.fromkeys(re.findall(ID, text)) if found not in self.record.names.values()]
        self.record.names.update(zip(unknown, ids, strict=False))

    # --- what is done -----------------------------------------------------------------------------

    async def do(self, step: Do) -> None:
        if step.who in self.phones:
            try:
                verbs.carry_out(self.phones[step.who], step, self.fill)
            except IndexError:  # no call has come that it could answer
                self.record.late.append(f"{step.who} has no call to {step.verb}")
        elif step.verb == "away":
            for server in self._servers:
                server.close()
        elif step.verb == "connect":
            loop = asyncio.get_running_loop()
            await loop.create_connection(lambda: self._wire(step.who), self.host, self.lab.esl_port)
        elif step.who in self.wires:
            wire = self.wires[step.who]
            if step.verb == "send":
                await self._wait_for_names(step.args["text"])
                args = step.args
                filling = args.get("fill", "") * args.get("count", 0)
                wire.send(self.fill(args["text"]) + filling + args.get("end", ""))
            else:
                {"close": wire.close, "reset": wire.reset, "half_close": wire.half_close}[step.verb]()
        else:
            self.record.late.append(f"{step.who} is not there to {step.verb}")

    async def _wait_for_names(self, text: str) -> None:
        until = time.monotonic() + PATIENCE_S
        while any(name not in self.record.names for name in re.findall(r"\{([A-Z])\}", text)):
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), until - time.monotonic())
            except TimeoutError:
                return  # ``fill`` says which

    def fill(self, text: str) -> str:
        """The text with this run's ids and places in it."""
        return re.sub(PLACEHOLDER, self._name, text)

    def _name(self, match: re.Match[str]) -> str:
        found = self.record.names.get(match[1])
        if found is None:
            self.record.late.append(f"{{{match[1]}}} is not known yet")
        return found or match[0]

    def _counts(self) -> Counter[tuple[str, str]]:
        """What came so far, without what only may come."""
        each = Counter((who, sight.kind, sight.label) for _, who, sight in self.record.seen)
        have: Counter[tuple[str, str]] = Counter()
        for (who, kind, label), count in each.items():
            is_unsure = (who, kind, label) in self._unsure
            have[who, _family(kind)] += min(count, self._sure[who, kind, label]) if is_unsure else count
        return have

    async def wait(self, wanted: Counter[tuple[str, str]], until: float) -> bool:
        """Wait until this many sights of each (who, kind) were seen; False when the deadline passed."""
        while True:
            have = self._counts()
            if all(have[key] >= count for key, count in wanted.items()):
                return True
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), until - time.monotonic())
            except TimeoutError:
                missing = {key: f"{have[key]} of {count}" for key, count in wanted.items() if have[key] < count}
                self.record.late.append("waited in vain: " + ", ".join(f"{w} {k} {n}" for (w, k), n in missing.items()))
                wanted.update({key: have[key] - wanted[key] for key in missing})  # not waited for again
                return False

    async def hear(self, tones: list[See]) -> None:
        """Wait a moment until the phones have heard these, too: an order that comes early ends a tone unheard."""
        until = time.monotonic() + HEARING_S
        while tones:
            if self._has_heard(tones[0]):
                tones.pop(0)
                continue
            self._changed.clear()
            try:
                await asyncio.wait_for(self._changed.wait(), until - time.monotonic())
            except TimeoutError:
                tones.clear()

    def _has_heard(self, tone: See) -> bool:
        heard = [sight.label for _, who, sight in self.record.seen if who == tone.who and sight.kind == "hears"]
        left = heard[self._listened[tone.who] :]
        if tone.label not in left:
            return False
        self._listened[tone.who] += left.index(tone.label) + 1
        return True


async def play(scenario: Scenario, lab: Lab, host: str = "127.0.0.1") -> Record:
    """Play it through; always closes what it opened."""
    stage = Stage(scenario, lab, host)
    wanted: Counter[tuple[str, str]] = Counter()
    tones: list[See] = []
    allowance = 0.0
    try:
        await stage.open()
        for step in scenario.steps:
            if isinstance(step, Pause):
                allowance += step.seconds
                if not step.is_sleep:
                    continue
                if step.seconds != UNTIMED_S:
                    tones.clear()
                if await stage.wait(wanted, time.monotonic() + PATIENCE_S + allowance):
                    await asyncio.sleep(step.seconds)
            elif isinstance(step, See):
                if step.kind == "hears":
                    tones.append(step)
                elif step.is_sure:
                    wanted[step.who, _family(step.kind)] += 1
            else:
                await stage.wait(wanted, time.monotonic() + PATIENCE_S + allowance)
                await stage.hear(tones)
                allowance = 0.0
                await stage.do(step)
        await stage.wait(wanted, time.monotonic() + PATIENCE_S + allowance)
        await asyncio.sleep(SETTLE_S)  # what comes too late or must not come
    finally:
        await stage.close()
    return stage.record


def bind_leg(scenario: Scenario, names: dict[str, str], sight: Sight) -> None:
    """Give a new leg its letter: the first free one of the same direction and destination, else the first free one."""
    about = leg_about(sight.headers)
    free = [letter for letter in scenario.legs if letter not in names]
    depth = 2 if scenario.is_watched else 3  # a leg that is watched from its creation may be transferred later
    fits = [k for k in free if all(a in ("", b) for a, b in zip(scenario.legs[k][:depth], about, strict=False))]
    if fits or free:
        names[(fits or free)[0]] = sight.leg


def leg_about(headers: dict[str, str]) -> list[str]:
    """What kind of leg an event is about: direction and called number, without ports."""
    called = headers.get("Caller-Destination-Number", "")
    return [headers.get("Call-Direction", ""), headers.get("Channel-Name", "").partition("@")[0], called[:20]]


def _family(kind: str) -> str:
    """Replies and results of one connection come in one order; so do its events."""
    return {"api": "reply", "connect": "reply", "auth": "reply"}.get(kind, kind)
