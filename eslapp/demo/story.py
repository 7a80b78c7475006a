"""The plot of the demonstration: a caller and a visitor reach one agent through the same queue.

Owns: who does what when, and the evidence of it as JSON. Not here: how a robot does it (``customer``, ``agent``).

    evidence = asyncio.run(Story(launched_url, ...).play())
    evidence["ok"]
"""

from __future__ import annotations

import asyncio
import io
import json
import wave
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eslapp.demo.agent import AgentRobot
from eslapp.demo.customer import CustomerRobot
from eslapp.demo.timeline import Timeline, Unseen
from eslapp.demo.web import Desk, Visitor, await_that
from recordings.layout import relative_path

NUMBER = "1000"
ENGLISH, ORDERS = "2", "1"
TRANSCRIPT_WITHIN_S = 60.0
DISPOSITION = "resolved"


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the play takes place."""

    url: str
    sip_host: str
    sip_port: int
    agent: str
    agent_password: str
    phone_password: str
    admin_password: str
    recordings: Path
    speech: Path  # the robots' utterances


class Story:
    """One performance."""

    def __init__(self, stage: Stage, timeline: Timeline) -> None:
        self._stage = stage
        self._timeline = timeline
        self._voice: dict[str, Any] = {}
        self._chat: dict[str, Any] = {}
        self._visitor: Visitor | None = None

    async def play(self) -> dict[str, Any]:
        """Everything, once. Never raises for what was not observed: ``ok`` is then false and the timeline says what."""
        try:
            await self._play()
        except (Unseen, OSError, TimeoutError) as error:
            self._timeline.missed(str(error) or type(error).__name__)
        finally:
            if self._visitor is not None and not self._chat:
                with suppress(Unseen, OSError):  # also on Ctrl-C: nobody is left waiting for the next performance
                    await away(self._visitor.leave)
        return {
            "ok": self._timeline.ok,
            "voice": self._voice,
            "chat": self._chat,
            "failures": self._timeline.failures,
            "timeline": [
                {"at_s": round(at, 2), "who": who, "en": english, "zh": chinese}
                for at, who, english, chinese in self._timeline.lines
            ],
        }

    async def _play(self) -> None:
        stage, timeline = self._stage, self._timeline
        admin = await away(Desk, stage.url, "admin", stage.admin_password)
        async with AgentRobot(stage, timeline) as agent, CustomerRobot(stage, timeline) as customer:
            await agent.sign_in()
            visitor, _ = await asyncio.gather(self._visitor_arrives(), customer.dial(NUMBER))
            await customer.through_menu([ENGLISH, ORDERS])
            call, chat = await away(self._both_queued, admin)
            await customer.hear_queue()
            await agent.become_available()
            await away(agent.accept_chat, chat["id"])
            await self._talk(admin, agent, customer, call)
            await self._finish_call(admin, agent, call)
            await self._chat_with(admin, agent, visitor, chat)

    # --- arriving ------------------------------------------------------------------------------------------------

    async def _visitor_arrives(self) -> Visitor:
        timeline = self._timeline

        def arrive() -> Visitor:
            visitor = self._visitor = Visitor(self._stage.url, "en", "Ada")
            visitor.write("Hello")
            timeline.saw("visitor", "writes “Hello” on the chat page", "在网页客服发出第一条消息")
            choice = visitor.await_message("the chat's first question", 10, lambda one: bool(one["options"]))
            if not any("order" in label.lower() for _, label in choice["options"]):
                visitor.write(ENGLISH)
                choice = visitor.await_message(
                    "the chat's menu", 10, lambda one: any("order" in o[1].lower() for o in one["options"])
                )
            timeline.saw("visitor", f"is shown the same menu as text: {labels(choice)}", "文字渠道看到同一个菜单")
            visitor.write(next(key for key, label in choice["options"] if "order" in label.lower()))
            status = visitor.await_status("the chat in the queue", 15, lambda one: one["state"] == "queued")
            timeline.saw("visitor", f"waits in the queue, place {status['position']}", "进入排队")
            return visitor

        return await away(arrive)

    def _both_queued(self, admin: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
        def look() -> tuple[dict[str, Any], dict[str, Any]] | None:
            queued = admin.get("/api/interactions", state="queued")["interactions"]
            calls = [one for one in queued if one["medium"] == "voice"]
            chats = [one for one in queued if one["medium"] == "text"]
            return (
                (max(calls, key=opened), max(chats, key=opened)) if calls and chats else None
            )  # those before are others'

        call, chat = await_that("a call and a chat in the queue", 20, look)
        if call["queue"] != chat["queue"]:
            raise Unseen(f"the call waits in {call['queue']}, the chat in {chat['queue']}: not the same queue")
        self._timeline.saw("queue", f"call and chat wait in the same queue: {call['queue']}", "电话与网聊在同一队列")
        return call, chat

    # --- the call ------------------------------------------------------------------------------------------------

    async def _talk(self, admin: Desk, agent: AgentRobot, customer: CustomerRobot, call: dict[str, Any]) -> None:
        await agent.answer_phone(call["id"])
        story = await away(
            admin.await_story,
            call["id"],
            "the call joined with the agent",
            10,
            lambda one: one["interaction"]["state"] == "connected",
        )
        waited = event(story, "InteractionConnected")["waited_s"]
        self._timeline.saw(
            "queue", f"call joined with {story['interaction']['agent_name']} after {waited:.1f} s", "接通坐席"
        )
        await self._converse(agent, customer)
        await customer.hang_up()
        self._timeline.saw("customer", "hangs up", "挂机")

    async def _converse(self, agent: AgentRobot, customer: CustomerRobot) -> None:
        """The utterances in turn; each side must really hear the other."""
        for side, path, text in utterances(self._stage.speech):
            speaker, listener = (customer, agent) if side == "contact" else (agent, customer)
            heard_s = await listener.listens_to(speaker.speak(path))
            if heard_s < 0.3:
                raise Unseen(f"speech at the other end of the call: {text!r} was spoken, {heard_s:.1f} s were heard")
            who = "customer" if side == "contact" else "agent"
            self._timeline.saw(who, f"says “{text}” ({heard_s:.1f} s heard at the other end)")

    async def _finish_call(self, admin: Desk, agent: AgentRobot, call: dict[str, Any]) -> None:
        await away(agent.wrap_up, call["id"], DISPOSITION, "Order looked up, delivery tomorrow.")
        story = await away(
            admin.await_story,
            call["id"],
            "the transcript of the recording",
            TRANSCRIPT_WITHIN_S,
            lambda one: any(part["state"] != "waiting" for part in one["transcripts"]),
        )
        sound = await away(admin.recording, call["id"])
        self._voice = self._voice_evidence(story, sound)
        self._check_voice()

    def _voice_evidence(self, story: dict[str, Any], sound: bytes) -> dict[str, Any]:
        interaction, recording, transcript = story["interaction"], story["recordings"][0], story["transcripts"][0]
        with wave.open(io.BytesIO(sound)) as file:
            seconds, channels = file.getnframes() / file.getframerate(), file.getnchannels()
        path = self._stage.recordings / relative_path(interaction["id"], recording["started_at"], recording["part"])
        return {
            "interaction": interaction["id"],
            "flow_path": story["path"],
            "queue": interaction["queue"],
            "waited_s": round(event(story, "InteractionConnected")["waited_s"], 2),
            "agent": interaction["agent"],
            "talk_s": round(event(story, "TalkEnded")["talk_s"], 2),
            "recording": {"path": str(path), "seconds": round(seconds, 2), "channels": channels},
            "transcript": {
                "engine": transcript["engine"],
                "error": transcript["error"],
                "turns": [
                    {"side": turn["side"], "text": turn["text"], "start_s": turn["start_s"]}
                    for turn in transcript["turns"]
                ],
            },
            "disposition": interaction["disposition"],
        }

    def _check_voice(self) -> None:
        voice, timeline = self._voice, self._timeline
        recording, transcript = voice["recording"], voice["transcript"]
        if not Path(recording["path"]).is_file():
            raise Unseen(f"the recording's file {recording['path']}")
        if recording["channels"] != 2 or recording["seconds"] < 2:
            raise Unseen(f"a two-channel recording of the talk; found {recording}")
        timeline.saw("system", f"recorded {recording['seconds']:.1f} s in two channels", "双声道录音")
        for turn in transcript["turns"]:
            timeline.saw("system", f"[{transcript['engine']}] {turn['start_s']:5.1f} s {turn['side']}: {turn['text']}")
        if not transcript["turns"]:
            reason = transcript["error"] or "no words were recognised"
            raise Unseen(f"a transcript with words ({reason})")
        if voice["disposition"] != DISPOSITION:
            raise Unseen(f"the disposition {DISPOSITION!r}; found {voice['disposition']!r}")
        timeline.saw("agent", f"wraps the call up: {voice['disposition']}", "话后处理完成")

    # --- the chat ------------------------------------------------------------------------------------------------

    async def _chat_with(self, admin: Desk, agent: AgentRobot, visitor: Visitor, chat: dict[str, Any]) -> None:
        timeline, name = self._timeline, chat["id"]

        def talk() -> None:
            agent.write(name, "Hello Ada, this is the service robot. Your order will arrive tomorrow.")
            reply = visitor.await_message(
                "the agent's message on the chat page", 10, lambda one: one["from"] == "agent"
            )
            timeline.saw("visitor", f"reads “{reply['text']}”", "收到坐席回复")
            visitor.write("Great, thank you! 谢谢！")
            admin.await_story(
                name,
                "the visitor's answer at the agent's desk",
                10,
                lambda one: any("谢谢" in message["text"] for message in one["messages"]),
            )
            timeline.saw("visitor", "answers “Great, thank you! 谢谢！”", "访客回复")
            agent.end(name)
            agent.wrap_up(name, DISPOSITION, "")
            visitor.await_status("the end of the chat on the chat page", 10, lambda one: one["state"] == "over")
            timeline.saw("agent", "closes the chat", "结束会话")

        await away(talk)
        story = await away(
            admin.await_story, name, "the chat closed", 10, lambda one: one["interaction"]["state"] == "closed"
        )
        self._chat = {
            "interaction": name,
            "queue": story["interaction"]["queue"],
            "agent": story["interaction"]["agent"],
            "messages": [
                {"direction": one["direction"], "author": one["author"], "text": one["text"]}
                for one in story["messages"]
            ],
        }


def event(story: dict[str, Any], kind: str) -> dict[str, Any]:
    """The last event of this type in a story; ``Unseen`` where there is none."""
    found = [one for one in story["events"] if one["type"] == kind]
    if not found:
        raise Unseen(f"an event {kind} of interaction {story['interaction']['id']}")
    return found[-1]


def opened(one: dict[str, Any]) -> float:
    """When an interaction began."""
    return float(one["opened_at"])


def labels(message: dict[str, Any]) -> str:
    """The options of a message in one line."""
    return ", ".join(f"{key} {label}" for key, label in message["options"])


def utterances(folder: Path) -> list[tuple[str, Path, str]]:
    """``(side, file, text)`` in the order of the conversation, from the folder's manifest."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return [(one["side"], folder / one["file"], one["text"]) for one in manifest["utterances"]]


async def away(work: Callable[..., Any], *args: Any) -> Any:
    """Run blocking work in a thread while the phones go on."""
    return await asyncio.to_thread(work, *args)
