"""Random flows, random happenings: never an exception, never silence, the same after every reload."""

from __future__ import annotations

from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st
from ivr_sites import ARTICLES, DEMO, PROMPTS, SITE

from ivr import Engine, Session, Site, Turn, load_site, read_site
from ivr.effects import EndFlow
from ivr.steps import STEPS
from ivr.waits import (
    QUEUE_REASONS,
    Answered,
    Failed,
    Happening,
    HungUp,
    KeysMissing,
    KeysPressed,
    Performed,
    PlayEnded,
    QueueLeft,
    Resumed,
    TextArrived,
    TextMissing,
    WordsHeard,
)

words = st.one_of(st.sampled_from(["1", "2", "0", "*", "中文", "orders", "是", "12345"]), st.text(max_size=12))
answers = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from([200, 404, 500, "x"]),
        "body": st.sampled_from([{"n": 3}, {"n": [1]}, [], None, "text"]),
        "number": st.sampled_from(["10001", "", "x"]),
        "verdict": st.sampled_from(["right", "wrong", "over", 7]),
        "is_found": st.booleans(),
    },
)
happenings: st.SearchStrategy[Happening] = st.one_of(
    st.builds(PlayEnded),
    st.builds(KeysPressed, st.one_of(st.sampled_from(list("0123456789*#")), st.text(max_size=8))),
    st.builds(KeysMissing),
    st.builds(TextArrived, words),
    st.builds(TextMissing),
    st.builds(QueueLeft, st.one_of(st.sampled_from(QUEUE_REASONS), st.text(max_size=5))),
    st.builds(Answered, answers),
    st.builds(WordsHeard, words),
    st.builds(
        Performed,
        st.sampled_from(["taken", "kept", "empty", "talked", "busy", "on", "off", "refused", "x"]),
        st.sampled_from([{}, {"take": "t"}, {"take": 7}]),
    ),
    st.builds(HungUp, st.text(max_size=8)),
    st.builds(Failed, st.text(max_size=8)),
    st.builds(Resumed),
)
# Mostly what is waited for, so that walks get somewhere; the rest is noise.
noise = st.tuples(st.integers(0, 9), happenings)

SECTIONS = ("start", "one", "two", "three")
STEP_TEXTS = (
    "say: {zh: 你好$(a), en: Hello $(a | number)}",
    "play: moh/calm.wav",
    "menu: {prompt: P, keys: {1: WAY, 2: WAY, '*': again}, tries: 2, otherwise: WAY}",
    "menu: {prompt: P, keys: {1: next, 9: [say: Nine, goto: WAY]}, silence: WAY}",
    "gather: {as: a, prompt: P, digits: 1-4, confirm: yes, otherwise: WAY}",
    "language: {1: zh, 2: en, always: yes}",
    "branch: [{when: a > 3, go: WAY}, {when: not b, go: [set: {b: yes}]}]",
    "set: {a: $(a + 1), b: $(a)}",
    "hours: {calendar: workshop, closed: WAY, holiday: next}",
    "queue: {name: repairs, after: {wait: 5 s, go: WAY}, fails: WAY}",
    "queue: shut",
    "message: Hello",
    "goto: WAY",
    "call: {flow: two, with: {a: $(a + 1)}, save: {b: a}, fails: WAY}",
    "return: {a: $(a)}",
    "ticket: {subject: S, with: [a], fails: WAY}",
    "survey: short",
    "faq: {prompt: P, keys: {1: returns}, agent: WAY, solved: WAY}",
    "identify: {by: member, digits: 1-9, lookup: {url: 'https://x.example/$(member)', save: {a: $.n}}, otherwise: WAY}",
    "identify: {by: code, to: website, message: 'C $(code)', otherwise: WAY, fails: WAY}",
    "identify: {by: number, otherwise: WAY}",
    "lookup: {url: 'https://x.example/$(a)', save: {a: $.n}, missing: WAY, fails: WAY}",
    "answer",
    "listen: {as: a, prompt: P, words: {x: {en: [one]}}, keys: {1: x}, otherwise: WAY}",
    "voicemail: {queue: orders, otherwise: WAY}",
    "record: {consent: P, refused: WAY}",
    "record: pause",
    "transfer: {to: 1001, busy: WAY, otherwise: WAY}",
    "transfer: {number: $(a)}",
    "callback: {queue: orders, when: choose, declined: WAY}",
    "queue: {name: orders, keys: {1: {offer: callback}, 2: {offer: voicemail}, 3: WAY}, hint: H}",
    "goto: nowhere",
    "hangup: {say: Bye}",
)
step = st.tuples(st.sampled_from(STEP_TEXTS), st.sampled_from((*SECTIONS, "nowhere", "hangup", "next")))
flows = st.lists(st.lists(step, min_size=1, max_size=4), min_size=len(SECTIONS), max_size=len(SECTIONS))


def test_the_random_flows_use_every_step() -> None:
    assert {text.split(":")[0] for text in STEP_TEXTS} == set(STEPS)


@lru_cache
def demo() -> Site:
    site, problems = load_site(DEMO)
    assert site is not None, problems
    return site


def expected_answer(session: Session, happening: Happening) -> Happening:
    """A happening that is waited for, in the spirit of the drawn one."""
    kind = session.waits_for[0]
    text = getattr(happening, "digits", getattr(happening, "text", "1"))
    return {
        "PlayEnded": PlayEnded(),
        "KeysPressed": KeysPressed(text),
        "TextArrived": TextArrived(text),
        "Answered": happening if isinstance(happening, Answered) else Answered({"status": 200, "body": {"n": text}}),
        "QueueLeft": QueueLeft(getattr(happening, "reason", "left")),
        "WordsHeard": WordsHeard(text),
        "Performed": happening if isinstance(happening, Performed) else Performed("kept"),
    }[kind]


ONLY = {"voice": {"Play", "Ask", "Listen"}, "text": {"Write", "AwaitText"}}


def check(turn: Turn) -> None:
    """Over, or waiting for something its last effect leads to; nothing the medium cannot do."""
    other = "text" if turn.session.medium == "voice" else "voice"
    assert not {effect.type for effect in turn.effects} & ONLY[other]
    if turn.session.is_over:
        assert not turn.effects or isinstance(turn.effects[-1], EndFlow)
        assert turn.session.waits_for == ()
    else:
        assert turn.session.waits_for
        if turn.effects:
            assert turn.effects[-1].waits_for == turn.session.waits_for
            assert all(not effect.waits_for and effect.type != "EndFlow" for effect in turn.effects[:-1])


def walk(site: Site, medium: str, drawn: list[tuple[int, Happening]]) -> None:
    engine, twin = Engine(site), Engine(site)
    turn = engine.start(flow="main", medium=medium, at=0.0)
    check(turn)
    for number, (luck, happening) in enumerate(drawn):
        session = turn.session
        if luck > 2 and not session.is_over:
            happening = expected_answer(session, happening)
        at = number * 3600.0 * 7
        turn = engine.resume(session, happening, at)
        again = twin.resume(Session.from_json(session.to_json()), happening, at)
        assert (again.session, again.effects, again.fault) == (turn.session, turn.effects, turn.fault)
        check(turn)
        if isinstance(happening, HungUp) and not session.is_over:
            assert turn.session.is_over
        if isinstance(happening, Failed | Resumed) and not session.is_over:
            assert turn.effects, "silence"


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["voice", "text"]), st.lists(noise, max_size=30))
def test_the_demo_site(medium: str, drawn: list[tuple[int, Happening]]) -> None:
    walk(demo(), medium, drawn)


@settings(max_examples=40, deadline=None)
@given(flows, st.sampled_from(["voice", "text"]), st.lists(noise, max_size=20))
def test_random_flows(sections: list[list[tuple[str, str]]], medium: str, drawn: list[tuple[int, Happening]]) -> None:
    lines = ["flow: main"]
    for name, steps in zip(SECTIONS, sections, strict=True):
        lines += [f"{name}:", *(f"  - {text.replace('WAY', way)}" for text, way in steps)]
    site, problems = read_site({"site.yaml": SITE, "flows/main.yaml": "\n".join(lines) + "\n", **ARTICLES}, PROMPTS)
    assert site is not None, [str(problem) for problem in problems]
    walk(site, medium, drawn)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["voice", "text"]), st.lists(noise, max_size=12))
def test_hanging_up_works_everywhere(medium: str, drawn: list[tuple[int, Happening]]) -> None:
    engine = Engine(demo())
    session = engine.start(flow="main", medium=medium, at=0.0).session
    for _, happening in drawn:
        over = engine.resume(session, HungUp("NORMAL_CLEARING"), 0.0)
        assert session.is_over or over.effects == (EndFlow("NORMAL_CLEARING", ""),)
        if not session.is_over:
            session = engine.resume(session, expected_answer(session, happening), 0.0).session
