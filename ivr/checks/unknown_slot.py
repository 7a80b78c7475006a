"""A capacity, or a channel that agents take without asking, by a name that no work ever has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.graph import Survey
from ivr.problems import Problem, did_you_mean, quote

MEDIA = ("voice", "text", "voicemail")  # work that every site can have


class UnknownSlot(Check):
    """``capacity`` and ``auto_accept`` of agents count ``voice``, ``text``, ``voicemail`` and the types and names of
    the site's ``channels``."""

    code = "unknown_slot"
    needs_names = ("channels",)
    chinese: ClassVar[dict[str, str]] = {
        "no work of this site is called {}": "本站点没有叫 {} 的工作",
        "write voice, text, or a type of channels": "请写 voice、text 或 channels 里的类型",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        site = survey.site
        known = {*MEDIA, *site.unread.known("channels", site.channels), *(one.type for one in site.channels.values())}
        if not site.unread.is_whole("channels"):
            return
        for extension, agent in site.agents.items():
            owned = ("agents", extension, "capacity")
            places = [(name, site.place(*owned, name, key=True)) for name in agent.capacity.model_extra or {}]
            taken = enumerate(agent.auto_accept)
            places += [(name, site.place("agents", extension, "auto_accept", index)) for index, name in taken]
            for name, place in places:
                if name not in known:
                    mend = did_you_mean(name, known, "write voice, text, or a type of channels")
                    yield self.problem(place, f"no work of this site is called {quote(name)}", mend)
