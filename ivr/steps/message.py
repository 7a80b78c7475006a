"""``message``: writes to the contact, in the conversation or by another channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.effects import SendMessage, Write
from ivr.fields import Name, Text
from ivr.scene import Scene
from ivr.step import Fail, Move, Next, Step
from ivr.strict_yaml import Path


class Message(Step):
    """Text: writes in the conversation. With ``to: sms`` (a channel of the site) it is sent by that channel, from a
    call too; a call without ``to`` cannot carry a message.
    """

    verb = "message"
    goes_on_when_failed = True
    open_field = "text"
    short = "text"
    text_only = ("text",)
    EXAMPLE: ClassVar[str] = """
    start:
      - message: {zh: 自助服务：https://example.com/help, en: "Help yourself: https://example.com/help", on: text}
      - hangup
    """

    text: Text
    to: Name = ""

    def enter(self, scene: Scene) -> Move:
        written = scene.written(self.text)
        if self.to:
            return Next((SendMessage(self.to, written),))
        if scene.is_voice:
            return Fail("a call cannot carry a written message")
        return Next((Write(written),) if written else ())

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if any(prompt.endswith(".wav") for prompt in self.text.root.values()):
            yield ("text",), "a message cannot be a sound file", "write the text"
