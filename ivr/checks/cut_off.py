"""A path that ends without a word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.effects import Play
from ivr.graph import Survey
from ivr.problems import Place, Problem
from ivr.proof import Edge
from ivr.proof.paths import words
from ivr.step import TEXT
from ivr.waits import CONNECTED_ENDED, LEFT, Failed, PlayEnded, QueueLeft


class CutOff(Check):
    """Every path ends with people, a service completed or a goodbye: the last thing before the end is said."""

    code = "cut_off"
    is_proof = True
    chinese: ClassVar[dict[str, str]] = {
        "a call ends here without a word: {}": "电话在这里一声不响就结束了：{}",
        "a chat ends here without a word: {}": "会话在这里一句话没有就结束了：{}",
        "say goodbye before it: 'hangup: {say: ...}'": "请先道别：'hangup: {say: ...}'",
        "say goodbye on this way: [hangup: {say: ...}]": "请在这个出口先道别：[hangup: {say: ...}]",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        told: set[Place] = set()
        for walk in survey.walks():
            who = "a chat" if walk.medium == TEXT else "a call"
            for edge in walk.edges:
                if not edge.target.is_over or edge.turn.session.in_fallback or _is_polite(edge):
                    continue
                place = walk.place(edge.turn.session)
                if place in told or place.file in survey.broken:
                    continue
                told.add(place)
                text = f"{who} ends here without a word: {words(walk.path_of(edge))}"
                is_end = bool(edge.turn.session.block) and walk.step(edge.turn.session).verb == "hangup"
                mend = "before it: 'hangup: {say: ...}'" if is_end else "on this way: [hangup: {say: ...}]"
                yield self.problem(place, text, f"say goodbye {mend}")


def _is_polite(edge: Edge) -> bool:
    """Whether the contact was spoken to last, has talked with people, or hears the network's own tone."""
    happening = edge.happening
    if any(effect.type == "Write" for effect in edge.turn.effects) or isinstance(happening, PlayEnded):
        return True
    if isinstance(happening, QueueLeft) and happening.reason in (CONNECTED_ENDED, LEFT):
        return True
    if isinstance(happening, Failed) and edge.source is not None and isinstance(edge.source.turn.effects[-1], Play):
        return True
    return edge.turn.session.cause != "NORMAL_CLEARING" or edge.turn.session.outcome == "handled"
