"""The words of a drawing, in Chinese and English.

Owns: names of steps and ways out. Not here: the author's texts (``cards``).

>>> word("silence", "zh"), word("key 1", "en"), word("brew", "en")
('无应答', '1', 'brew')
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    # steps
    "answer": ("接听", "answer"),
    "branch": ("分支", "branch"),
    "call": ("子流程", "subflow"),
    "callback": ("回电", "call back"),
    "faq": ("常见问题", "articles"),
    "gather": ("收集按键", "gather"),
    "goto": ("转到", "go to"),
    "hangup": ("结束", "hang up"),
    "hours": ("时间", "hours"),
    "identify": ("身份核验", "identify"),
    "language": ("语言", "language"),
    "listen": ("听取语音", "listen"),
    "lookup": ("查询系统", "look up"),
    "menu": ("菜单", "menu"),
    "message": ("发消息", "message"),
    "play": ("放音", "play"),
    "queue": ("排队", "queue"),
    "record": ("录音", "record"),
    "return": ("返回", "return"),
    "say": ("播报", "say"),
    "set": ("记下", "keep"),
    "survey": ("满意度", "survey"),
    "ticket": ("工单", "ticket"),
    "transfer": ("转接", "transfer"),
    "voicemail": ("留言", "voicemail"),
    # ways out
    "silence": ("无应答", "silence"),
    "invalid": ("输错", "invalid"),
    "otherwise": ("其他", "otherwise"),
    "closed": ("休息", "closed"),
    "holiday": ("节假日", "holiday"),
    "open": ("营业", "open"),
    "full": ("已满", "full"),
    "no_agents": ("无人在线", "nobody there"),
    "after": ("久等", "after a while"),
    "fails": ("故障", "fails"),
    "missing": ("查无", "not found"),
    "spoken": ("说", "say"),
    "unreadable": ("读不懂", "cannot be read"),
    "agent": ("人工", "a person"),
    "solved": ("已解决", "solved"),
    "declined": ("不需要", "declined"),
    "refused": ("拒绝", "refused"),
    "empty": ("没有录音", "nothing said"),
    "busy": ("占线", "busy"),
    "no_answer": ("无人接听", "no answer"),
    "failed": ("打不通", "not reached"),
    "waited": ("等太久", "waited too long"),
    "digits": ("位数字", "digits"),
    "answered": ("念出答案", "is answered"),
    "nobody": ("告知无人", "told so, ends"),
    "own_steps": ("站点的步骤", "the site's steps"),
    "fallback": ("兜底", "fallback"),
    "comma": ("、", ", "),
    "served": ("通话结束即完", "ends after the talk"),
    "next": ("下一步", "next"),
    "again": ("重来", "again"),
    "start": ("开始", "start"),
    "goes_on": ("接着往下", "goes on"),
    "call_only": ("仅电话", "calls only"),
    "chat_only": ("仅网聊", "chats only"),
    "problems": ("问题", "Problems"),
    "flow": ("流程", "Flow"),
}


def word(name: str, language: str) -> str:
    """The word for a step or a way out; a key is itself, anything unknown too; what is spoken stands beside it."""
    if name.startswith("key "):
        return name.removeprefix("key ")
    if name.startswith("case "):
        return "当" if language == "zh" else "if"
    name = "spoken" if name.startswith("word ") else name
    pair = WORDS.get(name)
    return name if pair is None else pair[0 if language == "zh" else 1]


def lasting(seconds: float, language: str) -> str:
    """A duration as a person reads it, in the unit it is written in.

    >>> lasting(2.0, "en"), lasting(600.0, "zh"), lasting(5400.0, "en"), lasting(86400.0, "en")
    ('2 s', '10 分钟', '90 min', '24 h')
    """
    units = ((3600.0, "h", "小时"), (60.0, "min", "分钟"), (1.0, "s", "秒"))
    size, short, chinese = next((unit for unit in units if seconds >= unit[0] and seconds % unit[0] == 0), units[2])
    return f"{seconds / size:g} {chinese if language == 'zh' else short}"
