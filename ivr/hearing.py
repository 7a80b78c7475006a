"""Hearing: what ``menu`` and ``listen`` have in common where a call may answer in words.

Owns: the numbers of choices that have no key of the author's, and what is said where no words can be heard.
Not here: asking and asking again (``question``), which word means what (``choices``).

A choice by word has a number of its own, the lowest that is free: it always counts, and it is told from the second try
on, and at once where no recogniser is installed. So nobody depends on being understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BeforeValidator

from .call_effects import Listen
from .effects import Speech
from .fields import ONE_OR_MORE, LanguageCode, Text, Word, YesNo, as_list
from .phrases import phrase
from .question import Question
from .scene import Scene
from .site import Site

NUMBERS = "123456789"
_KEY_SAID = "callback_slot"  # "press 1."
WordLists = dict[LanguageCode, Annotated[list[Word], BeforeValidator(as_list), ONE_OR_MORE]]


class Hearing(Question):
    """Base of the steps that can take words on a call. ``interrupt: no``: only keys stop the prompt, for callers in
    noise."""

    words: dict[Word, WordLists] = {}
    interrupt: YesNo = True

    def own_keys(self) -> Mapping[str, Any]:
        """The author's keys."""
        raise TypeError(f"{self.verb} hears nothing")

    def keyless(self) -> list[str]:
        """The choices, by their name among ``words``, that no key of the author's means."""
        raise TypeError(f"{self.verb} hears nothing")

    def numbers(self) -> dict[str, str]:
        """The key of each choice by word -> its name; those for whom none is left have none."""
        taken = {key[0] for key in self.own_keys()}
        return dict(zip((key for key in NUMBERS if key not in taken), self.keyless(), strict=False))

    def name_of(self, choice: str) -> Text:
        """What a choice by word is called when its number is told: its first word."""
        return Text({language: listed[0] for language, listed in self.words[choice].items()})

    def heard(self, scene: Scene, effect: Listen) -> Listen:
        """``effect`` with the numbers: told after a wrong try, and where nothing can be heard."""
        told = tuple(self._told(scene))
        keys = (*self.own_keys(), *self.numbers())
        if not keys:
            instead: tuple[Speech, ...] = (scene.phrase_speech("cannot_hear"),)
        elif not self.own_keys():
            instead = (scene.phrase_speech("keys_only"), *told)
        else:
            instead = (*effect.speech, *told) if told else ()
        speech = (*effect.speech, *told) if scene.state.get("wrong") else effect.speech
        return replace(effect, speech=speech, keys=keys, instead=instead, may_interrupt=self.interrupt)

    def _told(self, scene: Scene) -> Iterator[Speech]:
        for key, choice in self.numbers().items():
            yield from (*scene.speech(self.name_of(choice)), scene.piece(_KEY_SAID, key))

    def site_texts(self, site: Site) -> Iterator[Text]:
        """The names of the choices by word, their numbers, and the notice: rendered where they can be needed."""
        yield from super().site_texts(site)
        numbers = self.numbers()
        yield from (self.name_of(choice) for choice in numbers.values())
        for key in numbers:
            yield _own_words(site, _KEY_SAID, key)
        if not self.own_keys():
            yield _own_words(site, "keys_only" if numbers else "cannot_hear")

    def unheard(self, languages: Iterable[str]) -> Iterator[tuple[str, str]]:
        """``(choice, language)`` where nothing can be said for a choice: by word, and with no key of its own."""
        for choice in self.keyless():
            yield from ((choice, code) for code in languages if not self.words[choice].get(code))


def _own_words(site: Site, name: str, key: str = "") -> Text:
    """The product's words in every language of the site."""
    return Text({code: phrase(name, code, site.phrases).replace("{key}", key) for code in site.languages})
