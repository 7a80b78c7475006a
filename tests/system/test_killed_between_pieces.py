"""A daemon that is killed in the middle of a long message: no piece of it is lost, none goes out twice.

The message is three at its provider. Killed between two of them, nothing is on its way: the next daemon sends the rest.
Killed while one is on its way, the rest follows where the provider drops repeats, else it is an agent's to decide.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from eslapp.demo.providers.base import Call, Fault, Provider, Reply, post
from eslapp.demo.providers.line import LineFake
from eslapp.demo.providers.telegram import TelegramFake
from eslapp.demo.web import await_that
from tests.system.text_site import FLOWS, DaemonSite

pytestmark = [pytest.mark.system, pytest.mark.slow]
WITHIN_S = 120
BETWEEN = "SELECT count(*) FROM outbox WHERE state = 'sending' AND is_between = 1"
TRIES = 8  # to meet the second between two pieces on a busy machine


class Held(Provider):
    """Takes the calls of ``held`` (a number of those that say something), and answers them when ``go`` is set."""

    held = -1

    def __init__(self) -> None:
        super().__init__()
        self.said = 0
        self.reached, self.go = threading.Event(), threading.Event()

    def api(self, call: Call, fault: Fault | None) -> Reply:
        before = len(self.shown)
        reply = super().api(call, fault)  # type: ignore[safe-super]
        if len(self.shown) > before:
            self.said += 1
            if self.said == self.held:
                self.reached.set()
                self.go.wait(WITHIN_S)
        return reply


class HeldTelegram(Held, TelegramFake):
    """Written to once a second."""


class HeldLine(Held, LineFake):
    """Drops repeats."""


def running(root: Path, provider: Held) -> DaemonSite[Held]:
    """Answers whoever writes with three pieces: of A, of B, of C."""
    channels = json.dumps({"line": {"type": provider.type, "flow": "long", **provider.options()}})
    site = f'site: Long\nlanguages: [en]\ntimezone: UTC\nnumbers: {{"1000": closed}}\nchannels: {channels}\n'
    known = ", ".join(f"{letter}: {letter.upper() * 1000}" for letter in "abc")
    words = "\n".join(f"$({letter})" * 4 for letter in "abc")  # a piece ends where a line ends
    long = f"start:\n  - set: {{{known}}}\n  - say: {{en: {json.dumps(words)}}}\n    on: text\n  - hangup\n"
    return DaemonSite(root, provider, site, {"long": long, "closed": FLOWS["closed"]})


def writes(site: DaemonSite[Held], who: str, number: int) -> None:
    assert post(site.hook, site.shop.say("hello", address=who, number=number))[0] == 200


def met(site: DaemonSite[Held], who: str) -> bool:
    """Whether the daemon died where it was meant to, having written ``who``."""
    return bool(site.rows(BETWEEN)[0][0]) and pieces(site, who) in ("A", "AB")


def pieces(site: DaemonSite[Held], who: str) -> str:
    return "".join(one.text[0] for one in site.shop.shown if one.address == who)


def state(site: DaemonSite[Held]) -> str:
    return str(site.rows("SELECT state FROM messages WHERE direction = 'out' ORDER BY number DESC LIMIT 1")[0][0])


def test_between_two_pieces(tmp_path: Path) -> None:
    with running(tmp_path / "site", HeldTelegram()) as site:
        for number in range(1, TRIES + 1):
            who = str(1000 + number)
            writes(site, who, number)
            come = lambda who=who: site.rows(BETWEEN)[0][0] or pieces(site, who) == "ABC"  # noqa: E731
            await_that("a piece", WITHIN_S, come)
            site.kill()
            is_met = met(site, who)
            site.start()
            if is_met:
                break
        assert is_met
        await_that("the rest", WITHIN_S, lambda: state(site) == "sent")
        assert pieces(site, who) == "ABC"


def test_while_a_piece_is_on_its_way_to_who_drops_repeats(tmp_path: Path) -> None:
    provider = HeldLine()
    provider.held = 2
    with running(tmp_path / "site", provider) as site:
        writes(site, provider.address, 1)
        assert provider.reached.wait(WITHIN_S)
        site.kill()
        provider.go.set()
        site.start()
        await_that("the rest", WITHIN_S, lambda: state(site) == "sent")
        assert pieces(site, provider.address) == "ABC"


def test_while_a_piece_is_on_its_way_to_who_does_not(tmp_path: Path) -> None:
    provider = HeldTelegram()
    provider.held = 2
    with running(tmp_path / "site", provider) as site:
        writes(site, "1001", 1)
        assert provider.reached.wait(WITHIN_S)
        site.kill()
        provider.go.set()
        site.start()
        await_that("that nobody knows", WITHIN_S, lambda: state(site) == "unknown")
        assert pieces(site, "1001") == "AB"  # nothing is sent twice before somebody has looked
        out = "SELECT count(*) FROM sent_parts WHERE state <> 'failed'"
        assert site.rows(out) == [(1,)]
