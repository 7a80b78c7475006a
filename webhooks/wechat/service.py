"""What official accounts and mini-programs have in common: the same callbacks, one API.

Owns: ``TencentService``, which both channels are made of. Not here: what each account sends and how it words it (its
channel), the envelope and the forms of callbacks (``callbacks``), the API (``api``).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eslapp.store.inbox import RawEvent

from ..channels.access import NoToken
from ..channels.answers import uploaded_again
from ..channels.base import (
    Account,
    Attachment,
    Channel,
    InboundEvent,
    OutboundFile,
    OutboundText,
    Received,
    Request,
    SendResult,
)
from . import api, callbacks

if TYPE_CHECKING:
    from ..provider_tools import Tools


class TencentService(Channel):
    """One account. ``worded`` is its text, menu or card as the API wants it."""

    Options = callbacks.WeChatOptions
    signed_with = "token"

    @abstractmethod
    def worded(self, outgoing: OutboundText) -> dict[str, Any]:
        """The message where it is no file."""

    @abstractmethod
    def template_way(self, template: Mapping[str, Any]) -> str:
        """The API of a template below ``message/``; what is sent is as the site has it, in WeChat's own terms."""

    def receive(self, request: Request, account: Account) -> Received:
        """See ``callbacks``."""
        return callbacks.receive(request, account)

    def parse(self, raw: RawEvent, account: Account) -> list[InboundEvent]:
        """See ``callbacks``."""
        return callbacks.parse(raw.body, raw.address, account.options)

    def own_id(self, account: Account) -> str:
        """Accounts may have one URL, each with its own token and key."""
        return str(account.options.original)

    def claimed(self, request: Request) -> str:
        """See ``callbacks``."""
        return callbacks.named(request)

    def send(self, outgoing: OutboundText, account: Account, tools: Tools) -> SendResult:
        """A file, or the words, or a card, or a template."""
        if outgoing.template:
            message = {"touser": outgoing.address, **outgoing.template}
            return api.send_custom(account, tools, message, self.template_way(outgoing.template))
        for file in outgoing.files:
            return self._send_file(outgoing, file, account, tools)
        return api.send_custom(account, tools, self.worded(outgoing))

    def _send_file(self, outgoing: OutboundText, file: OutboundFile, account: Account, tools: Tools) -> SendResult:
        media = api.upload(account, tools, file)
        if isinstance(media, SendResult):
            return media
        return uploaded_again(api.send_custom(account, tools, to(outgoing, api.KINDS[file.kind], {"media_id": media})))

    def fetch(self, attachment: Attachment, account: Account, tools: Tools) -> OutboundFile:
        """By media id, within three days."""
        return api.download(account, tools, attachment.ref, attachment.kind, attachment.name)

    def check(self, account: Account, tools: Tools) -> list[str]:
        """Whether we get a token, which also shows whether this machine is on the IP list."""
        problems = []
        if account.options.mode != "safe":
            problems.append(f"mode is {account.options.mode}: bodies are not signed; choose 安全模式 in the console")
        try:
            api.with_token(account, tools, lambda token: token)
        except NoToken as error:
            problems.append(str(error))
        return problems


def to(outgoing: OutboundText, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """One message of a kind to the contact."""
    return {"touser": outgoing.address, "msgtype": kind, kind: content}
