"""What the product itself says, in Chinese and English; a site adds languages or other words under ``phrases``.

Owns: the built-in wording. Not here: the author's texts (flows), numbers as words (``numerals``).
"""

from __future__ import annotations

from collections.abc import Mapping

from .self_service_phrases import SELF_SERVICE

Wording = Mapping[str, Mapping[str, str]]

BUILT_IN: Wording = {
    "invalid": {"zh": "抱歉，没有这个选项。", "en": "Sorry, that is not one of the choices."},
    "silence": {"zh": "抱歉，没有收到您的选择。", "en": "Sorry, we did not receive your choice."},
    "malformed": {"zh": "抱歉，输入不正确。", "en": "Sorry, that does not look right."},
    "entered": {"zh": "您输入的是", "en": "You entered"},
    "confirm_keys": {
        "zh": "确认请按1，重新输入请按2。",
        "en": "If that is right, press 1. To enter it again, press 2.",
    },
    "confirm_text": {"zh": "您输入的是{value}，对吗？", "en": "You entered {value}. Is that right?"},
    "yes": {"zh": "对", "en": "Yes"},
    "no": {"zh": "不对，重新输入", "en": "No, enter it again"},
    "language_keys": {"zh": "中文服务请按{key}。", "en": "For English, press {key}."},
    "language_text": {"zh": "请选择语言：", "en": "Please choose your language:"},
    "language_name": {"zh": "中文", "en": "English"},
    "next": {"zh": "您是下一位，请稍候。", "en": "You are next in line. Please stay with us."},
    "position": {"zh": "您前面还有{ahead}位，请稍候。", "en": "You are number {n} in line. Please stay with us."},
    "position_many": {
        "zh": "目前等待人数较多，请您耐心等候。",
        "en": "More than ten people are ahead of you. Thank you for your patience.",
    },
    "fallback": {
        "zh": "抱歉，系统暂时出了问题，我们正在为您转接人工服务。",
        "en": "Sorry, something went wrong on our side. We are connecting you to a person.",
    },
    "fallback_end": {
        "zh": "抱歉，系统暂时出了问题，请稍后再联系我们。",
        "en": "Sorry, something went wrong on our side. Please contact us again a little later.",
    },
    "unavailable": {
        "zh": "抱歉，现在没有客服可以接听，请稍后再联系我们。",
        "en": "Sorry, nobody is free to help you at the moment. Please try again later.",
    },
    "closed_kept": {
        "zh": "现在是非工作时间，您的消息已收到，我们上班后会第一时间回复您。",
        "en": "We are closed at the moment. We have your message and will answer it first thing when we are back.",
    },
    "not_in_chat": {
        "zh": "网聊里做不到这一项，您仍在排队。",
        "en": "That cannot be done in a chat. You are still in line.",
    },
    "not_understood": {"zh": "抱歉，没有听懂。", "en": "Sorry, I did not understand that."},
    "keys_only": {"zh": "请按键选择。", "en": "Please choose by pressing a key."},
    "cannot_hear": {"zh": "抱歉，现在无法识别语音。", "en": "Sorry, we cannot understand speech at the moment."},
    "voicemail_prompt": {
        "zh": "请在提示音后留言，说完请按井号键。",
        "en": "Please leave a message after the tone. When you are done, press pound.",
    },
    "voicemail_review": {
        "zh": "发送留言请按1，收听留言请按2，重新录音请按3。",
        "en": "To send your message press 1, to hear it press 2, to record it again press 3.",
    },
    "voicemail_kept": {
        "zh": "您的留言已保存，我们会尽快与您联系。",
        "en": "Your message has been saved. We will get back to you soon.",
    },
    "voicemail_empty": {"zh": "抱歉，没有录到声音。", "en": "Sorry, we did not hear anything."},
    "callback_number": {"zh": "我们可以回电到", "en": "We can call you back at"},
    "callback_keys": {
        "zh": "同意请按1，换一个号码请按2，不需要回电请按3。",
        "en": "If that is right press 1, for another number press 2, if you do not want a call press 3.",
    },
    "callback_text": {"zh": "我们可以回电到{number}。", "en": "We can call you back at {number}."},
    "callback_option_1": {"zh": "好的", "en": "Yes, please"},
    "callback_option_2": {"zh": "换一个号码", "en": "Another number"},
    "callback_option_3": {"zh": "不需要", "en": "No, thank you"},
    "callback_enter": {
        "zh": "请输入回电号码，以井号键结束。",
        "en": "Please enter the number we should call, and press pound.",
    },
    "callback_enter_text": {"zh": "请输入回电号码。", "en": "Which number should we call?"},
    "callback_soon": {"zh": "尽快回电请按1。", "en": "To be called as soon as possible, press 1."},
    "callback_slot": {"zh": "请按{key}。", "en": "press {key}."},
    "callback_later": {"zh": "更晚的时间请按9。", "en": "For later times, press 9."},
    "callback_later_text": {"zh": "更晚的时间", "en": "Later times"},
    "callback_today": {"zh": "今天", "en": "Today"},
    "callback_tomorrow": {"zh": "明天", "en": "Tomorrow"},
    "callback_when_text": {"zh": "什么时候回电方便？", "en": "When may we call you?"},
    "callback_asap": {"zh": "尽快", "en": "As soon as possible"},
    "callback_at": {"zh": "回电到", "en": "we will call you at"},
    "callback_confirm_text": {
        "zh": "{when}回电到{number}，对吗？",
        "en": "{when}, we will call you at {number}. Is that right?",
    },
    "callback_kept": {
        "zh": "好的，我们会给您回电，感谢您的耐心。",
        "en": "All right, we will call you back. Thank you for your patience.",
    },
    "prompt_missing": {
        "zh": "抱歉，这段语音暂时无法播放。",
        "en": "Sorry, this announcement cannot be played at the moment.",
    },
    "phone_test": {
        "zh": "这是话机测试。听到这段话请按1。",
        "en": "This is a test of your phone. If you hear this, press 1.",
    },
    "goodbye": {"zh": "感谢您的来电，再见。", "en": "Thank you for contacting us. Goodbye."},
    **SELF_SERVICE,
}

LAST_LANGUAGE = "en"  # where a site's language has no wording at all (``check`` reports it)


def phrase(name: str, language: str, overrides: Wording | None = None) -> str:
    """The wording of ``name`` in ``language``, from the site's ``phrases`` first.

    >>> phrase("yes", "zh")
    '对'
    """
    own = (overrides or {}).get(name, {})
    built_in = BUILT_IN[name]
    return own.get(language) or built_in.get(language) or built_in[LAST_LANGUAGE]


def has_phrase(name: str, language: str, overrides: Wording | None = None) -> bool:
    """Whether somebody has worded ``name`` in ``language``."""
    return bool((overrides or {}).get(name, {}).get(language) or BUILT_IN[name].get(language))
