"""What agents choose from: dispositions, quick replies and reasons for a break, in both languages.

Owns: the defaults. A site's own are ``dispositions`` and ``quick_replies`` of ``site.yaml``.

>>> of_site(object())["dispositions"][0]["code"]
'resolved'
"""

from __future__ import annotations

from typing import Any

from eslapp.core.trunk import trunk_of
from eslapp.store.reaching import goes_by_number

LANGUAGES = ("en", "zh")
DISPOSITIONS = (
    ("resolved", "Solved", "已解决"),
    ("follow_up", "Needs follow-up", "需要跟进"),
    ("passed_on", "Passed on", "已转交"),
    ("complaint", "Complaint", "投诉"),
    ("contact_gone", "Contact left", "客户已离开"),
    ("wrong_address", "Wrong number", "打错或误入"),
)
QUICK_REPLIES = (
    (
        "Hello, this is {agent}. How can I help you?",
        "您好，我是{agent}，很高兴为您服务。请问有什么可以帮您？",
    ),
    ("One moment please, I am looking into it.", "请稍等，我马上为您查询。"),
    ("Could you give me your order number?", "麻烦您提供一下订单号，好吗？"),
    (
        "Thank you for waiting. Is there anything else I can do?",
        "感谢您的耐心等待。请问还有其他可以帮您的吗？",
    ),
    ("Thank you for writing to us. Have a good day!", "感谢您的咨询，祝您生活愉快！"),
)
BREAK_REASONS = (
    ("short", "Short break", "小休"),
    ("lunch", "Lunch", "用餐"),
    ("meeting", "Meeting", "会议"),
    ("training", "Training", "培训"),
)


def of_site(site: Any) -> dict[str, Any]:
    """The site's own choices, or the defaults."""
    return {
        "dispositions": [
            {"code": code, "label": both(text)} for code, text in getattr(site, "dispositions", {}).items()
        ]
        or [{"code": code, "label": {"en": english, "zh": chinese}} for code, english, chinese in DISPOSITIONS],
        "quick_replies": [both(text) for text in getattr(site, "quick_replies", ())]
        or [{"en": english, "zh": chinese} for english, chinese in QUICK_REPLIES],
        "agents": {name: agent.name for name, agent in getattr(site, "agents", {}).items()},
        "can_dial": bool(trunk_of(getattr(site, "trunk", None)).way),
        "text_channels": [
            {"name": name, "type": one.type}
            for name, one in getattr(site, "channels", {}).items()
            if goes_by_number(one.type)
        ],
        "break_reasons": [
            {"code": code, "label": {"en": english, "zh": chinese}} for code, english, chinese in BREAK_REASONS
        ],
    }


def both(text: Any) -> dict[str, str]:
    """A text of ``site.yaml`` in the workbench's languages: in another one where the author wrote only that."""
    return {language: text.choose(language, in_writing=True)[0] for language in LANGUAGES}
