"""The texts of a site that stand outside its flows: surveys, words, articles, what agents read and hear.

Owns: finding them, with their places. Not here: the texts of steps (``Step.texts``), what is wrong with
them (``checks``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from .fields import Text
from .problems import Place
from .site import Site


@dataclass(frozen=True, slots=True)
class SiteText:
    """``what`` in words; ``is_told``: contacts hear or read it, so it must be there in every language."""

    what: str
    text: Text
    place: Callable[..., Place]  # of its keys
    is_told: bool = True


def site_texts(site: Site) -> Iterator[SiteText]:
    """All of them, file by file."""
    yield from _one(site, "the name of the site", site.names, "site")
    for name, survey in site.surveys.items():
        for field in ("question", "ask", "thanks"):
            yield from _one(site, f"the {field} of survey {name}", getattr(survey, field), "surveys", name, field)
    for value, text in site.words.items():
        yield from _one(site, f"the word for {value}", text, "words", value)
    for name, queue in site.queues.items():
        yield from _one(site, f"the label of queue {name}", queue.label, "queues", name, "label", is_told=False)
        yield from _one(site, f"the whisper of queue {name}", queue.whisper, "queues", name, "whisper", is_told=False)
    for name, calendar in site.calendars.items():
        yield from _one(site, f"the closed of calendar {name}", calendar.closed, "calendars", name, "closed")
    yield from _one(site, "the text of fallback", site.fallback.say, "fallback", "say")
    for code, label in site.dispositions.items():
        yield from _one(site, f"the disposition {code}", label, "dispositions", code, is_told=False)
    for index, reply in enumerate(site.quick_replies):
        yield SiteText("a quick reply", reply, partial(site.place, "quick_replies", index), is_told=False)
    for name, article in site.articles.items():
        for field in ("question", "answer"):
            yield SiteText(f"the {field} of article {name}", getattr(article, field), partial(article.place, field))


def _one(site: Site, what: str, text: Text | None, *path: str, is_told: bool = True) -> Iterator[SiteText]:
    if text is not None:
        yield SiteText(what, text, partial(site.place, *path), is_told)
