"""A transfer, or a wish for an agent, to an extension that nobody has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.expressions import parse
from ivr.graph import Survey
from ivr.outside import is_allowed, number_of
from ivr.patterns import EXTENSION
from ivr.problems import Place, Problem, did_you_mean, quote
from ivr.site import Site
from ivr.step import Step
from ivr.steps.queue import Queue
from ivr.steps.transfer import Transfer
from ivr.values import as_text


class UnknownExtension(Check):
    """``transfer: {to: ...}`` names an agent, or one of ``extensions`` in ``site.yaml``; ``agent: 1001`` of a queue an
    agent. What is computed is known only during the call."""

    code = "unknown_extension"
    needs_names = ("agents", "extensions")
    chinese: ClassVar[dict[str, str]] = {
        "nobody has the extension {}": "没有人用分机 {}",
        "there is no agent {}": "没有坐席 {}",
        "add {} to 'extensions' in site.yaml": "请把 {} 加进 site.yaml 的 'extensions'",
        "write 'number: {}' for a number outside": "外部号码请写 'number: {}'",
        "write the extension of an agent, such as {}": "请写坐席的分机号，例如 {}",
        "write 'number: {}' for a number outside, or add {} to 'extensions' in site.yaml": (
            "外部号码请写 'number: {}'，否则请把 {} 加进 site.yaml 的 'extensions'"
        ),
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        agents = site.unread.known("agents", site.agents)
        for _, step in survey.written():
            known = agents if isinstance(step, Queue) else agents.union(site.extensions)
            for place, extension, text in _wanted(known, step):
                mend = did_you_mean(extension, known, "" if isinstance(step, Queue) else _mend(site, extension))
                yield self.problem(place, text, mend)


def _mend(site: Site, extension: str) -> str:
    """What the site allows for a number that is nobody's."""
    is_outside = site.trunk is not None and is_allowed(number_of(extension), site.trunk.allow)
    outside = f"write 'number: {extension}' for a number outside" if is_outside else ""
    own = f"add {extension} to 'extensions' in site.yaml" if re.match(EXTENSION, extension) else ""
    agent = f"write the extension of an agent, such as {next(iter(site.agents), '1001')}"
    return ", or ".join(filter(None, (outside, own))) or agent


def _wanted(known: frozenset[str], step: Step) -> Iterator[tuple[Place, str, str]]:
    if isinstance(step, Transfer) and step.to and "$(" not in step.to:
        if step.to not in known:
            yield step.place("to"), step.to, f"nobody has the extension {quote(step.to)}"
    if isinstance(step, Queue) and step.agent is not None:
        node = parse(step.agent.who)
        if node.op == "value" and as_text(node.value) not in known:
            yield step.place("agent"), as_text(node.value), f"there is no agent {quote(as_text(node.value))}"
