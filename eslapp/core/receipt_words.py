"""The phrases a routing decision is told with, in English and Chinese. Not here: the telling (``receipts``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .model import Outcome


@dataclass(frozen=True, slots=True)
class Words:
    """One language."""

    join: str
    space: str
    stop: str
    named: str
    phrases: Mapping[str, str]
    best: Mapping[str, str]  # by strategy
    reasons: Mapping[str, str]  # by a loser's reason, whole or up to its colon
    attempts: Mapping[str, str]  # by event
    endings: Mapping[Outcome, str]
    overflows: Mapping[str, str]  # by the reason why a contact could not wait in a queue
    rescinds: Mapping[str, str]  # by the reason why an offer was taken back (up to its colon); else a cause
    languages: Mapping[str, str]  # by their codes


EN = Words(
    join="; ",
    space=" ",
    stop=".",
    named="{name} ({id})",
    phrases={
        "never-queued": "It never waited in a queue",
        "made": "{agent} made this call; it never waited in a queue",
        "nobody": "After {waited} in queue {queue} (number {position} of {waiting}) nobody could take it",
        "offered": "After {waited} in queue {queue} (number {position} of {waiting}) it was offered to {agent}, "
        "{best} of {able} able",
        "others": "{count} more could not",
        "sent on": "Queue {queue} {reason}, so it went on to queue {to}",
        "sent out": "Queue {queue} {reason}, so the flow decided",
        "occupied": "the one given nothing new for the longest time",
        "then": "{told}",
        "before": "before that {told}",
        "seconds": "{seconds} s",
        "minutes": "{minutes} min {seconds} s",
        "hours": "{hours} h {minutes} min",
        "rescinded otherwise": "their phone's leg ended: {cause}",
    },
    best={
        "longest_idle": "the longest idle ({span})",
        "most_skilled": "the most skilled (level {score})",
        "least_busy": "the least busy",
        "round_robin": "whose turn it was",
        "ring_all": "the first of those asked at once",
        "sticky": "the longest idle ({span}) or the one they wanted",
    },
    reasons={
        "presence:leaving": "was about to leave",
        "language": "does not speak {detail}",
        "capacity": "had no room for one more {detail}",
        "not-wanted": "was not the agent they were waiting for",
        "queue-closed": "is not asked before the queue opens",
        "enough-asked": "was not among those asked at once",
        "presence:offline": "was offline",
        "presence:break": "was on a break",
        "presence:rna": "was put off after letting an offer ring out",
        "skill": "lacks the skill {detail}",
        "phone-unregistered": "had no registered phone",
        "phone-untested": "had not tested the phone",
        "phone-testing": "was testing the phone",
        "phone-unanswered": "had not answered the test of the phone",
        "phone-unheard": "did not hear anything in the test of the phone",
        "phone-mute": "could not be heard in the test of the phone (test again: speak, and press 1)",
        "ringing": "was being rung",
        "on-call": "was on a call",
        "wrap-up": "was in wrap-up",
        "in-chat": "was in a chat",
        "capacity:voice": "takes no calls",
        "capacity:text": "had no room for one more chat",
        "declined": "had declined it",
        "handed-on": "had just handed it on",
        "leg-failed": "could not be connected a moment ago",
        "later-idle": "had been idle for a shorter time, or had more to do",
        "less-skilled": "is less skilled",
        "busier": "was busier",
        "later-turn": "comes later in turn",
    },
    attempts={
        "OfferAccepted": "{agent} accepted",
        "OfferDeclined": "{agent} declined",
        "OfferExpired": "{agent} did not answer",
        "OfferRescinded": "the offer to {agent} was taken back ({reason})",
        "InteractionTransferred:queue": "{agent} handed it on to queue {to}",
        "InteractionTransferred:agent": "{agent} handed it on to {to}",
        "InteractionTransferred:outside": "{agent} handed it on to the number {to}",
        "TalkHandedOver": "{agent} consulted {to} and handed it over",
        "TalkHandedOver:takeover": "{to} took it over from {agent}",
    },
    endings={
        Outcome.ABANDONED: "; the contact left before being served",
        Outcome.SELF_SERVICE: "; the flow served the contact",
        Outcome.LOST: "; the connection was lost",
        Outcome.OVERFLOWED: "; it was sent elsewhere",
    },
    overflows={
        "full": "was full",
        "closed": "was closed",
        "no-agents": "had nobody signed in",
        "timeout": "had kept it waiting as long as it may",
    },
    rescinds={
        "agent-gone": "their browser was closed",
        "agent-left": "they went on a break or offline",
        "agent-leaving": "they are about to leave",
        "contact-called": "the contact was on the phone again",
        "contact-busy": "the contact's phone was busy",
        "contact-no-answer": "the contact did not answer",
        "contact-unknown-number": "the contact's number is unknown",
        "contact-hung-up": "the contact hung up",
        "contact-failed": "the contact could not be called",
        "contact-no-way-outside": "the site has no trunk for calls outside",
        "contact-not-a-number": "the contact's number is no number",
        "contact-number-not-allowed": "the contact's number may not be called",
        "contact-too-many-calls": "too many calls went outside",
        "contact-lost": "the call to the contact was lost",
        "unregistered": "no phone of theirs was registered",
        "cancelled": "the ringing was ended",
        "failed": "their phone could not be rung",
        "ended": "their phone hung up",
        "switch": "the switch refused: {detail}",
        "taken": "a colleague was faster",
        "contact-left": "the contact left",
        "contact-left-queue": "the contact left the queue",
        "agent-leg-lost": "their phone was lost",
        "never-joined": "the two were never joined",
        "join-failed": "the two could not be joined",
        "join-timeout": "joining the two took too long",
    },
    languages={"zh": "Chinese", "en": "English"},
)

ZH = Words(
    join="；",
    space="",
    stop="。",
    named="{name}（{id}）",
    phrases={
        "never-queued": "该会话从未排队",
        "made": "由{agent}主动呼出，从未排队",
        "nobody": "在队列“{queue}”等候{waited}（第{position}位，共{waiting}位），无人可接",
        "offered": "在队列“{queue}”等候{waited}（第{position}位，共{waiting}位）后分配给{agent}："
        "{able}位可接坐席中{best}",
        "others": "另有{count}位不可接",
        "sent on": "队列“{queue}”{reason}，转到队列“{to}”",
        "sent out": "队列“{queue}”{reason}，由流程处理",
        "occupied": "最久未接新会话",
        "then": "{told}",
        "before": "此前{told}",
        "seconds": "{seconds}秒",
        "minutes": "{minutes}分{seconds}秒",
        "hours": "{hours}小时{minutes}分",
        "rescinded otherwise": "其话机通话已断：{cause}",
    },
    best={
        "longest_idle": "空闲最久（{span}）",
        "most_skilled": "技能最高（{score}级）",
        "least_busy": "最不忙",
        "round_robin": "轮到其接待",
        "ring_all": "同时振铃者之首",
        "sticky": "空闲最久（{span}）或客户指定",
    },
    reasons={
        "presence:leaving": "即将离开",
        "language": "不会说{detail}",
        "capacity": "{detail}已满",
        "not-wanted": "不是客户等候的坐席",
        "queue-closed": "队列上班前不分配",
        "enough-asked": "不在同时振铃之列",
        "presence:offline": "离线",
        "presence:break": "小休中",
        "presence:rna": "因振铃未接而暂停",
        "skill": "缺少技能“{detail}”",
        "phone-unregistered": "话机未注册",
        "phone-untested": "话机未测试",
        "phone-testing": "正在测试话机",
        "phone-unanswered": "未接听话机测试",
        "phone-unheard": "话机测试中听不到声音",
        "phone-mute": "话机测试中没有声音传来（请重测：说句话并按 1）",
        "ringing": "正在振铃",
        "on-call": "正在通话",
        "wrap-up": "正在话后处理",
        "in-chat": "正在文字会话",
        "capacity:voice": "不接电话",
        "capacity:text": "文字会话已满",
        "declined": "已拒接本会话",
        "handed-on": "刚刚转出本会话",
        "leg-failed": "刚才未能接通",
        "later-idle": "空闲时间较短或手头会话较多",
        "less-skilled": "技能较低",
        "busier": "更忙",
        "later-turn": "还未轮到",
    },
    attempts={
        "OfferAccepted": "{agent}已接受",
        "OfferDeclined": "{agent}拒接",
        "OfferExpired": "{agent}未应答",
        "OfferRescinded": "对{agent}的分配被收回（{reason}）",
        "InteractionTransferred:queue": "{agent}将其转到队列“{to}”",
        "InteractionTransferred:agent": "{agent}将其转给{to}",
        "InteractionTransferred:outside": "{agent}将其转到外线{to}",
        "TalkHandedOver": "{agent}咨询{to}后移交",
        "TalkHandedOver:takeover": "{to}从{agent}处接管",
    },
    endings={
        Outcome.ABANDONED: "；客户在接通前离开",
        Outcome.SELF_SERVICE: "；由自助流程完成",
        Outcome.LOST: "；连接已丢失",
        Outcome.OVERFLOWED: "；已转往别处",
    },
    overflows={"full": "已满", "closed": "已下班", "no-agents": "无人签到", "timeout": "等候已达上限"},
    rescinds={
        "agent-gone": "其浏览器已关闭",
        "agent-left": "其已小休或离线",
        "agent-leaving": "其即将离开",
        "contact-called": "客户已再次通话",
        "contact-busy": "客户电话忙",
        "contact-no-answer": "客户未接听",
        "contact-unknown-number": "客户号码不存在",
        "contact-hung-up": "客户已挂断",
        "contact-failed": "无法呼叫客户",
        "contact-no-way-outside": "站点没有外呼线路",
        "contact-not-a-number": "客户号码无效",
        "contact-number-not-allowed": "客户号码不允许呼叫",
        "contact-too-many-calls": "外呼已达上限",
        "contact-lost": "呼叫客户的通话已断",
        "unregistered": "其没有已注册的话机",
        "cancelled": "振铃已取消",
        "failed": "无法呼叫其话机",
        "ended": "其话机已挂断",
        "switch": "交换机拒绝：{detail}",
        "taken": "同事已先接起",
        "contact-left": "客户已离开",
        "contact-left-queue": "客户已离开队列",
        "agent-leg-lost": "其话机已断开",
        "never-joined": "双方未能接通",
        "join-failed": "双方接通失败",
        "join-timeout": "接通超时",
    },
    languages={"zh": "中文", "en": "英语"},
)

WORDS: Mapping[str, Words] = {"en": EN, "zh": ZH}
