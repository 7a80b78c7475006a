"""``message``: writes to the contact, in the conversation or by another channel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.effects import Write
from ivr.fields import Name, Text
from ivr.scene import Scene
from ivr.service_calls import SendText
from ivr.step import Fail, Move, Next, Step, Wait
from ivr.strict_yaml import Path

OWN = "contact"


class Message(Step):
    """Text: writes in the conversation. With ``to: sms`` (a channel of the site) it is sent by that channel, from a
    call too; ``to: contact`` is the channel the contact wrote by last. A call without ``to`` cannot carry a message.
    Where the contact cannot be reached there: ``fails``, else the next step.

    ``link: website`` (a web chat of the site, with ``to``) puts a one-time link for ``{link}``, or behind the text: it
    opens the chat as this contact, in the same chain.
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
    link: Name = ""

    def enter(self, scene: Scene) -> Move:
        written = scene.written(self.text)
        if self.to:
            channel = "" if self.to == OWN else self.to
            return (
                Wait((SendText(key=scene.key, channel=channel, text=written, link=self.link),)) if written else Next()
            )
        if scene.is_voice:
            return Fail("a call cannot carry a written message")
        return Next((Write(written),) if written else ())

    def faults(self) -> Iterator[tuple[Path, str, str]]:
        if self.link and not self.to:
            yield ("link",), "a link to the chat is sent by another channel", "add 'to: CHANNEL', e.g. to: sms"
        if any(prompt.endswith(".wav") for prompt in self.text.written.values()):
            yield ("text",), "a message cannot be a sound file", "write the text"
