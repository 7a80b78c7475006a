"""Every channel shown working: a contact at each provider writes, waits, talks with an agent and is answered there.

Owns: the plot and its evidence. The providers are fakes with the real ones' rules (``providers``); everything between
them and the agent's desk is the real thing: signed HTTP, the inbox, the flow, the queue, the outbox.
Not here: the demonstration of calls and the web chat (``story``).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eslapp.demo.lines import Line
from eslapp.demo.providers import provider_types
from eslapp.demo.providers.base import PNG, Provider, Signed
from eslapp.demo.providers.sip_trunk import SipTrunkFake
from eslapp.demo.providers.twilio_voice import TwilioVoiceFake
from eslapp.demo.timeline import Timeline, Unseen
from eslapp.demo.web import Desk, await_that

WITHIN_S = 20.0
PULL_S = 2
HELLO, CHOICE, THANKS = "Hello, where is my order?", "1", "Thank you. 谢谢。"
KEYS = {"sip_trunk": ("2", "1"), "twilio_voice": ("1",)}  # English, orders; who came by SMS is not asked the language
MARK = "# demo --channels"  # at the end of each entry of ours in ``site.yaml``
TURNS = 4  # at most so many menus until a contact stands in line


@dataclass(frozen=True, slots=True)
class Place:
    """Where the play takes place."""

    url: str
    agent: str
    agent_password: str
    admin_password: str
    sip: tuple[str, int] = ("127.0.0.1", 5060)
    phone_password: str = ""


def without_cast(site_file: Path) -> list[str]:
    """The file's lines without the entries of a demonstration; where it has any, they are gone from it too."""
    lines = site_file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.rstrip().endswith(MARK)]
    if kept != lines:
        site_file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return kept


class Cast:
    """The providers, open. Use as a context manager; ``configure`` tells the site of them before it starts, and the end
    takes that back."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.providers: dict[str, Provider] = {}
        self._told: Path | None = None

    def __enter__(self) -> Cast:
        for name, kind in provider_types().items():
            provider = self.providers[name] = kind()
            self._stack.callback(provider.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        if self._told is not None:
            without_cast(self._told)

    def configure(self, site_file: Path, sip: str) -> dict[str, str]:
        """Write the channels into ``site.yaml``; returns their secrets, for the daemon's environment.

        ``sip``: where the switch will listen.
        """
        kept, self._told = without_cast(site_file), site_file
        place = next(number for number, line in enumerate(kept) if line.startswith("channels:"))
        words: dict[str, str] = {}
        entries = []
        for name, provider in self.providers.items():
            if isinstance(provider, TwilioVoiceFake | SipTrunkFake):
                provider.sip = sip
            options = {"type": name, "flow": "main", **provider.options()}
            if name == "email":
                options["every"] = PULL_S
            secrets = {}
            for word, value in provider.secrets().items():
                secrets[word] = f"{name.upper()}_{word}"
                words[secrets[word]] = value
            told = json.dumps(options, ensure_ascii=False)
            for word, own in secrets.items():
                told = told.replace(f"$(env.{word})", f"$(env.{own})")
            entries.append(f"  demo_{name}: {told}  {MARK}")
        kept[place + 1 : place + 1] = entries
        site_file.write_text("\n".join(kept) + "\n", encoding="utf-8")
        return words


class ChannelsStory:
    """One performance."""

    def __init__(self, place: Place, cast: Cast, timeline: Timeline) -> None:
        self._place = place
        self._cast = cast
        self._timeline = timeline
        self._evidence: dict[str, Any] = {}

    def play(self) -> dict[str, Any]:
        """Each channel once; what was not observed is told, and the next one goes on."""
        self._admin = Desk(self._place.url, "admin", self._place.admin_password)
        self._desk = Desk(self._place.url, self._place.agent, self._place.agent_password)
        self._timeline.saw("agent", "signs in at the workbench", "登录坐席工作台")
        try:
            for name, provider in self._cast.providers.items():
                try:
                    act = self._call if provider.is_voice else self._one
                    self._evidence[name] = act(name, provider)
                except (Unseen, OSError) as error:
                    self._timeline.missed(f"{name}: {error}")
        finally:
            self._desk.post(f"/api/agents/{self._place.agent}/presence", presence="offline")
        return {"ok": self._timeline.ok, "channels": self._evidence, "failures": self._timeline.failures}

    def _one(self, name: str, provider: Provider) -> dict[str, Any]:
        hook = f"{self._place.url}/hooks/demo_{name}"
        provider.hook = hook
        self._desk.post(f"/api/agents/{self._place.agent}/presence", presence="available")
        number = int(time.time()) % 100_000
        asked = provider.handshake()
        if asked is not None:
            self._deliver(provider, hook, asked[0])
        if name == "email":  # the first look at a mailbox only marks where it begins
            time.sleep(PULL_S * 2)
        self._deliver(provider, hook, provider.say(HELLO, number=number))
        self._timeline.saw("visitor", f"{name}: writes “{HELLO}”", "客户来信")
        interaction = self._until_offered(provider, hook, name, number)
        try:
            return self._talk(provider, hook, name, interaction, number)
        finally:  # also where something was not seen: the next channel's contact finds a free agent
            if self._state(interaction) == "connected":
                self._desk.post(f"/api/interactions/{interaction}/end")
                self._wrap_up(interaction)

    def _call(self, name: str, provider: Provider) -> dict[str, Any]:
        """A call comes in by SIP, chooses, stands in the same line, and talks with the agent by telephone."""
        assert isinstance(provider, TwilioVoiceFake | SipTrunkFake)
        provider.hook = f"{self._place.url}/hooks/demo_{name}"
        evidence: dict[str, Any] = {"shown": [], "picture": ""}
        with Line(self._place.sip, self._place.agent, self._place.phone_password) as phone:
            phone.register()
            self._desk.post(f"/api/agents/{self._place.agent}/presence", presence="available")

            def act(line: Line) -> None:
                self._timeline.saw("customer", f"{name}: calls and is answered", "来电接通")
                for key in KEYS[name]:
                    line.press_when_quiet(key)
                phone.pick_up()
                evidence["interaction"] = call = self._talking()
                self._timeline.saw("agent", f"{name}: talks with {call['subject']}", "坐席与客户通话")

            number = int(time.time()) % 100_000
            caller = f"+861380013{number % 10_000:04}" if name == "sip_trunk" else ""  # a new one each time
            evidence["answered"] = provider.call(caller=caller, number=number, act=act)
            interaction = evidence["interaction"]
            self._wrap_up(interaction["id"])
        evidence["interaction"], evidence["number"] = interaction["id"], interaction["subject"]
        evidence["same_contact_as"] = self._known_by(interaction["contact"])
        told = ", ".join(evidence["same_contact_as"])
        if told:
            self._timeline.saw("agent", f"{name}: it is the contact known by {told}", "与这些渠道为同一联系人")
        else:
            self._timeline.saw("agent", f"{name}: somebody who has never written or called", "新联系人")
        return evidence

    def _talking(self) -> dict[str, Any]:
        """The call the agent talks in."""

        def look() -> dict[str, Any] | None:
            desk = self._desk.get("/api/desk")["interactions"]
            return next((one for one in desk if one["medium"] == "voice" and one["state"] == "connected"), None)

        found: dict[str, Any] = await_that("the call joined with the agent", WITHIN_S, look)
        return found

    def _known_by(self, contact: str) -> list[str]:
        """By which channels this contact has come before."""
        listed = self._admin.get("/api/interactions", contact=contact, limit=50)["interactions"]
        return sorted({str(one["channel"]) for one in listed} - {"voice"})

    def _talk(self, provider: Provider, hook: str, name: str, interaction: str, number: int) -> dict[str, Any]:
        """The agent takes it, answers, and sees a picture where the channel has them."""
        offer = self._desk.await_offer("text", WITHIN_S)
        self._desk.post(f"/api/offers/{offer['id']}/accept")
        self._timeline.saw("agent", f"{name}: accepts", "坐席接受")
        self._desk.post(f"/api/interactions/{interaction}/messages", text=THANKS, client_id=f"demo-{number}-{name[:8]}")
        self._seen(provider, "the agent's answer", lambda: any(THANKS in one.text for one in provider.shown))
        self._timeline.saw("visitor", f"{name}: reads the agent's answer", "客户收到回复")
        read = self._receipts(provider, hook, interaction)
        picture = self._picture(provider, hook, interaction, number) if provider.can_picture else ""
        shown = [one.text for one in provider.shown if one.text]
        told = {"interaction": interaction, "shown": shown, "picture": picture, "read": read}
        return told | {"api_calls": len(provider.calls)}

    def _receipts(self, provider: Provider, hook: str, interaction: str) -> bool:
        """What the provider tells of our answer, where it tells anything: the agent sees that it was read."""
        told = provider.receipts("sent", "delivered", "read")
        for one in told:
            self._deliver(provider, hook, one)
        if not told:
            return False

        def is_read() -> bool:
            seen = self._desk.get(f"/api/interactions/{interaction}/messages")["messages"]
            return any(one["text"] == THANKS and one["state"] == "read" for one in seen)

        self._seen(provider, "the receipt at the agent's desk", is_read)
        self._timeline.saw("agent", f"{provider.type}: sees that it was read", "看到已读回执")
        return True

    def _until_offered(self, provider: Provider, hook: str, name: str, number: int) -> str:
        """Answer the flow's questions until the contact stands in line."""
        found = self._seen(provider, "the interaction", lambda: self._newest(name))
        for turn in range(TURNS):
            shown = len(provider.shown)
            self._seen(provider, "the flow's question", lambda: provider.shown or self._state(found) != "in_flow")
            if self._state(found) != "in_flow":
                break
            self._deliver(provider, hook, provider.say(CHOICE, number=number + turn + 1))
            await_that(
                f"{name}: the flow to go on",
                WITHIN_S,
                lambda shown=shown: len(provider.shown) > shown or self._state(found) != "in_flow",
            )
        self._timeline.saw("queue", f"{name}: stands in line", "进入同一队列")
        return str(found)

    def _newest(self, name: str) -> str:
        listed = self._admin.get("/api/interactions", limit=20)["interactions"]
        return next((one["id"] for one in listed if one["channel"] == name and one["state"] != "closed"), "")

    def _state(self, interaction: str) -> str:
        return str(self._admin.get(f"/api/interactions/{interaction}")["interaction"]["state"])

    def _picture(self, provider: Provider, hook: str, interaction: str, number: int) -> str:
        self._deliver(provider, hook, provider.picture(number=number + 50))

        def shown() -> bool:
            told = self._desk.get(f"/api/interactions/{interaction}/messages")["messages"]
            images = [one for message in told for one in message["attachments"] if one["kind"] == "image"]
            return bool(images) and self._desk.file(f"/api/media/{images[0]['media']}") == PNG

        await_that(f"{provider.type}: the picture at the agent's desk", WITHIN_S, shown)
        self._timeline.saw("agent", f"{provider.type}: gets a picture", "收到图片")
        return "the same bytes"

    def _wrap_up(self, interaction: str) -> None:
        await_that("the wrap-up", WITHIN_S, lambda: self._state(interaction) == "wrap_up")
        self._desk.post(f"/api/interactions/{interaction}/wrap-up", disposition="resolved", notes="")

    def _deliver(self, provider: Provider, hook: str, signed: Signed) -> None:
        if signed.method == "PULL":
            return
        status = provider.deliver(hook, signed)
        if status != 200:
            raise Unseen(f"the webhook answers {status or 'nothing'} instead of 200")

    def _seen(self, provider: Provider, what: str, look: Callable[[], Any]) -> Any:
        return await_that(f"{provider.type}: {what}", WITHIN_S, look)
