"""What a check says to write, written so: the problem is gone, and no other has come."""

# ruff: noqa: E501 (a table)
from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from ivr_sites import ARTICLES, PROMPTS, SITE
from test_ivr_checks import hurried

import ivr.checks
from ivr import read_site
from ivr.checks import CHECKS
from ivr.problems import Problem

pytestmark = pytest.mark.slow
TODAY = date(2026, 11, 29)
BYE = "bye:\n  - hangup: {say: {zh: 再见。, en: Goodbye.}}\n"
TRUNK = 'trunk: {way: gateway out, caller_number: "02161230000", allow: ["021########"]}\n'
PRESS = "prompt: {zh: 请按1, en: Press 1}"


@dataclass(frozen=True, slots=True)
class Case:
    """``before``: the steps of ``main``; ``edits``: pairs of what stood there and what the mend makes of it, in the
    flow or in ``site.yaml``."""

    code: str
    mend: str
    before: str
    edits: tuple[tuple[str, str], ...]
    site: str = SITE
    more: str = BYE


def told(site: str, flow: str) -> set[Problem]:
    files = {"site.yaml": site, "flows/main.yaml": flow, **ARTICLES}
    made, problems = read_site(files, PROMPTS)
    assert made is not None, "\n".join(map(str, problems))
    return set(ivr.checks.run(hurried(made), TODAY))


def edited(site: str, flow: str, edits: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    for old, new in edits:
        assert old in flow or old in site, old
        site, flow = (site, flow.replace(old, new, 1)) if old in flow else (site.replace(old, new, 1), flow)
    return site, flow


def case(code: str, mend: str, before: str, *edits: tuple[str, str], site: str = SITE, more: str = BYE) -> Case:
    return Case(code, mend, before, edits, site, more)


def offered(way: str) -> str:
    return (
        f"  - queue: {{name: orders, keys: {{1: {way}}}, labels: {{1: {{zh: 留言, en: Message}}}}, otherwise: bye}}\n"
    )


def with_queues(queues: str) -> str:
    return SITE.replace("  shut: {calendar: never}\n", queues)


ASK = f"  - menu: {{{PRESS}, keys: {{1: bye}}, otherwise: bye}}\n"
HANGUP_WITH = "hangup: {say: {zh: 再见。, en: Goodbye.}}"
END = "  - goto: bye\n"
LOOKUP = '  - lookup: {url: "https://shop.example/", save: {state: $.state}, fails: bye}\n'
TALE = "very long and full of things that nobody ever asked about, " * 6

CASES = [
    # a step of the other medium
    case("wrong_medium", "add 'on: voice'", offered("{offer: voicemail}"), ("voicemail}", "voicemail, on: voice}")),
    case("wrong_medium", "add 'on: voice'", offered("[voicemail: {queue: orders}, goto: back]"),
         ("orders}, goto", "orders, on: voice}, goto")),
    case("wrong_medium", "add 'on: voice'", "  - play: moh/calm.wav\n" + END, ("wav\n", "wav\n    on: voice\n")),
    case("wrong_medium", "add 'on: voice', and after it a step for the others, such as '- hangup: {say: ...}'",
         ASK.replace("bye", "other") + "other:\n  - voicemail: {queue: orders}\n",
         ("orders}\n", f"orders, on: voice}}\n  - {HANGUP_WITH}\n"), more=""),
    case("wrong_medium", "write {voice: voicemail, text: {say: ...}}", "  - queue: repairs\n",
         ("full: voicemail", "full: {voice: voicemail, text: {say: {zh: 忙, en: Busy}}}"),
         site=SITE.replace("limit: 3}", "limit: 3, overflow: {full: voicemail}}"), more=""),
    case("wrong_medium", "add 'zh.text: ...' for chats, or 'on: voice'", "  - say: {zh: hello-zh.wav, en: Hi}\n" + END,
         ("zh: hello-zh.wav,", "zh: hello-zh.wav, zh.text: 您好,")),
    case("wrong_medium", "add 'zh.text: ...' for chats, or 'on: voice'", "  - say: {zh: hello-zh.wav, en: Hi}\n" + END,
         ("en: Hi}", "en: Hi, on: voice}")),
    case("wrong_medium",
         "write it per language: {zh: ..., zh.text: ..., en: ..., en.text: ...}, or 'on: voice'",
         "  - say: hello-zh.wav\n" + END,
         ("say: hello-zh.wav", "say: {zh: hello-zh.wav, zh.text: 您好, en: hello-en.wav, en.text: Hi}")),
    case("wrong_medium",
         "write it per language: {zh: ..., zh.text: ..., en: ..., en.text: ...}, or 'on: voice'",
         "  - say: hello-zh.wav\n" + END,
         ("say: hello-zh.wav", 'say: {"*": hello-zh.wav, zh.text: 您好, en.text: Hi}')),
    case("wrong_medium", "add 'ask: ...', or 'on: voice'",
         "  - menu: {prompt: hello-en.wav, keys: {1: bye}, otherwise: bye}\n",
         ("prompt: hello-en.wav", "prompt: hello-en.wav, ask: {zh: 请选择, en: Please choose}")),
    case("wrong_medium", "add 'to: CHANNEL', or 'on: text'", "  - message: {zh: 看这里, en: Look here}\n" + END,
         ("message: {zh", "message: {to: website, zh")),
    case("wrong_medium", "add 'to: CHANNEL', or 'on: text'", "  - message: {zh: 看这里, en: Look here}\n" + END,
         ("message: {zh", "message: {on: text, zh")),
    case("wrong_medium", "add 'prompt' and 'keys: {1: ARTICLE}', or 'on: text'", "  - faq: {agent: bye}\n" + END,
         ("agent: bye}", f"agent: bye, {PRESS}, keys: {{1: returns}}, otherwise: bye}}")),
    case("wrong_medium", "add 'prompt' and 'keys: {1: ARTICLE}', or 'on: text'", "  - faq: {agent: bye}\n" + END,
         ("agent: bye}", "agent: bye, on: text}")),
    case("wrong_medium", "use 'listen' there, and 'on: text' here",
         "  - gather: {as: issue, prompt: {zh: 怎么了？, en: What is wrong?}, letters: 2-200, otherwise: bye}\n" + END,
         ("  - gather", "  - listen: {as: said, prompt: {zh: 请说。, en: Tell us.}, otherwise: bye, on: voice}\n  - gather"),
         ("otherwise: bye}\n  - goto", "otherwise: bye, on: text}\n  - goto")),
    case("wrong_medium", "add it under channels in site.yaml",
         "  - message: {text: {zh: 看, en: Look}, to: sms}\n" + END,
         ("channels: {", "channels: {sms: {type: sms, provider: test, flow: main}, ")),
    # words
    case("call_words", "add 'zh.text: ...' for chats", "  - say: {zh: 欢迎致电。, en: Welcome.}\n" + END,
         ("致电。", "致电。, zh.text: 您好。")),
    case("call_words", "write it per language: {zh: ..., zh.text: ..., en: ..., en.text: ...}",
         "  - say: Thank you for calling.\n" + END,
         ("say: Thank you for calling.", "say: {zh: 您好。, zh.text: 您好。, en: Thank you for calling., en.text: Hi.}")),
    case("call_words", "write other words in 'zh.text'",
         "  - say: {zh: 欢迎致电。, zh.text: 欢迎来电或致电。, en: Welcome.}\n" + END, ("欢迎来电或致电。", "欢迎。")),
    case("missing_language", "add en: ...", "  - say: {zh: 你好}\n" + END, ("zh: 你好", "zh: 你好, en: Hi")),
    case("missing_language", "add en: [...]",
         f"  - menu: {{{PRESS}, keys: {{1: bye}}, words: {{bye: {{zh: [结束]}}}}, otherwise: bye}}\n",
         ("zh: [结束]", "zh: [结束], en: [end]")),
    case("unknown_language", "remove it, or add fr to 'languages' in site.yaml",
         "  - say: {zh: 你好, en: Hello, fr: Bonjour}\n" + END, (", fr: Bonjour", "")),
    case("unknown_language", "write one of en, or add fr to 'languages' in site.yaml",
         "  - say: {zh: 你好, fr: Hello}\n" + END, ("fr:", "en:")),
    case("unknown_language", "write one of zh, en, or add de to 'languages' in site.yaml",
         "  - language: {1: zh, 2: de}\n" + END, ("2: de", "2: en")),
    case("unheard", "add en: [...]",
         "  - menu: {prompt: {zh: 请说, en: Speak}, words: {bye: {zh: [结束]}}, otherwise: bye}\n",
         ("zh: [结束]", "zh: [结束], en: [end]")),
    *(case("unheard", "add 'fails: SECTION', 'otherwise: SECTION' or 'keys: {1: ...}'",
           "  - listen: {as: matter, prompt: {zh: 请说。, en: Tell us.}, silence: bye, invalid: bye}\n" + END,
           ("invalid: bye", f"invalid: bye, {more}"))
      for more in ("fails: bye", "otherwise: bye", "keys: {1: x}")),
    case("long_prompt", "shorten it, or split it with a question", f"  - say: {{zh: 你好, en: {TALE!r}}}\n" + END,
         (repr(TALE), "Hello")),
    case("fast_speech", "choose a slower voice, or add commas",
         "  - say: {zh: 你好, en: spoken quickly by a hurried voice and all rights are reserved by us}\n" + END,
         ("spoken quickly by", "spoken by")),
    # ways out
    *(case("missing_way", "add 'otherwise: SECTION'", f"  - {step}\n" + END, ("}\n  - goto", ", otherwise: bye}\n  - goto"))
      for step in (f"menu: {{{PRESS}, keys: {{1: next}}}}",
                   f"gather: {{as: order, {PRESS}, digits: 4}}",
                   f"listen: {{as: topic, {PRESS}, fails: bye}}",
                   "identify: {by: member}")),
    case("missing_way", "add 'fails: SECTION'", "  - lookup: {url: 'https://a.example/'}\n" + END, ("}\n  - goto", ", fails: bye}\n  - goto")),
    case("missing_way", "add 'fails: SECTION'", "  - identify: {by: code, to: website, invalid: bye, silence: bye}\n" + END,
         ("}\n  - goto", ", fails: bye}\n  - goto")),
    case("missing_way", "add 'full: SECTION', or 'overflow' to the queue", "  - queue: {name: repairs}\n" + END,
         ("}\n  - goto", ", full: bye}\n  - goto")),
    case("missing_way", "add 'full: SECTION', or 'overflow' to the queue", "  - queue: {name: repairs}\n" + END,
         ("limit: 3}", "limit: 3, overflow: {full: {say: {zh: 忙, en: Busy}}}}")),
    case("missing_way", "add 'closed: SECTION', or 'overflow' to the queue", "  - queue: {name: shut}\n" + END,
         ("}\n  - goto", ", closed: bye}\n  - goto")),
    case("missing_way", "add 'closed: SECTION', or 'overflow' to the queue", "  - queue: {name: shut}\n" + END,
         ("calendar: never}", "calendar: never, overflow: {closed: {say: {zh: 下班, en: Closed}}}}")),
    *(case("dead_end", "add 'goto: ...', 'queue: ...' or 'hangup: {say: ...}' after it", before,
           (before, before + f"  - {more}\n"), more="" if "goto" not in more else BYE)
      for before in (ASK.replace("bye", "more") + "more:\n  - say: {zh: 好, en: Good}\n",
                     ASK.replace("bye", "more") + "more:\n" + LOOKUP.replace("bye", "more"))
      for more in ("queue: orders", HANGUP_WITH)),
    case("dead_end", "add 'return' after it, to go back to the call",
         "  - call: greet\n  - queue: orders\ngreet:\n  - say: {zh: 好, en: Hi}\n",
         ("Hi}\n", "Hi}\n  - return\n"), more=""),
    case("cut_off", "say goodbye before it: 'hangup: {say: ...}'", LOOKUP + "  - hangup\n", ("  - hangup\n", f"  - {HANGUP_WITH}\n")),
    case("cut_off", "say goodbye on this way: [hangup: {say: ...}]", f"  - menu: {{{PRESS}, keys: {{1: bye}}, otherwise: hangup}}\n",
         ("otherwise: hangup", f"otherwise: [{HANGUP_WITH}]")),
    case("never_happens", "give it 'limit: 50' under queues in site.yaml, or remove 'full'", "  - queue: {name: orders, full: bye}\n" + END,
         ("orders: {skills", "orders: {limit: 50, skills")),
    case("never_happens", "give it 'calendar: ...' under queues in site.yaml, or remove 'closed'",
         "  - queue: {name: orders, closed: bye}\n" + END, (", closed: bye", "")),
    case("overlapping_hours", "write 13:30-18:00 if they changed places", "  - hours: workshop\n    closed: bye\n" + END,
         ("18:00-13:30", "13:30-18:00"), site=SITE.replace("13:30-18:00", "18:00-13:30")),
    case("missing_language", "did you mean 'en'?", "  - say: {zh: 好, en: Hi}\n" + END, ("[zh, no]", "[zh, en]"),
         site=SITE.replace("languages: [zh, en]", "languages: [zh, no]", 1)),
    case("unknown_language", "add en to the list 'languages', or remove it there: articles/returns.yaml:2 ...",
         "  - say: {zh: 好, en: Hi}\n" * 3 + END, ("[zh]", "[zh, en]"), site=SITE.replace("languages: [zh, en]", "languages: [zh]", 1)),
    case("unknown_value", "did you mean 'env.SHOP_KEY'?",
         LOOKUP.replace("https://shop.example/", "https://shop.example/$(evn.SHOP_KEY)") + END, ("evn.", "env.")),
    case("unknown_value", "did you mean 'proved'?",
         "  - call: {flow: sure, save: {prooved: proved}}\n  - say: {zh: $(proved), en: $(proved)}\n  - goto: bye\nsure:\n"
         "  - set: {proved: 7}\n  - return\n", ("prooved", "proved")),
    case("runs_on", "add '- goto: bye' if that is meant, else '- hangup: {say: ...}'", ASK.replace("1: bye", "1: news") + "news:\n" + LOOKUP,
         (LOOKUP, LOOKUP + "  - goto: bye\n")),
    case("runs_on", "add '- goto: bye' if that is meant, else '- hangup: {say: ...}'", ASK.replace("1: bye", "1: news") + "news:\n" + LOOKUP,
         (LOOKUP, LOOKUP + f"  - {HANGUP_WITH}\n")),
    case("runs_on", "add '- goto: bye' if that is meant, else '- hangup: {say: ...}'", ASK.replace("1: bye", "1: news") +
         "news:\n" + offered("{offer: voicemail, on: voice}"), ("otherwise: bye}\nbye", f"otherwise: bye}}\n  - {HANGUP_WITH}\nbye")),
    *(case("lost_return", "go there by a list of steps: [call: news, goto: SECTION], or write 'hangup: {say: ...}' here",
           f"  - menu: {{{PRESS}, keys: {{1: news}}, otherwise: bye}}\nnews:\n  - say: {{zh: 无, en: None}}\n  - return\n", edit)
      for edit in (("1: news", "1: [call: news, goto: bye]"), ("- return", f"- {HANGUP_WITH}"))),
    case("endless_calls", "to begin again write 'goto: ask' as the last step: it does not come back",
         f"  - call: ask\n  - queue: orders\nask:\n  - menu: {{{PRESS}, keys: {{1: more}}, otherwise: done}}\n"
         "more:\n  - call: ask\n  - goto: done\ndone:\n  - return\n",
         ("  - call: ask\n  - goto: done\n", "  - goto: ask\n"), more=""),
    *(case("silent_loop", "lead 'otherwise' to a person, to a section further down, or to hangup",
           "  - say: {zh: 你好, en: Hi}\n" + ASK.replace("otherwise: bye", "otherwise: start") + "person:\n  - queue: orders\n",
           ("otherwise: start", f"otherwise: {way}"))
      for way in ("person", "bye", f"[{HANGUP_WITH}]")),
    *(case("unreachable", "go to it, or delete it", ASK + "lost:\n  - say: {zh: 无, en: None}\n" + END, edit)
      for edit in (("1: bye", "1: lost"), ("lost:\n  - say: {zh: 无, en: None}\n" + END, ""))),
    *(case("unreachable", "move it up, or delete it", END + "  - say: {zh: 无, en: None}\n", (END + "  - say: {zh: 无, en: None}\n", new))
      for new in (END, "  - say: {zh: 无, en: None}\n" + END)),
    # keys
    case("ambiguous_keys", "choose keys of one length", f"  - menu: {{{PRESS}, keys: {{1: bye, 12: bye}}, otherwise: bye}}\n", (", 12:", ", 2:")),
    case("long_menu", "put the rarer ones into a second menu",
         f"  - menu: {{{PRESS}, keys: {{1: bye, 2: bye, 3: bye, 4: bye, 5: bye, 6: bye}}, otherwise: bye}}\n",
         ("5: bye, 6: bye}", "5: more}"), ("bye:\n", f"more:\n  - menu: {{{PRESS}, keys: {{1: bye, 2: bye}}, otherwise: bye}}\nbye:\n")),
    case("shared_word", "leave it with one of them",
         f"  - menu: {{{PRESS}, keys: {{1: a, 2: bye}}, words: {{a: {{zh: [订单], en: [order]}}, bye: {{zh: [物流, 订单], en: [end]}}}}, otherwise: bye}}\n"
         "a:\n  - queue: orders\n", ("[物流, 订单]", "[物流]")),
    case("shared_word", "choose words of which none holds the other",
         f"  - menu: {{{PRESS}, keys: {{1: a, 2: bye}}, words: {{a: {{zh: [订单], en: [order]}}, bye: {{zh: [物流], en: [no order]}}}}, otherwise: bye}}\n"
         "a:\n  - queue: orders\n", ("no order", "nothing")),
    *(case("silent_loop", "lead 'after' to a person, to a section further down, or to hangup",
           "  - goto: line\nline:\n  - queue: {name: orders, after: {wait: 1 min, go: line}, otherwise: bye}\n" + END, ("go: line", f"go: {way}"))
      for way in ("bye", f"[{HANGUP_WITH}]")),
    # names
    case("unknown_queue", "did you mean 'orders'?", "  - queue: oders\n", ("oders", "orders")),
    case("unknown_target", "did you mean 'bye'?", ASK.replace("1: bye", "1: bey"), ("bey", "bye")),
    case("unknown_calendar", "did you mean 'workshop'?", "  - hours: workshp\n    closed: bye\n" + END, ("workshp", "workshop")),
    case("unknown_skill", "did you mean 'repairs'?", "  - queue: {name: orders, skills: {repiars: 1}}\n", ("repiars", "repairs")),
    case("unknown_survey", "did you mean 'short'?", "  - survey: shrot\n" + END, ("shrot", "short")),
    case("unknown_article", "did you mean 'returns'?", f"  - faq: {{agent: bye, {PRESS}, keys: {{1: retruns}}, otherwise: bye}}\n" + END,
         ("retruns", "returns")),
    case("unknown_urgency", "add hihg to the queue's headstart, under urgency", "  - queue: {name: orders, urgency: hihg}\n",
         ("orders: {skills", "orders: {headstart: {urgency: {hihg: 2 min}}, skills")),
    case("unknown_extension", "did you mean '1001'?", "  - queue: {name: orders, agent: 1009 for 15 s}\n", ("1009", "1001")),
    case("unknown_extension", "add 9999 to 'extensions' in site.yaml", "  - transfer: {to: 9999, otherwise: bye, on: voice}\n" + END,
         ("skills: [", "extensions: ['9999']\nskills: [")),
    *(case("unknown_extension", "write 'number: 021612345' for a number outside, or add 021612345 to 'extensions' in site.yaml",
           "  - transfer: {to: '021612345', otherwise: bye, on: voice}\n" + END, edit, site=SITE + TRUNK.replace("########", "*"))
      for edit in (("to: '0216", "number: '0216"), ("skills: [", "extensions: ['021612345']\nskills: ["))),
    case("unknown_extension", "write 'number: 02161234567' for a number outside",
         "  - transfer: {to: '02161234567', otherwise: bye, on: voice}\n" + END, ("to: '0216", "number: '0216"), site=SITE + TRUNK),
    case("unknown_extension", "write the extension of an agent, such as 1001",
         "  - transfer: {to: '02161234567', otherwise: bye, on: voice}\n" + END, ("02161234567", "1001")),
    case("missing_file", "did you mean 'hello-zh.wav'?", "  - play: {file: helo-zh.wav, on: voice}\n" + END, ("helo", "hello")),
    case("unknown_value", "did you mean 'topic'?", "  - set: {topic: a}\n  - say: {zh: 好$(tpoic), en: Hi}\n" + END, ("tpoic", "topic")),
    case("unknown_value", "give it to the call of 'doubled': 'with: {visits: $(visits)}'",
         "  - set: {visits: 1}\n  - call: {flow: doubled, with: {number: 2}, save: {twice: result}}\n"
         "  - say: {zh: $(twice), en: $(twice)}\n  - goto: bye\ndoubled:\n  - return: {result: $(number * visits)}\n",
         ("with: {number: 2}", "with: {number: 2, visits: $(visits)}")),
    case("unknown_value", "add 'save: {result: result}' to its call",
         "  - call: {flow: doubled, with: {number: 2}}\n  - say: {zh: $(result), en: $(result)}\n  - goto: bye\n"
         "doubled:\n  - return: {result: $(number * 2)}\n",
         ("with: {number: 2}", "with: {number: 2}, save: {result: result}")),
    case("unknown_value", 'write a word in quotes: "shipped"', "  - set: {state: shipped}\n  - branch:\n      - when: state == shipped\n        go: bye\n" + END,
         ("state == shipped", 'state == "shipped"')),
    case("unknown_value", "did you mean 'proved'?",
         "  - call: {flow: sure, save: {proved: proved}}\n  - say: {zh: $(proved), en: $(proved)}\n  - goto: bye\nsure:\n"
         "  - branch:\n      - when: contact.known\n        go: [return: {proved: 'yes'}]\n  - return: {prooved: 'no'}\n", ("prooved", "proved")),
    case("unknown_value", "write the words themselves here", "  - say: {zh: $(env.SHOP), en: Hi}\n" + END, ("$(env.SHOP)", "商店")),
    case("read_only", "the step 'language' lets the contact choose; for a value of your own write 'wanted_language'",
         "  - set: {language: zh}\n" + END, ("language: zh", "wanted_language: zh")),
    case("read_only", "write another name, such as 'my_time'",
         f"  - gather: {{as: time, {PRESS}, digits: 4, otherwise: bye}}\n" + END, ("as: time", "as: my_time")),
    *(case("wrong_kind", mend, f"  - branch:\n      - when: {old}\n        go: bye\n" + END, (old, new))
      for mend, old, new in (
          ("did you mean 'mon'?", 'weekday == "Monday"', 'weekday == "mon"'),
          ("did you mean 'open'?", 'calendar.service == "opne"', 'calendar.service == "open"'),
          ("compare it with a number, such as: queue.orders.ready > 0", 'queue.orders.ready == "yes"', "queue.orders.ready > 0"),
          ('write it like: time >= "18:30"', 'time >= "9:00"', 'time >= "18:30"'),
          ('write it like: date >= "2026-10-01"', 'date == "2026-02-30"', 'date >= "2026-10-01"'),
          ("write: contact.verified, or: not contact.verified", "contact.verified == no", "contact.verified"),
          ("write: contact.verified, or: not contact.verified", "contact.verified == no", "not contact.verified"),
          ("compare with == or 'in [...]'", 'weekday > "mon"', 'weekday in ["mon"]'),
          ("write it like: medium == 'voice'", "not medium", "not medium == 'voice'"),
      )),
    # systems and numbers outside
    *(case("blocked_address",
           "write https://, or name it in site.yaml: outside: {private: ['shop.example.com:80']}",
           LOOKUP.replace("https://shop.example/", "http://shop.example.com/") + END, edit)
      for edit in (("http://", "https://"), ("fallback:", "outside: {private: ['shop.example.com:80']}\nfallback:"))),
    case("number_not_allowed", "add 'trunk: {way: ..., caller_number: ..., allow: [...]}' in site.yaml",
         "  - transfer: {number: '02161234567', otherwise: bye, on: voice}\n" + END, ("fallback:", TRUNK + "fallback:")),
    case("number_not_allowed", "add 'trunk: {way: ..., caller_number: ..., allow: [...]}' in site.yaml",
         "  - callback: orders\n" + END, ("fallback:", TRUNK + "fallback:")),
    case("number_not_allowed", "add '01012345678', or a pattern for it, under trunk: allow in site.yaml",
         "  - transfer: {number: '01012345678', otherwise: bye, on: voice}\n" + END,
         ('allow: [', 'allow: ["01012345678", '), site=SITE + TRUNK),
    # what is walked
    case("stranded", "let a 'branch' before it lead away where that is 0",
         f"  - gather: {{as: parts, {PRESS}, digits: 1, otherwise: bye}}\n  - set: {{share: $(100 / parts)}}\n"
         "  - say: {zh: $(share), en: $(share)}\n" + END,
         ("  - set", "  - branch: [{when: parts == 0, go: bye}]\n  - set")),
    case("unproved", "write a test for it (flows/main.tests.yaml), or a simpler 'valid'",
         f"  - gather: {{as: code, {PRESS}, digits: 6, valid: answer * 7 == 4321001, otherwise: bye}}\n" + END,
         ("valid: answer * 7 == 4321001", "valid: answer > 100000")),
    # the site
    case("far_human", "offer a person earlier, or shorten what is said before",
         "  - say: {zh: 您好，欢迎，请稍候。, en: Hello and welcome to us.}\n  - queue: orders\n",
         ("您好，欢迎，请稍候。, en: Hello and welcome to us.", "好, en: Hi"),
         site=SITE + "limits: {human: 2 s}\n", more=""),
    case("overflow_loop", "end it somewhere: callback, voicemail, {say: ...} or {go: ...}", "  - queue: orders\n",
         ("full: {queue: orders}", "full: {say: {zh: 忙, en: Busy}}"), more="",
         site=SITE.replace("skills: {repairs: 1}, limit: 3}", "limit: 3, overflow: {full: {queue: orders}}}").replace(
             "orders: {skills", "orders: {limit: 5, overflow: {full: {queue: repairs}}, skills")),
    case("unstaffed_queue", "give an agent skills {repairs: 9} and capacity {voice: 1} or more", "  - queue: {name: repairs, on: voice, full: bye}\n" + END,
         ('fallback:', '  "1002": {name: Two, skills: {repairs: 9}, capacity: {voice: 1}}\nfallback:'),
         site=SITE.replace("skills: {repairs: 1}", "skills: {repairs: 9}")),
    case("expiring_calendar", "renew it, and move 'until' on", "  - hours: never\n    closed: bye\n" + END,
         ("until: 2026-12-15", "until: 2027-12-31"), site=SITE.replace("[08:00-08:01]}", "[08:00-08:01]}, until: 2026-12-15")),
    case("expiring_calendar", "add the dates to come, or remove 'except'", "  - hours: never\n    closed: bye\n" + END,
         (", except: {2026-10-08: closed}", ""), site=SITE.replace("[08:00-08:01]}", "[08:00-08:01]}, except: {2026-10-08: closed}")),
    case("overlapping_hours", "leave a pause between them, or write one span", "  - hours: never\n    closed: bye\n" + END,
         ("[08:00-10:00, 09:00-12:00]", "[08:00-12:00]"), site=SITE.replace("[08:00-08:01]", "[08:00-10:00, 09:00-12:00]")),
    case("number_twice", "give the agent another extension", "  - queue: orders\n",
         ('"1001": {name', '"1003": {name'), site=SITE.replace('"1000": main', '"1000": main, "1001": main'), more=""),
    case("unknown_flow", "did you mean 'main'?", "  - queue: orders\n", ("mian", "main"),
         site=SITE.replace('"1000": main', '"1000": main, "1003": mian'), more=""),
    case("unknown_number", "did you mean '1000'?", "  - queue: orders\n", ('call: "1009"', 'call: "1000"'),
         site=SITE.replace("webchat, flow: main", 'webchat, flow: main, call: "1009"'), more=""),
    case("unknown_phrase", "did you mean 'goodbye'?", "  - queue: orders\n", ("goodby:", "goodbye:"),
         site=SITE + "phrases: {goodby: {en: So long.}}\n", more=""),
    case("unknown_slot", "did you mean 'text'?", "  - queue: orders\n", ("txt: 4", "text: 4"),
         site=SITE.replace("languages: [zh, en]}", "languages: [zh, en], capacity: {voice: 1, txt: 4}}"), more=""),
]  # fmt: skip


@pytest.mark.parametrize("one", CASES, ids=lambda one: f"{one.code}: {one.mend[:30]}")
def test_a_mend_written_as_it_is_told_mends(one: Case) -> None:
    flow = f"flow: main\nstart:\n{one.before}{one.more}"
    found = told(one.site, flow)
    mine = [problem for problem in found if problem.code == one.code and problem.mend == one.mend]
    assert mine, "\n".join(map(str, sorted(found)))
    left = told(*edited(one.site, flow, one.edits))
    before = {(problem.code, problem.text) for problem in found}
    assert {(one.code, problem.text) for problem in mine} & {(problem.code, problem.text) for problem in left} == set()
    assert {(problem.code, problem.text) for problem in left} - before == set(), "\n".join(map(str, sorted(left)))


def test_every_check_has_its_mends_tried() -> None:
    assert {one.code for one in CASES} == set(CHECKS)
