"""``kill -9`` of the daemon while calls and a chat stand in questions of every kind: each step starts again, keys that
were half entered are asked for again, and nothing is kept twice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from eslapp.demo.web import Visitor, await_that
from eslapp.softphone import Phone, PhoneCall
from tests.system.test_daemon_killed import away
from tests.system.voice_steps_site import TonesSite

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]

SITE = """
site: Killed
languages: [en]
timezone: UTC
numbers: {"3001": menu, "3002": gather, "3003": survey, "3004": language, "3005": listen}
channels: {website: {type: webchat, flow: chat}}
queues: {orders: {}}
surveys: {short: {question: tone-500.wav}}
"""
END = """
right:
  - say: tone-600.wav
  - hangup
wrong:
  - say: tone-800.wav
  - hangup
"""
FLOWS = {
    "menu": "start:\n  - menu: {prompt: tone-500.wav, keys: {1: right}, wait: 60 s, otherwise: wrong}\n" + END,
    "gather": """
start:
  - gather: {as: card, prompt: tone-500.wav, digits: 4, wait: 60 s, otherwise: wrong}
  - branch: [{when: card == "3456", go: right}]
  - goto: wrong
""" + END,
    "survey": "start:\n  - survey: {name: short, wait: 60 s}\n  - goto: right\n" + END.split("wrong:")[0],
    "language": """
start:
  - menu: {prompt: tone-500.wav, keys: {1: next}, wait: 60 s, otherwise: wrong}
  - menu: {prompt: tone-700.wav, keys: {1: right}, wait: 60 s, otherwise: wrong}
""" + END,
    "listen": """
start:
  - listen: {as: a, prompt: tone-500.wav, words: {x: {en: [one]}}, keys: {1: x}, wait: 60 s, otherwise: wrong}
  - goto: right
""" + END,
    "chat": """
start:
  - gather: {as: order, prompt: Your order?, digits: 6-8, confirm: yes, otherwise: bye}
  - say: Order $(order) is on its way.
bye:
  - hangup: {say: Goodbye.}
""",
}  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[TonesSite]:
    with TonesSite(tmp_path / "site", SITE, FLOWS) as running:
        yield running


def test_questions_are_asked_again_after_a_kill(site: TonesSite) -> None:
    visitor = Visitor(site.url, "en", "Ling")
    visitor.write("hello")
    visitor.await_message("the question", 10, lambda one: one["text"] == "Your order?")
    visitor.write("12345678")
    visitor.await_message("read back", 10, lambda one: "12345678" in one["text"] and one["from"] != "you")
    asyncio.run(killed(site))
    visitor.write("yes")
    visitor.await_message("the answer", 20, lambda one: one["text"] == "Order 12345678 is on its way.")
    texts = [one["text"] for one in visitor.read()]
    assert texts.count("Your order?") == 1, texts


async def killed(site: TonesSite) -> None:
    async with AsyncExitStack() as stack:
        calls = {number: await asked(stack, site, number) for number in ("3001", "3002", "3003", "3004", "3005")}
        await calls["3002"].press("12")
        await calls["3004"].press("1")
        await calls["3004"].heard.tone(700, timeout=10)
        await away(site.kill_daemon, 60)
        for number, call in calls.items():  # the step, not the flow, starts again
            await call.heard.tone(700 if number == "3004" else 500, timeout=20)
        answers = {"3001": "1", "3002": "3456", "3003": "5", "3004": "1", "3005": "1"}
        for number, keys in answers.items():
            await calls[number].press(keys)
            await calls[number].heard.tone(600, timeout=15)
            await calls[number].ended(timeout=10)
    admin = await away(site.admin)

    def rows() -> Any:
        found = [one for one in admin.get("/api/interactions")["interactions"] if one["channel"] == "voice"]
        return found if {one["state"] for one in found} == {"closed"} else None

    assert len(await away(await_that, "all calls closed", 10, rows)) == len(FLOWS) - 1
    code, text = await away(site.zongji, "survey", "ls", "--json")
    assert code == 0 and text.count('"score"') == 1, text


async def asked(stack: AsyncExitStack, site: TonesSite, number: str) -> PhoneCall:
    phone = await stack.enter_async_context(Phone(site.sip, f"1380000{number}"))
    call = await phone.dial(number)
    await call.heard.tone(500, timeout=15)
    return call
