"""The guide for admins: every example is loaded, checked and talked through, in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ivr_sites import PROMPTS, WEDNESDAY_10, Contact

import ivr.checks
from ivr import Site, read_site
from ivr.catalog import rendered
from ivr.effects import EnterQueue, Piece, Speech
from ivr.steps import STEPS
from ivr.trial import run_tests
from ivr.waits import Answered, Failed, KeysMissing, KeysPressed, PlayEnded, TextArrived, WordsHeard

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {"en": DOCS / "flows.md", "zh": DOCS / "flows.zh-CN.md"}
SELF_SERVICE = {"en self-service": DOCS / "self-service.md", "zh self-service": DOCS / "self-service.zh-CN.md"}
ALL = PAGES | SELF_SERVICE
ARTICLE = re.compile(r"^# (articles/\w+\.yaml)\n")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CALL, SHOP, CONTACT, QUEUE, SILENT = (
    ("call", "电话"),
    ("shop", "商家"),
    ("contact", "客户"),
    ("queue", "队列"),
    ("...",),
)
SYSTEM = ("service", "系统")  # what a service of the daemon answers: JSON, or a word why it failed


def blocks(language: str) -> list[tuple[str, str]]:
    return [(match[1], match[2]) for match in BLOCK.finditer(ALL[language].read_text("utf-8"))]


def site_text(language: str) -> str:
    return next(text for kind, text in blocks(language) if kind == "yaml" and "site:" in text[:20])


def site_of(language: str, flow: str) -> Site:
    header = "" if flow.lstrip().startswith("flow:") else "flow: main\n"
    articles = {match[1]: text for _, text in blocks(language) if (match := ARTICLE.match(text))}
    files = {"site.yaml": site_text(language), "flows/main.yaml": header + flow, **articles}
    site, problems = read_site(files, PROMPTS)
    assert site is not None, [str(problem) for problem in problems]
    return site


def flows_of(language: str) -> list[str]:
    """Every YAML block that is neither the site nor an article."""
    texts = [text for kind, text in blocks(language) if kind == "yaml" and text != site_text(language)]
    return [text for text in texts if not ARTICLE.match(text)]


@pytest.mark.parametrize("language", ALL)
def test_every_flow_is_read_and_has_no_problem_of_its_own(language: str) -> None:
    flows = flows_of(language)
    assert len(flows) >= 5
    for flow in flows:
        # a queue that only other examples use has nobody to complain about
        assert [str(problem) for problem in ivr.checks.run(site_of(language, flow))] == [], flow


@pytest.mark.parametrize("language", ALL)
def test_every_conversation_goes_as_written(language: str) -> None:
    flow, talks = "", 0
    for kind, text in blocks(language):
        if kind == "yaml":
            flow = text
        elif kind == "conversation":
            talk(site_of(language, flow), language, text.splitlines())
            talks += 1
    assert talks >= 5


def talk(site: Site, language: str, lines: list[str]) -> None:
    """Play one conversation: what the shop says must come in this order, the contact answers."""
    medium = "voice" if lines[0] in CALL else "text"
    contact = Contact(site, medium, at=WEDNESDAY_10, language=language[:2], contact__number="13800138000")
    heard = list(sentences(site, contact))
    for line in lines[1:]:
        who, _, words = (part.strip() for part in line.replace("：", ":").partition(":"))
        if who in SHOP:
            assert heard and heard.pop(0) == line.replace("：", ":", 1).partition(":")[2].strip(), (line, heard)
        elif who in SYSTEM:
            assert not heard and "Answered" in contact.turn.session.waits_for, (line, heard)
            contact.does(Answered(json.loads(words)) if words.startswith("{") else Failed(words))
            heard = list(sentences(site, contact))
        elif who in QUEUE:
            assert isinstance(contact.last, EnterQueue) and contact.last.queue == words
        else:
            assert who in CONTACT and not heard, (line, heard)
            answers(contact, medium, words)
            heard = list(sentences(site, contact))
    assert not heard


def answers(contact: Contact, medium: str, words: str) -> None:
    if words in SILENT:
        contact.does(KeysMissing())
    elif medium == "voice":
        contact.does(KeysPressed(words) if set(words) <= set("0123456789*#") else WordsHeard(words))
    else:
        contact.does(TextArrived(words))


def sentences(site: Site, contact: Contact) -> Iterator[str]:
    """What is said until the contact is asked again."""
    while True:
        for effect in contact.effects:
            for part in (*getattr(effect, "speech", ()), *getattr(effect, "greeting", ())):
                yield spoken(site, part)
            if effect.type == "Write":
                yield from effect.text.splitlines()
        if not contact.effects or contact.last.type != "Play":
            return
        contact.does(PlayEnded())


def spoken(site: Site, part: Speech) -> str:
    if isinstance(part, Piece):
        return ("" if part.language == "zh" else " ").join(word.text for word in rendered(site, (part,)))
    return getattr(part, "text", "")


@pytest.mark.parametrize("language", PAGES)
def test_the_tests_shown_pass_on_the_first_flow(language: str) -> None:
    shown = [text for kind, text in blocks(language) if kind == "tests"]
    flow = next(text for kind, text in blocks(language) if kind == "yaml" and text != site_text(language))
    for text in shown:
        count, problems = run_tests(site_of(language, flow), {"flows/main.tests.yaml": text})
        assert ([str(problem) for problem in problems], count) == ([], 2)


@pytest.mark.parametrize("language", PAGES)
def test_the_problems_shown_are_the_problems_found(language: str) -> None:
    shown = [text for kind, text in blocks(language) if kind == "problems"]
    assert shown
    for text in shown:
        flow, _, expected = text.partition("---\n")
        _, problems = read_site({"site.yaml": site_text(language), "flows/main.yaml": "flow: main\n" + flow}, PROMPTS)
        assert [str(problem) for problem in problems] == expected.strip().splitlines()


@pytest.mark.parametrize("language", PAGES)
def test_every_step_and_its_words_are_named(language: str) -> None:
    table = [line for line in PAGES[language].read_text("utf-8").splitlines() if line.startswith("| `")]
    rows = {re.match(r"\| `(\w+)`", line)[1]: line for line in table}  # type: ignore[index]
    assert set(rows) == set(STEPS)
    for verb in ("menu", "gather", "queue", "hangup"):
        step = STEPS[verb]
        names = {field.alias or name for name, field in step.model_fields.items()} - {"on", "fails"}
        for name in names - {step.short}:
            assert re.search(rf"\b{name}\b", rows[verb]), (verb, name)
