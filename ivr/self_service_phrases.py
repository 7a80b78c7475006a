"""What the steps of self-service say by themselves: tickets, surveys, identities, answers.

Owns: their built-in wording. Not here: the rest, and sites' own wording (``phrases``).
"""

from __future__ import annotations

from collections.abc import Mapping

SELF_SERVICE: Mapping[str, Mapping[str, str]] = {
    "ticket_number": {"zh": "您的工单号是", "en": "Your ticket number is"},
    "ticket_text": {"zh": "您的工单号是{number}。", "en": "Your ticket number is {number}."},
    "survey_five": {
        "zh": "请按1到5键评分，5分表示非常满意。",
        "en": "Please press a key from 1 to 5, where 5 means very satisfied.",
    },
    "survey_two": {"zh": "满意请按1，不满意请按2。", "en": "If you are satisfied press 1, if not press 2."},
    "survey_thanks": {"zh": "感谢您的评价。", "en": "Thank you for telling us."},
    "score_1": {"zh": "非常不满意", "en": "Very dissatisfied"},
    "score_2": {"zh": "不满意", "en": "Dissatisfied"},
    "score_3": {"zh": "一般", "en": "So-so"},
    "score_4": {"zh": "满意", "en": "Satisfied"},
    "score_5": {"zh": "非常满意", "en": "Very satisfied"},
    "satisfied": {"zh": "满意", "en": "Satisfied"},
    "not_satisfied": {"zh": "不满意", "en": "Not satisfied"},
    "member_keys": {"zh": "请输入您的会员号，以井号键结束。", "en": "Please enter your member number and press pound."},
    "member_text": {"zh": "请输入您的会员号。", "en": "Please type your member number."},
    "member_unknown": {"zh": "抱歉，没有找到这个会员号。", "en": "Sorry, we cannot find that member number."},
    "chat_keys": {
        "zh": "请输入聊天页面上显示的六位代码，没有请按井号键。",
        "en": "Please enter the six digits shown in the chat. Without them, press pound.",
    },
    "chat_text": {"zh": "请输入代码。", "en": "Please enter the code."},
    "code_keys": {
        "zh": "验证码已发送，请输入收到的数字。",
        "en": "We have sent you a code. Please enter its digits.",
    },
    "code_text": {"zh": "验证码已发送，请在此输入。", "en": "We have sent you a code. Please type it here."},
    "code_wrong": {"zh": "抱歉，验证码不正确。", "en": "Sorry, that code is not right."},
    "code_message": {
        "zh": "您的验证码是{code}，{minutes}分钟内有效，请勿告诉他人。",
        "en": "Your code is {code}. It is valid for {minutes} minutes. Do not tell it to anybody.",
    },
    "faq_text": {"zh": "请描述您的问题。", "en": "What would you like to know?"},
    "faq_none": {"zh": "抱歉，没有找到相关的答案。", "en": "Sorry, we have no answer to that."},
    "faq_choose": {"zh": "您想了解的是：", "en": "Is it one of these?"},
    "faq_agent": {"zh": "人工客服", "en": "Talk to a person"},
    "faq_helped": {"zh": "这解决了您的问题吗？", "en": "Does that answer your question?"},
    "faq_yes": {"zh": "解决了", "en": "Yes, thank you"},
    "faq_more": {"zh": "还有别的问题", "en": "I have another question"},
    "faq_keys": {
        "zh": "已经解决请按1，其他问题请按2，重听请按星号键，人工服务请按0。",
        "en": "If that helps press 1, for other answers press 2, to hear it again press star, for a person press 0.",
    },
}
