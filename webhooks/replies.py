"""The answers that are not data: refusals and errors, as JSON with a code and a sentence in the caller's language.

Owns: ``Problem`` and its rendering, the sentences in English and Chinese.
Not here: which code is right (the endpoints), the pages' own texts (``workbench/words.js``).

>>> sentence("offer-gone", "zh")
'这个邀请已经结束。'
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from eslapp.core.commands import Refused

SENTENCES: dict[str, tuple[str, str]] = {
    "signed-out": ("Please sign in.", "请先登录。"),
    "forbidden": ("Your role may not do this.", "您的角色无权执行此操作。"),
    "csrf": ("This page is out of date: reload it.", "页面已过期，请刷新。"),
    "wrong-password": ("Name or password is wrong.", "用户名或密码错误。"),
    "too-many-tries": ("Too many tries: wait a minute.", "尝试次数过多，请一分钟后再试。"),
    "too-fast": ("Too many messages: wait a moment.", "消息太频繁，请稍候。"),
    "too-long": ("This is too long.", "内容过长。"),
    "too-large": ("The request is too large.", "请求过大。"),
    "bad-request": ("The request could not be understood.", "无法理解该请求。"),
    "unknown-field": ("The request says something that is not known here.", "请求中有此处不认识的字段。"),
    "not-json": ("Send application/json.", "请使用 application/json。"),
    "not-found": ("There is no such thing.", "未找到。"),
    "not-an-agent": ("Only agents can do this.", "只有坐席可以执行此操作。"),
    "store-down": (
        "The service cannot store anything at the moment: try again.",
        "服务暂时无法保存数据，请重试。",
    ),
    "not-ready": ("The service is still starting: try again.", "服务正在启动，请重试。"),
    "internal": ("Something went wrong on our side.", "服务器内部错误。"),
    "wrap-up-limit": ("No more time: the queue's limit is reached.", "已到队列规定的话后处理时限。"),
    "offer-gone": ("This offer is over.", "这个邀请已经结束。"),
    "agent-busy": ("You are at your limit already.", "您已达到接待上限。"),
    "not-yours": ("This conversation belongs to somebody else.", "该会话不属于您。"),
    "empty-file": ("The file is empty.", "文件是空的。"),
    "not-troubled": ("This message is on its way already.", "该消息已在发送中。"),
    "not-supported": ("This channel does not take such files.", "该渠道不支持发送此类文件。"),
    "no-public-address": (
        "Links to files need the public address of this site: ask your administrator.",
        "发送文件链接需要本站点的公网地址，请联系管理员。",
    ),
    "bad-identity": (
        "The identity of this visitor could not be verified.",
        "访客身份校验未通过。",
    ),
    "no-identity": (
        "This channel does not identify visitors: set identity_secret.",
        "该渠道未启用访客身份识别，请设置 identity_secret。",
    ),
    "window-over": (
        "The time to answer in this channel is over: wait for the contact, or use a template.",
        "该渠道的回复时限已过，请等待客户来信，或使用模板消息。",
    ),
    "quota-used": (
        "All replies allowed before the contact writes again are used.",
        "在客户再次来信之前，可用的回复条数已用完。",
    ),
    "quota-short": (
        "This goes out as {wanted} messages, and {left} may still be sent: shorten it, or wait for the contact.",
        "这条内容要分 {wanted} 条发送，而目前只能再发 {left} 条：请缩短内容，或等客户再次来信。",
    ),
    "blocked": ("The contact does not take our messages any more.", "客户已不再接收我方消息。"),
    "not-connected": ("The conversation is not open any more.", "会话已不再进行中。"),
    "different-members": ("These are two different members.", "这是两位不同的会员，不能合并。"),
    "chat-over": ("This chat has ended.", "会话已结束。"),
    "no-callback": ("We do not call back from here.", "此处暂不提供回拨服务。"),
    "no-chat": ("Write to us first, then we can call you.", "请先发一条消息，我们才能回电。"),
    "talking": ("Somebody is with you: tell them your number.", "客服正在为您服务，请直接告知您的号码。"),
    "promised-already": ("A call to you is on its way already.", "已为您安排回电，请留意来电。"),
    "no-web-call": ("We do not take calls from this page.", "本页面暂不提供语音通话。"),
    "calling-already": ("You are on a call with us already.", "您已在与我们的通话中。"),
    "no-browser-phone": ("This site has no browser phone.", "本站点未启用网页电话。"),
    "not-your-interaction": ("This conversation belongs to somebody else.", "该会话不属于您。"),
    "not-a-text": ("This is only possible in a chat.", "仅文字会话支持此操作。"),
    "not-a-call": ("This is only possible on a call.", "仅通话支持此操作。"),
    "not-now": ("Not at this point of the call.", "当前通话状态不支持此操作。"),
    "unknown-queue": ("There is no such queue.", "没有这个队列。"),
    "unknown-agent": ("There is no such agent.", "没有这个坐席。"),
    "already-theirs": ("They have this conversation already.", "该会话已在此坐席处。"),
    "agent-not-available": ("This colleague is not available.", "该同事当前不可接待。"),
    "agent-not-able": ("This colleague lacks a skill that is needed.", "该同事不具备所需技能。"),
    "consulting-already": ("You are consulting somebody already.", "您已在咨询中。"),
    "nobody-consulted": ("Nobody has answered yet whom you could join.", "尚无已接听的咨询对象。"),
    "phone-unregistered": ("Their phone is not connected.", "对方话机未注册。"),
    "not-listening": ("Listen to the call first.", "请先监听该通话。"),
    "agent-offline": ("Sign in to work first.", "请先上线再外呼。"),
    "own-phone-unregistered": ("Your phone is not connected.", "您的话机未注册。"),
    "phone-testing": ("Your phone is being tested already.", "话机正在测试中。"),
    "on-a-call": ("You are on a call, or wrapping one up.", "您正在通话或话后整理中。"),
    "too-many-calls-out": ("You have called outside 20 times within the hour.", "您一小时内的外呼已达 20 次。"),
    "ringing": ("Your phone is ringing already.", "您的话机已在振铃。"),
    "no-way-outside": ("This site makes no calls to the outside.", "本站点未开通外线呼叫。"),
    "not-a-number": ("This is not a telephone number.", "号码格式不正确。"),
    "number-not-allowed": ("This number may not be called.", "该号码不允许呼叫。"),
    "too-many-calls": ("Too many calls to the outside at once.", "外线呼叫数已达上限。"),
    "answer-by-phone": ("Pick up your phone to answer.", "请用话机接听。"),
}


class Problem(Exception):
    """Ends a request with ``status`` and ``{"error": code, "detail": ...}``."""

    def __init__(self, status: int, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail


def caller_language() -> str:
    """``zh`` or ``en``: ``?lang=`` or ``X-Language`` first, then what the browser prefers."""
    asked = request.args.get("lang") or request.headers.get("X-Language") or ""
    if not asked:
        asked = request.accept_languages.best_match(["en", "zh", "zh-CN"]) or "en"
    return "zh" if asked.lower().startswith("zh") else "en"


def sentence(code: str, language: str) -> str:
    """The sentence for ``code``; the code itself where there is none."""
    english, chinese = SENTENCES.get(code, (code, code))
    return chinese if language == "zh" else english


def render(problem: Problem) -> Response:
    """The JSON answer of a problem. ``detail`` is for people, in their language."""
    detail = problem.detail or sentence(problem.code, caller_language())
    response = jsonify({"error": problem.code, "detail": detail})
    response.status_code = problem.status
    return response


def committed(outcome: Any) -> list[Any]:
    """The committed events of a command; a refusal becomes 409 with the same code."""
    if isinstance(outcome, Refused):
        raise Problem(409, outcome.code, "" if outcome.code in SENTENCES else outcome.detail)
    return list(outcome)
