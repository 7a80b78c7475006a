"""A step that a call or a chat cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import IN_WRITING, is_file, mend_for_chats
from ivr.flow import OVERFLOW
from ivr.graph import Position, Survey
from ivr.problems import Place, Problem, did_you_mean, quote
from ivr.step import TEXT, VOICE, Step
from ivr.steps.faq import Faq
from ivr.steps.gather import Gather
from ivr.steps.identify import Identify
from ivr.steps.message import OWN, Message

_AND_THEN = ", and after it a step for the others, such as '- hangup: {say: ...}'"
_WHO = {VOICE: "a call", TEXT: "a chat"}


class WrongMedium(Check):
    """What only one medium can do is marked ``on: voice`` or ``on: text`` where both come by."""

    code = "wrong_medium"
    chinese: ClassVar[dict[str, str]] = {
        "a call comes here, but {}": "电话会走到这里，但{}",
        "a chat comes here, but {}": "会话会走到这里，但{}",
        "cannot do {}": "做不到 {}",
        "letters cannot be pressed": "按键按不出文字",
        "use 'listen' there, and 'on: text' here": "那里用 'listen'，这里写 'on: text'",
        "nothing can be chosen by keys": "没有可用按键选择的内容",
        "add 'prompt' and 'keys: {1: ARTICLE}', or 'on: text'": "请加上 'prompt' 和 'keys: {1: 文章}'，或 'on: text'",
        "add it under channels in site.yaml": "请写进 site.yaml 的 channels",
        "there is no channel {}": "没有渠道 {}",
        "a message needs 'to: CHANNEL' there": "那里的 message 要写 'to: 渠道'",
        "add 'to: CHANNEL', or 'on: text'": "请加上 'to: 渠道'，或 'on: text'",
        "a sound file cannot be read": "声音文件读不出文字",
        "{}, or 'on: voice'": "{}，或 'on: voice'",
        "add 'ask: ...'": "请加上 'ask: ...' 写明文字",
        "add 'on: {}', and after it a step for the others, such as '- hangup: {say: ...}'": (
            "请加上 'on: {}'，并在后面给另一种渠道写一步，如 '- hangup: {say: ...}'"
        ),
        "write {voice: {}, text: {say: ...}}": "请写 {voice: {}, text: {say: ...}}",
        "add 'on: {}'": "请加上 'on: {}'",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        for position, step in survey.steps():
            for medium in survey.media_of(position):
                reason = self._reason(survey, step, medium)
                if reason is not None:
                    other = TEXT if medium == VOICE else VOICE
                    place, text, mend = reason
                    mend = mend or self._left_to(survey, position, medium, other)
                    yield self.problem(place, f"{_WHO[medium]} comes here, but {text}", mend)

    def _left_to(self, survey: Survey, position: Position, medium: str, other: str) -> str:
        """The step for the other medium alone; this one must have something to do after it."""
        block, index = position
        if block.startswith(OVERFLOW):
            return f"write {{{other}: {survey.graphs[medium].step(position).verb}, {medium}: {{say: ...}}}}"
        more = "" if survey.graphs[medium].goes_on(block, index + 1) else _AND_THEN
        return f"add 'on: {other}'{more}"

    def _reason(self, survey: Survey, step: Step, medium: str) -> tuple[Place, str, str] | None:
        if medium not in step.media:
            return step.place(), f"cannot do {quote(step.verb)}", ""
        if isinstance(step, Message):
            return self._message(survey, step, medium)
        if isinstance(step, Gather) and medium == VOICE and step.digits is None and step.letters is not None:
            return step.place("letters"), "letters cannot be pressed", "use 'listen' there, and 'on: text' here"
        if isinstance(step, Faq) and medium == VOICE and not step.keys:
            return step.place(), "nothing can be chosen by keys", "add 'prompt' and 'keys: {1: ARTICLE}', or 'on: text'"
        if isinstance(step, Identify) and step.to:
            return self._channel(survey, step)
        if medium == TEXT:
            return self._unreadable(survey, step)
        return None

    def _message(self, survey: Survey, step: Message, medium: str) -> tuple[Place, str, str] | None:
        if step.to and step.to != OWN:
            return self._channel(survey, step)
        if not step.to and medium == VOICE:
            return step.place(), "a message needs 'to: CHANNEL' there", "add 'to: CHANNEL', or 'on: text'"
        return None

    def _channel(self, survey: Survey, step: Message | Identify) -> tuple[Place, str, str] | None:
        unread = survey.site.unread
        known = unread.known("channels", survey.site.channels)
        if step.to in known or "channels" in unread.names:
            return None
        mend = did_you_mean(step.to, known, "add it under channels in site.yaml")
        return step.place("to"), f"there is no channel {quote(step.to)}", mend

    def _unreadable(self, survey: Survey, step: Step) -> tuple[Place, str, str] | None:
        """A sound file has no words for a chat, unless a text for chats (``ask``) stands beside it."""
        for loc, text in step.texts():
            has_twin = loc == ("prompt",) and getattr(step, "ask", None) is not None
            languages = survey.site.languages
            files = [code for code, prompt in text.written.items() if is_file(prompt)]
            files = [
                code for code in files if code + IN_WRITING in text.root or not text.has_own_words(code, languages)
            ]
            if not has_twin and files:
                mend = mend_for_chats(files[0], languages)
                mend = "add 'ask: ...'" if loc == ("prompt",) and hasattr(step, "ask") else mend
                mend = f"{mend}, or 'on: voice'"
                return step.place(*loc), "a sound file cannot be read", mend
        return None
