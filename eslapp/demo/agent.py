"""The robot agent: a registered phone and a signed-in workbench, as a person would have both.

Owns: the agent's phone and desk. Not here: what is said when (``story``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eslapp.demo.customer import listening
from eslapp.demo.timeline import Timeline, Unseen
from eslapp.demo.web import Desk, await_that
from eslapp.softphone import Phone, PhoneCall, PhoneError

if TYPE_CHECKING:
    from eslapp.demo.story import Stage

OFFER_WITHIN_S = 15.0
WRAP_UP_WITHIN_S = 10.0
EARLIER = "A demonstration begins: please write again when it is over. 演示开始了，请在演示结束后再联系。"


class AgentRobot:
    """Use as ``async with``. The methods without ``async`` are blocking HTTP: run them in a thread."""

    def __init__(self, stage: Stage, timeline: Timeline) -> None:
        self._stage = stage
        self._timeline = timeline
        self._phone = Phone((stage.sip_host, stage.sip_port), stage.agent, stage.phone_password)
        self._desk: Desk | None = None
        self._call: PhoneCall | None = None

    async def __aenter__(self) -> AgentRobot:
        await self._phone.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._phone.stop()
        if self._desk is not None:
            await asyncio.to_thread(self._presence, "offline")

    @property
    def desk(self) -> Desk:
        """The workbench; ``Unseen`` before ``sign_in``."""
        if self._desk is None:
            raise Unseen("the agent's workbench")
        return self._desk

    async def sign_in(self) -> None:
        """Register the phone, sign in at the workbench, take a break first."""
        stage = self._stage
        try:
            await self._phone.register()
        except PhoneError as error:
            raise Unseen(str(error)) from None
        self._timeline.saw("agent", f"{stage.agent} registers a phone", "话机注册成功")
        self._desk = await asyncio.to_thread(Desk, stage.url, stage.agent, stage.agent_password)
        await asyncio.to_thread(self._presence, "break")
        await asyncio.to_thread(self._clear_desk)
        await asyncio.to_thread(await_that, "the agent's phone on the workbench", 10, self._is_phone_seen)
        self._timeline.saw("agent", f"{self.desk.me['name']} signs in at the workbench", "登录坐席工作台")

    async def become_available(self) -> None:
        """Ready for offers."""
        await asyncio.to_thread(self._presence, "available")
        self._timeline.saw("agent", "becomes available", "示闲")

    async def answer_phone(self, interaction: str) -> None:
        """The offer shows at the desk and the phone rings; answer the phone."""
        offer = await asyncio.to_thread(self.desk.await_offer, "voice", OFFER_WITHIN_S)
        if offer["interaction"] != interaction:
            raise Unseen(f"the offer of call {interaction}; the desk shows {offer['interaction']}")
        self._timeline.saw("agent", "is offered the call, the phone rings", "收到来电分配，话机振铃")
        try:
            self._call = await self._phone.next_call(timeout=OFFER_WITHIN_S)
            await self._call.accept()
        except PhoneError as error:
            raise Unseen(str(error)) from None
        self._timeline.saw("agent", "answers the phone", "接听")

    async def speak(self, path: Path) -> None:
        """Say one utterance."""
        await self.call.play(path)

    async def listens_to(self, speaking: Awaitable[None]) -> float:
        """Seconds of sound that arrive here while the other side speaks."""
        return await listening(self.call, speaking)

    @property
    def call(self) -> PhoneCall:
        """The answered call."""
        if self._call is None:
            raise Unseen("a call at the agent's phone")
        return self._call

    def accept_chat(self, interaction: str) -> None:
        """Take the chat when it is offered; whoever still waits from before is served first, as the queue wants it."""
        while (offer := self.desk.await_offer("text", OFFER_WITHIN_S))["interaction"] != interaction:
            self._serve_earlier(offer)
        self._timeline.saw("agent", "is offered the chat", "收到会话分配")
        self.desk.post(f"/api/offers/{offer['id']}/accept")
        self._timeline.saw("agent", "accepts the chat", "接受会话")

    def write(self, interaction: str, text: str) -> None:
        """Send one message to the visitor."""
        self.desk.post(f"/api/interactions/{interaction}/messages", text=text, client_id=f"robot-{interaction[:12]}")
        self._timeline.saw("agent", f"writes “{text}”", "坐席回复")

    def end(self, interaction: str) -> None:
        """End the conversation."""
        self.desk.post(f"/api/interactions/{interaction}/end")

    def wrap_up(self, interaction: str, disposition: str, notes: str) -> None:
        """Finish with a disposition, once the conversation is over."""

        def is_over() -> bool:
            return bool(self.desk.get(f"/api/interactions/{interaction}")["interaction"]["state"] == "wrap_up")

        await_that("the wrap-up at the agent's desk", WRAP_UP_WITHIN_S, is_over)
        self.desk.post(f"/api/interactions/{interaction}/wrap-up", disposition=disposition, notes=notes)

    def _serve_earlier(self, offer: dict[str, Any]) -> None:
        """A chat that was left waiting when an earlier demonstration ended."""
        self.desk.post(f"/api/offers/{offer['id']}/accept")
        self.write(offer["interaction"], EARLIER)
        self.end(offer["interaction"])
        self.wrap_up(offer["interaction"], "resolved", "left waiting by an earlier demonstration")

    def _clear_desk(self) -> None:
        """Finish what an interrupted performance left here; wrap-up of anything keeps calls away."""
        for one in self.desk.get("/api/desk")["interactions"]:
            if one["state"] == "connected":
                self.end(one["id"])
            self.wrap_up(one["id"], "resolved", "left by an interrupted demonstration")

    def _presence(self, presence: str) -> None:
        self.desk.post(f"/api/agents/{self._stage.agent}/presence", presence=presence)

    def _is_phone_seen(self) -> bool:
        agents: list[dict[str, Any]] = self.desk.get("/api/agents")["agents"]
        return any(one["id"] == self._stage.agent and one["phone_registered"] for one in agents)
