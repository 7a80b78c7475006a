"""Customer service of a mini-program: WeChat's transport with the mini-program's own limits.

Owns: what differs from official accounts. Not here: the rest (``wechat``).
"""

from __future__ import annotations

from .base import Signed
from .wechat import WeChatFake


class MiniProgramFake(WeChatFake):
    """One mini-program."""

    type = "wechat_miniprogram"
    address = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
    account = "gh_97417a04a28d"
    WORDS = WeChatFake.WORDS | {"appid": "wxba5fad812f8e6fb9"}
    ACTS = {"user_enter_tempsession": ("enter", 60.0, 2)}
    KINDS = frozenset({"text", "image", "link", "miniprogrampage"})

    def container_check(self) -> Signed:
        """How the cloud's console tries an address: without any proof."""
        return Signed(b'{"action": "CheckContainerPath"}', {"Content-Type": "application/json"})
