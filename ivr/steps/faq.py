"""``faq``: answers from the site's articles, with a person always at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ivr.effects import Speech
from ivr.fields import KeyName, Name, Text, WayField
from ivr.question import INVALID, SILENCE, Question
from ivr.scene import Scene
from ivr.site import Site
from ivr.step import Exit, Go, Move, Next
from ivr.strict_yaml import Path
from ivr.values import simplified

AGENT = "0"
_AGENT_WORDS = ("0", "人工", "转人工", "人工客服", "客服", "agent", "person", "human", "talk to a person", "operator")
_DONE, _MORE, _AGAIN = "1", "2", "*"
OFFERED = 3
Options = tuple[tuple[str, str], ...]


class Faq(Question):
    """Text: asks, offers the articles that fit best (and a person), writes the answer and asks whether it helped.
    Voice: ``prompt`` offers the articles of ``keys``, the answer is spoken. 0 is a person on both (``agent``).

    Ways out: ``agent``, ``solved`` (else the next step). Who is not understood goes ``otherwise``, else to the person.
    """

    verb = "faq"
    phrases = ("invalid", "silence", "faq_keys")
    EXAMPLE: ClassVar[str] = """
    start:
      - faq:
          prompt: {zh: 退货请按1，保修请按2，人工请按0。, en: "For returns press 1, for the warranty 2, a person 0."}
          ask: {zh: 请描述您的问题。, en: What would you like to know?}
          keys: {1: returns, 2: warranty}
          agent: person
          solved: bye
    bye:
      - say: {zh: 再见。, en: Goodbye.}
      - hangup
    person:
      - queue: orders
    """

    agent: WayField
    prompt: Text | None = None
    ask: Text | None = None
    keys: dict[KeyName, Name] = {}
    solved: WayField | None = None

    def enter(self, scene: Scene) -> Move:
        if scene.is_voice and (self.prompt is None or not self.keys):
            return Go(self.agent, note="nothing to choose")
        return super().enter(scene)

    def question(self, scene: Scene) -> tuple[tuple[Speech, ...], str, Options]:
        article = scene.site.articles.get(str(scene.state.get("article", "")))
        if scene.is_voice:
            if article is not None:
                return (*scene.speech(article.answer), scene.phrase_speech("faq_keys")), "", ()
            return scene.speech(self.prompt) if self.prompt is not None else (), "", ()
        if article is not None:
            helped = (_DONE, scene.phrase("faq_yes")), (_MORE, scene.phrase("faq_more"))
            text = f"{scene.written(article.answer)}\n{scene.phrase('faq_helped')}"
            return (), text, (*helped, (AGENT, scene.phrase("faq_agent")))
        if scene.state.get("found"):
            return (), scene.phrase("faq_choose"), self._offered(scene)
        return (), scene.written(self.ask) if self.ask is not None else scene.phrase("faq_text"), ()

    def _offered(self, scene: Scene) -> Options:
        """The questions of the articles that fit, by number, and the person."""
        found = [scene.site.articles[name] for name in scene.state.get("found", ()) if name in scene.site.articles]
        numbered = [(str(number), scene.written(one.question)) for number, one in enumerate(found, start=1)]
        return (*numbered, (AGENT, scene.phrase("faq_agent")))

    def keys_wanted(self, scene: Scene) -> dict[str, Any]:
        return {"min": 1, "max": 1 if "article" in scene.state else max(map(len, self.keys), default=1)}

    def understand(self, scene: Scene, answer: str, *, is_typed: bool) -> Move | None:
        text = simplified(answer)
        if text in _AGENT_WORDS and (is_typed or AGENT not in self.keys or "article" in scene.state):
            return Go(self.agent, note="agent")
        return self._written(scene, answer, text) if is_typed else self._pressed(scene, answer)

    def _pressed(self, scene: Scene, key: str) -> Move | None:
        if "article" in scene.state:
            if key == _AGAIN:
                return self.asked_anew(scene, {"article": scene.state["article"]})
            return self._solved() if key == _DONE else self.asked_anew(scene, {}) if key == _MORE else None
        name = self.keys.get(key, "")
        return self.asked_anew(scene, {"article": name}) if name in scene.site.articles else None

    def _written(self, scene: Scene, answer: str, text: str) -> Move | None:
        if "article" in scene.state:
            if text in (_DONE, simplified(scene.phrase("faq_yes")), simplified(scene.phrase("yes")), "是", "谢谢"):
                return self._solved()
            if text in (_MORE, simplified(scene.phrase("faq_more"))):
                return self.asked_anew(scene, {})
        elif scene.state.get("found"):
            for number, label in self._offered(scene):
                if number != AGENT and text in (number, simplified(label)):
                    return self.asked_anew(scene, {"article": scene.state["found"][int(number) - 1]})
        found = [match.article for match in scene.site.answers.search(answer, OFFERED)]
        return self.asked_anew(scene, {"found": found}) if found else None

    def wrong(self, scene: Scene, why: str) -> Move:
        if "article" in scene.state and why == SILENCE:
            return self._solved()  # the answer has been heard, and nothing else is wanted
        if not scene.is_voice and why == INVALID:
            why = "faq_none"
        return super().wrong(scene, why)

    def given_up(self, why: str) -> Move:
        way = (self.silence if why == SILENCE else self.invalid) or self.otherwise or self.agent
        return Go(way, note=why)

    def _solved(self) -> Move:
        return Go(self.solved, note="solved") if self.solved is not None else Next(note="faq solved")

    def exits(self) -> Iterator[Exit]:
        yield Exit("agent", ("agent",), self.agent, is_heard=True)
        yield Exit("solved", ("solved",), self.solved, is_heard=True)
        for name in (SILENCE, INVALID):
            loc = name if getattr(self, name) else "otherwise" if self.otherwise else "agent"
            yield Exit(name, (loc,), getattr(self, loc), is_heard=name == INVALID)

    def site_texts(self, site: Site) -> Iterator[Text]:
        yield from (site.articles[name].answer for name in self.keys.values() if name in site.articles)

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if self.keys and self.prompt is None:
            yield ("keys",), "the keys are for calls, but nothing says what they are", "add 'prompt: ...'"
