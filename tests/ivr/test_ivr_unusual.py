# ruff: noqa: E501 (a table)
"""Right flows that are unusual: nothing is told of them, and they run to their end on a call and on a chat."""

from __future__ import annotations

from datetime import date

import pytest
from ivr_sites import ARTICLES, PROMPTS, SITE, WEDNESDAY_10

import ivr.checks
from ivr import read_site
from ivr.trial import Talk
from ivr.trial.running import happening_of

BYE = "bye:\n  - hangup: {say: {zh: 再见, en: Bye}}\n"
ASK = "prompt: {zh: 请按1, en: Press 1}"
OUTSIDE = SITE + 'trunk: {way: gateway out, caller_number: "02161230000", allow: ["021########", "1##########"]}\n'
FLOWS: list[tuple[str, ...]] = [
    (
        "hours over midnight",
        "s:\n  - hours: night\n    closed: bye\n  - queue: {name: orders, otherwise: bye}\n  - goto: bye\n" + BYE,
        SITE.replace("  never:", "  night: {open: {fri: [18:00-02:00], sat: [02:00-09:00, 22:00-06:00]}}\n  never:"),
    ),
    (
        "a section with steps for each medium",
        "s:\n  - goto: a\na:\n  - voicemail: orders\n    on: voice\n  - message: {zh: 见网站, en: See our page}\n    on: text\n"
        "  - goto: bye\n" + BYE,
    ),
    (
        "each medium on a way of its own",
        "s:\n  - goto: bye\n    on: text\n  - goto: q\n    on: voice\nq:\n  - queue: {name: orders, otherwise: bye}\n"
        + BYE,
    ),
    (
        "the last list of a section that ends by itself",
        f"s:\n  - menu: {{{ASK}, keys: {{1: a}}, otherwise: bye}}\na:\n  - queue: {{name: orders, keys: {{1: [hangup: {{say: OK}}]}}, "
        "labels: {1: {zh: 不等了, en: Leave}}, otherwise: bye}\n" + BYE,
    ),
    ("one hangup", "a:\n  - hangup: {say: OK}\n"),
    ("chinese names", "开始:\n  - say: 您好。\n  - goto: 结束\n结束:\n  - hangup: {say: 再见。}\n"),
    ("numbers as names and texts", "s:\n  - say: 5\n  - queue: {name: orders, otherwise: bye}\n  - goto: bye\n" + BYE),
    (
        "quoted yes/no values",
        's:\n  - set: {wants: "yes", n: 007, plus: +86138}\n  - branch: [{when: wants == "yes", go: bye}]\n  - goto: bye\n'
        + BYE,
    ),
    (
        "block texts",
        "s:\n  - say:\n      zh: |\n        您好，\n        欢迎。\n      en: >\n        Hello\n        there.\n  - goto: bye\n"
        + BYE,
    ),
    ("anchor and alias", "s:\n  - say: &hi {zh: 好, en: Hi}\n  - say: *hi\n  - goto: bye\n" + BYE),
    ("star and pound", f's:\n  - menu: {{{ASK}, keys: {{"*": again, "#": bye}}, otherwise: bye}}\n' + BYE),
    ("comments everywhere", "s: # here\n  # there\n  - say: OK # yes\n  - goto: bye   # on\n" + BYE),
    ("crlf", ("s:\r\n  - say: OK\r\n  - goto: bye\r\n" + BYE.replace("\n", "\r\n"))),
    ("json style", '{"s": [{"say": {"zh": "好", "en": "Hi"}}, {"hangup": {}}]}'),
    (
        "deep lists",
        f"s:\n  - menu: {{{ASK}, keys: {{1: [menu: {{{ASK}, keys: {{1: [menu: {{{ASK}, keys: {{1: bye}}, otherwise: bye}}]}}, otherwise: bye}}]}}, otherwise: bye}}\n"
        + BYE,
    ),
    ("two-digit keys", f"s:\n  - menu: {{{ASK}, keys: {{10: bye, 11: bye, 12: bye}}, otherwise: bye}}\n" + BYE),
    (
        "voice and text apart",
        "s:\n  - say: {zh: 您好，欢迎致电, en: Thank you for calling, on: voice}\n  - say: {zh: 您好, en: Hi, on: text}\n  - play: {file: moh/calm.wav, on: voice}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "text only gather",
        "s:\n  - gather: {as: issue, prompt: {zh: 怎么了, en: What}, letters: 2-200, otherwise: bye, on: text}\n  - listen: {as: issue2, prompt: {zh: 请说, en: Tell us}, otherwise: bye, on: voice}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "menu by word only",
        "s:\n  - menu: {prompt: {zh: 请说订单或人工, en: Say orders or person}, words: {orders: {zh: [订单], en: [orders]}, bye: {zh: [结束], en: [finish]}}, otherwise: bye}\norders:\n  - queue: {name: orders, otherwise: bye}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "comfort loop",
        "line:\n  - queue: {name: orders, after: {wait: 1 min, go: [say: {zh: 请耐心等待, en: Please hold}, goto: line]}, otherwise: bye}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "loop with counter",
        f"s:\n  - set: {{n: 0}}\nr:\n  - branch: [{{when: n > 2, go: bye}}]\n  - set: {{n: $(n + 1)}}\n  - menu: {{{ASK}, keys: {{1: r}}, otherwise: bye}}\n"
        + BYE,
    ),
    (
        "subflow twice",
        "s:\n  - call: {flow: d, with: {x: 2}, save: {a: y}}\n  - call: {flow: d, with: {x: 3}, save: {b: y}}\n  - say: {zh: $(a)和$(b), en: $(a) and $(b)}\n  - goto: bye\nd:\n  - return: {y: $(x * 2)}\n"
        + BYE,
    ),
    (
        "first section runs on",
        f"s:\n  - say: OK\nm:\n  - menu: {{{ASK}, keys: {{1: bye, 9: s}}, otherwise: bye}}\n" + BYE,
    ),
    (
        "silence and invalid apart",
        f"s:\n  - menu: {{{ASK}, keys: {{1: bye}}, silence: bye, invalid: [say: {{zh: 错了, en: Wrong}}, goto: bye]}}\n"
        + BYE,
    ),
    (
        "overflow to words",
        "s:\n  - queue: repairs\n  - goto: bye\n" + BYE,
        SITE.replace(
            "limit: 3}",
            "limit: 3, overflow: {full: {say: {zh: 忙, en: Busy}}, no_agents: {voice: voicemail, text: {say: {zh: 忙, en: Busy}}}}}",
        ),
    ),
    (
        "overflow to a queue",
        "s:\n  - queue: repairs\n  - goto: bye\n" + BYE,
        SITE.replace("limit: 3}", "limit: 3, overflow: {full: {queue: orders}}}"),
    ),
    (
        "holiday",
        "s:\n  - hours: workshop\n    closed: bye\n    holiday: [say: {zh: 节日快乐, en: Happy holidays}, goto: bye]\n  - queue: {name: orders, otherwise: bye}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "sticky agent",
        "s:\n  - queue: {name: orders, agent: contact.last_agent for 20 s, priority: 9, otherwise: bye}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "leave keys",
        "s:\n  - queue: {name: orders, keys: {1: {offer: callback}, 2: {offer: voicemail, on: voice}, 3: [queue: {name: repairs, otherwise: back}, goto: bye]}, hint: {zh: 按1回电, en: Press 1}, otherwise: bye}\n  - goto: bye\n"
        + BYE,
        OUTSIDE,
    ),
    (
        "callback choose",
        "s:\n  - callback: {queue: orders, when: choose, calendar: workshop, declined: bye}\n  - goto: bye\n" + BYE,
        OUTSIDE,
    ),
    (
        "ticket and message",
        "s:\n  - ticket: {subject: {zh: 票, en: Ticket}, fails: bye}\n  - message: {text: {zh: 已收到, en: Got it}, to: website, on: text, fails: next}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "division guarded",
        f"s:\n  - gather: {{as: n, {ASK}, digits: 1, otherwise: bye}}\n  - branch: [{{when: n == 0, go: bye}}]\n  - set: {{q: $(10 / n)}}\n  - say: {{zh: $(q), en: $(q)}}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "faq",
        f"s:\n  - faq: {{{ASK}, keys: {{1: returns}}, agent: p, solved: bye}}\np:\n  - queue: {{name: orders, otherwise: bye}}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "record",
        "s:\n  - record: {consent: {zh: 同意录音请按1, en: To agree press 1}, on: voice}\n  - queue: {name: orders, otherwise: bye}\n  - goto: bye\n"
        + BYE,
    ),
    (
        "transfer",
        "s:\n  - transfer: {to: $(contact.last_agent), busy: bye, otherwise: bye, on: voice}\n  - goto: bye\n" + BYE,
    ),
    (
        "transfer outside",
        's:\n  - transfer: {number: "021 6123-4567", otherwise: bye, on: voice}\n  - goto: bye\n' + BYE,
        OUTSIDE,
    ),
    (
        "commas in quotes",
        's:\n  - say: {zh: "好，是", en: "Yes, sir: now, or never"}\n  - say: {zh: 您好，再见, en: One two?}\n  - goto: bye\n'
        + BYE,
    ),
    (
        "multi-line quote",
        's:\n  - say:\n      zh: "您好\n        再见"\n      en: "Hello,\n        bye"\n  - goto: bye\n' + BYE,
    ),
    (
        "same word, one way",
        f"s:\n  - menu: {{{ASK}, keys: {{1: bye, 2: bye}}, words: {{bye: {{zh: [再见], en: [bye]}}}}, otherwise: bye}}\n"
        + BYE,
    ),
    (
        "identify",
        "s:\n  - identify: {by: code, to: website, otherwise: bye, fails: bye}\n  - branch: [{when: contact.verified, go: bye}]\n  - goto: bye\n"
        + BYE,
    ),
    ("sections in any order", "a:\n  - goto: c\nb:\n  - hangup: {say: OK}\nc:\n  - goto: b\n"),
    ("flow name itself", f"s:\n  - menu: {{{ASK}, keys: {{1: main, 2: main.bye}}, otherwise: bye}}\n" + BYE),
    (
        "language auto",
        's:\n  - language: {1: zh, 2: en}\n  - branch: [{when: language == "zh" and medium == "voice", go: bye}]\n  - goto: bye\n'
        + BYE,
    ),
    (
        "lookup opt",
        's:\n  - lookup: {url: "https://a.example/x?y=$(contact.number)", save: {d: $.d?}, fails: bye}\n  - say: {zh: $(d), en: $(d)}\n  - goto: bye\n'
        + BYE,
    ),
    ("survey then bye", "s:\n  - queue: {name: orders, otherwise: bye}\n  - survey: short\n  - goto: bye\n" + BYE),
]
MOVES = (("queue", "served"), ("press", "8"), ("write", "8"), ("speak", "???"), ("answer", "kept"), ("silence", True))


@pytest.mark.parametrize("row", FLOWS, ids=lambda row: row[0])
def test_an_unusual_flow_is_right_and_runs(row: tuple[str, ...]) -> None:
    _, flow, site = (*row, SITE)[:3]
    main = flow if flow.startswith("{") else f"flow: main\n{flow}"
    made, problems = read_site({"site.yaml": site, "flows/main.yaml": main, **ARTICLES}, PROMPTS)
    assert made is not None, problems
    assert [str(problem) for problem in ivr.checks.run(made, date(2026, 11, 29))] == []
    for medium in ("voice", "text"):
        talk = Talk(
            made,
            flow="main",
            medium=medium,
            at=WEDNESDAY_10,
            language="zh",
            known={},
            facts={},
            replies={},
            with_defaults=True,
        )
        for _ in range(40):
            happenings = (happening_of(talk, verb, value) for verb, value in MOVES)
            happening = next((one for one in happenings if one is not None), None)
            if talk.is_over or happening is None:
                break
            talk.does(happening, "")
        assert talk.is_over, (medium, talk.session.trail, talk.session.waits_for)
