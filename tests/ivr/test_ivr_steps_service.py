"""Steps of self-service: ticket, survey, identify, faq."""

import pytest
from ivr_sites import ARTICLES, SITE, Contact, complaints, make

import ivr.checks
from ivr import read_site
from ivr.articles import Article, ArticleIndex, tokens
from ivr.effects import Ask, Piece, Play, SetVariables, Spoken, Write
from ivr.fields import Text
from ivr.service_calls import (
    AskSystem,
    CheckCode,
    FindMember,
    KeepIdentity,
    KeepSurvey,
    OpenTicket,
    SendCode,
    TakeDialInCode,
)
from ivr.waits import (
    Answered,
    Failed,
    HungUp,
    KeysMissing,
    KeysPressed,
    PlayEnded,
    QueueLeft,
    Resumed,
    TextArrived,
    TextMissing,
)

WAYS = "person:\n  - hangup: {outcome: handled}\nother:\n  - hangup: {outcome: overflowed}\n"
TICKET = """
start:
  - set: {order: "12345", mood: bad}
  - ticket:
      subject: {zh: 报修, en: Repair of $(order)}
      text: {zh: 客户说$(mood), en: They say $(mood)}
      type: repair
      level: high
      due: 24 h
      with: [order]
      save: case
      fails: person
  - say: Case $(case)
  - hangup
"""


def test_a_ticket_is_opened_with_values_and_its_number_is_said_digit_by_digit() -> None:
    contact = Contact(make(TICKET + WAYS), "voice", contact__level="vip")
    opened = contact.last
    assert isinstance(opened, OpenTicket)
    assert (opened.kind, opened.level, opened.subject, opened.text) == ("repair", "high", "报修", "客户说bad")
    assert (dict(opened.values), opened.due_s) == ({"order": "12345"}, 86400.0)
    assert contact.does(Resumed()).last == opened  # after a crash: the same key, so the same ticket
    contact.does(Answered({"number": "10023"}))
    assert contact.effects[0] == SetVariables({"case": "10023"})
    assert contact.last == Play((Spoken("Your ticket number is", "en"), Piece("digits", "10023", "en")))
    assert contact.does(Resumed()).said == ["Your ticket number is", "10023"]
    assert contact.does(PlayEnded()).said == ["Case", "10023"]


def test_a_ticket_on_a_chat_is_written_and_can_fail() -> None:
    site = make(TICKET + WAYS)
    assert Contact(site, "text").does(Answered({"number": "10023"})).said == [
        "Your ticket number is 10023.",
        "Case 10023",
    ]
    for answer in (Answered({}), Answered({"number": "abc"}), Failed("the store is down")):
        assert Contact(site, "text").does(answer).ended == ("NORMAL_CLEARING", "handled")
    assert Contact(site, "voice").does(HungUp("X")).ended == ("X", "")
    quiet = make("start:\n  - ticket: {subject: S, tell: no}\n  - hangup\n")
    assert Contact(quiet, "voice").does(Answered({"number": "10001"})).ended == ("NORMAL_CLEARING", "self_service")
    assert "cannot hold a sound file" in complaints("start:\n  - ticket: hello-en.wav\n  - hangup\n")[0]


SURVEY = "start:\n  - queue: orders\n  - survey: short\n  - hangup\n"
TWO = SITE.replace("surveys: {short: {", "surveys: {short: {scale: satisfied, thanks: {zh: 谢谢, en: Cheers}, ")


def after_the_talk(medium: str, site: str = SITE) -> Contact:
    return Contact(make(SURVEY, site), medium).does(QueueLeft("connected-ended"))


def test_a_survey_on_a_call_takes_a_key_keeps_it_and_says_thanks() -> None:
    contact = after_the_talk("voice")
    assert isinstance(contact.last, Ask) and contact.last.max == 1
    assert contact.said == ["Were you happy with us?", "Please press a key from 1 to 5, where 5 means very satisfied."]
    contact.does(KeysPressed("7"), KeysPressed("2"))
    kept = contact.last
    assert isinstance(kept, KeepSurvey)
    assert (kept.survey, kept.score, kept.best, kept.is_low) == ("short", 2, 5, True)
    assert contact.does(Resumed()).last == kept
    assert contact.does(Answered()).said == ["Thank you for telling us."]
    assert contact.does(Resumed()).said == ["Thank you for telling us."]
    assert contact.does(PlayEnded()).ended == ("NORMAL_CLEARING", "handled")


@pytest.mark.parametrize("answer, score", [("5", 5), ("五分", 5), ("very satisfied", 5), ("So-so.", 3), (" ４ ", 4)])
def test_a_survey_on_a_chat_takes_number_or_words(answer: str, score: int) -> None:
    contact = after_the_talk("text")
    assert isinstance(contact.effects[0], Write) and contact.effects[0].options[0] == ("5", "Very satisfied")
    contact.does(TextArrived(answer))
    assert (contact.last.score, contact.last.is_low) == (score, False)  # type: ignore[attr-defined]


def test_satisfied_or_not_and_nobody_is_pressed() -> None:
    contact = after_the_talk("voice", TWO).does(KeysPressed("2"))
    assert (contact.last.score, contact.last.best, contact.last.is_low) == (0, 1, True)  # type: ignore[attr-defined]
    assert contact.does(Answered()).said == ["Cheers"]
    assert after_the_talk("voice", TWO).does(KeysPressed("1")).last.is_low is False  # type: ignore[attr-defined]
    assert after_the_talk("text").does(TextMissing()).ended == ("NORMAL_CLEARING", "handled")
    assert after_the_talk("voice").does(KeysMissing(), KeysMissing()).ended == ("NORMAL_CLEARING", "handled")
    assert after_the_talk("voice").does(KeysPressed("1"), Failed("x")).ended == ("NORMAL_CLEARING", "handled")


def test_by_number_a_known_contact_is_verified_without_a_word() -> None:
    flow = "start:\n  - identify: {by: number, otherwise: other}\n  - hangup: {outcome: handled}\n" + WAYS
    known = Contact(make(flow), "voice", contact__known=True)
    assert known.last == KeepIdentity(key="main.start[0]#0", by="number")
    known.does(Answered())
    assert known.turn.session.variables["contact.verified"] is True
    assert known.turn.session.variables["contact.verified_by"] == "number"
    assert Contact(make(flow), "voice").ended == ("NORMAL_CLEARING", "overflowed")


MEMBER = """
start:
  - identify: {by: member, digits: 4-8, LOOKUP tries: 2, otherwise: other, fails: person}
  - say: Hello $(contact.name) $(contact.verified_by) $(member)
  - hangup
"""
ASKS = "lookup: {url: 'https://crm.example/m/$(member)', save: {name: $.name, points: $.p}},"


def test_by_member_number_through_the_business_system() -> None:
    contact = Contact(make(MEMBER.replace("LOOKUP", ASKS) + WAYS), "voice").does(KeysPressed("20017"))
    assert isinstance(contact.last, AskSystem) and contact.last.url == ("https://crm.example/m/20017",)
    assert contact.does(Resumed()).last.type == "AskSystem"
    contact.does(Answered({"status": 404}))
    assert contact.said == [
        "Sorry, we cannot find that member number.",
        "Please enter your member number and press pound.",
    ]
    contact.does(KeysPressed("20018"), Answered({"status": 200, "body": {"name": "Wang", "p": 7}}))
    assert contact.last == KeepIdentity(key="main.start[0]#0", by="member", member="20018", name="Wang")
    assert contact.does(Resumed(), Answered()).said == ["Hello", "Wang", "member", "20018"]
    assert contact.turn.session.variables["points"] == 7
    unknown = Contact(make(MEMBER.replace("LOOKUP", ASKS) + WAYS), "voice").does(
        KeysPressed("20017"), Answered({"status": 404}), KeysPressed("20017"), Answered({"status": 404})
    )
    assert unknown.ended == ("NORMAL_CLEARING", "overflowed")
    down = Contact(make(MEMBER.replace("LOOKUP", ASKS) + WAYS), "text").does(TextArrived("2001 7"), Failed("slow"))
    assert down.ended == ("NORMAL_CLEARING", "handled")


def test_by_member_number_among_our_contacts_or_gathered_before() -> None:
    contact = Contact(make(MEMBER.replace("LOOKUP", "") + WAYS), "text").does(TextArrived("20017"))
    assert contact.last == FindMember(key="main.start[0]#0", member="20017")
    contact.does(Answered({"is_found": True, "name": "Li", "level": "vip"}), Answered())
    assert contact.said == ["Hello Li member 20017"] and contact.turn.session.variables["contact.level"] == "vip"
    given = MEMBER.replace("LOOKUP", "value: $(number),").replace("start:\n", "start:\n  - set: {number: '99'}\n")
    assert Contact(make(given + WAYS), "voice").last == FindMember(key="main.start[1]#1", member="99")
    lost = Contact(make(given + WAYS), "voice").does(Answered({"is_found": False}))
    assert lost.ended == ("NORMAL_CLEARING", "overflowed")


CODE = """
start:
  - identify: {by: code, to: website, valid: 2 min, tries: 2, otherwise: other, fails: person}
  - hangup: {outcome: self_service}
"""


def test_by_code_is_sent_asked_for_and_checked() -> None:
    contact = Contact(make(CODE + WAYS), "voice")
    sent = contact.last
    assert isinstance(sent, SendCode)
    assert (sent.channel, sent.digits, sent.valid_s, sent.tries) == ("website", 6, 120.0, 2)
    assert sent.text == "Your code is {code}. It is valid for 2 minutes. Do not tell it to anybody."
    assert contact.does(Resumed()).last == sent
    contact.does(Answered())
    assert contact.said == ["We have sent you a code. Please enter its digits."]
    contact.does(KeysPressed("111111"))
    assert contact.last == CheckCode(key=sent.key, code="111111")
    assert "111111" not in contact.turn.session.to_json()  # nothing secret is stored
    assert contact.does(Resumed()).said == ["We have sent you a code. Please enter its digits."]
    contact.does(KeysPressed("111111"), Answered({"verdict": "wrong"}))
    assert contact.said[0] == "Sorry, that code is not right."
    contact.does(KeysPressed("222222"), Answered({"verdict": "right"}), Answered())
    assert contact.turn.session.variables["contact.verified_by"] == "code"
    over = Contact(make(CODE + WAYS), "text").does(Answered(), TextArrived("123456"), Answered({"verdict": "over"}))
    assert over.ended == ("NORMAL_CLEARING", "overflowed")
    assert Contact(make(CODE + WAYS), "text").does(Failed("no address")).ended == ("NORMAL_CLEARING", "handled")
    assert Contact(make(CODE + WAYS), "text").does(Answered(), HungUp("X")).ended == ("X", "")


def test_by_chat_asks_callers_for_the_code_of_the_chat_page() -> None:
    flow_text = "start:\n  - identify: {by: chat, tries: 2, otherwise: other}\n  - hangup: {outcome: self_service}\n"
    contact = Contact(make(flow_text + WAYS), "voice")
    assert contact.said == ["Please enter the six digits shown in the chat. Without them, press pound."]
    contact.does(KeysPressed("482113"))
    assert isinstance(contact.last, TakeDialInCode) and contact.last.code == "482113"
    contact.does(Answered({"verdict": "wrong"}))
    assert contact.said[0] == "Sorry, that code is not right."
    contact.does(KeysPressed("482114"), Answered({"verdict": "right"}), Answered())
    assert contact.turn.session.variables["contact.verified_by"] == "chat"
    assert Contact(make(flow_text + WAYS), "text").ended == ("NORMAL_CLEARING", "overflowed")  # it is a chat


@pytest.mark.parametrize("words, complaint", [
    ("{by: code}", "needs a channel"), ("{by: number, to: website}", "has no meaning with 'by: number'"),
    ("{by: code, to: website, message: Hello}", "does not hold the code"),
    ("{by: code, to: website, value: 1}", "has no meaning"), ("{by: fingerprint}", "cannot be 'fingerprint'"),
])  # fmt: skip
def test_identify_refuses_words_that_do_not_fit(words: str, complaint: str) -> None:
    assert complaint in complaints(f"start:\n  - identify: {words}\n  - hangup\n")[0]


FAQ = """
start:
  - faq:
      prompt: Returns 1, warranty 2
      ask: Your question?
      keys: {1: returns, 2: warranty}
      agent: person
      tries: 2
  - hangup: {outcome: self_service}
"""


def test_faq_on_a_chat_offers_what_fits_and_a_person() -> None:
    contact = Contact(make(FAQ + WAYS), "text")
    assert contact.said == ["Your question?"]
    contact.does(TextArrived("can i send the shoes back"))
    assert contact.effects[0].options == (("1", "How do I return something?"), ("0", "Talk to a person"))  # type: ignore[attr-defined]
    contact.does(TextArrived("1"))
    assert contact.said[0].splitlines()[:2] == [
        "You can return it within seven days.",
        "Does that answer your question?",
    ]
    assert contact.does(TextArrived("2")).said == ["Your question?"]
    contact.does(TextArrived("保修期"), TextArrived("how long is the warranty?"), TextArrived("1"))
    assert contact.ended == ("NORMAL_CLEARING", "self_service")


@pytest.mark.parametrize("talk, outcome", [
    (["人工"], "handled"), (["0"], "handled"), (["refund", "agent"], "handled"), (["refund", "1", "0"], "handled"),
    (["asdf", "qwer"], "handled"), (["refund", "1", "yes, thank you"], "self_service"),
    (["refund", "保修多久", "1", "1"], "self_service"),  # another question instead of an answer
])  # fmt: skip
def test_faq_on_a_chat_never_strands(talk: list[str], outcome: str) -> None:
    contact = Contact(make(FAQ + WAYS), "text").does(*map(TextArrived, talk))
    assert contact.ended == ("NORMAL_CLEARING", outcome)


def test_faq_on_a_call_speaks_the_answer() -> None:
    contact = Contact(make(FAQ + WAYS), "voice")
    assert contact.said == ["Returns 1, warranty 2"]
    contact.does(KeysPressed("2"))
    assert contact.said[0] == "The warranty is two years."
    assert contact.does(Resumed()).said[0] == "The warranty is two years."
    assert contact.does(KeysPressed("*")).said[0] == "The warranty is two years."
    assert contact.does(KeysPressed("2")).said == ["Returns 1, warranty 2"]
    assert contact.does(KeysPressed("0")).ended == ("NORMAL_CLEARING", "handled")
    heard = Contact(make(FAQ + WAYS), "voice").does(KeysPressed("1"), KeysMissing())
    assert heard.ended == ("NORMAL_CLEARING", "self_service")


def test_articles_are_found_in_both_languages_and_rare_words_weigh_more() -> None:
    def article(question: str, answer: str = "A", *keywords: str) -> Article:
        return Article(question=Text({"*": question}), answer=Text({"*": answer}), keywords=list(keywords))

    index = ArticleIndex(
        {
            "returns": article("如何退货？", "七天内", "refund"),
            "invoice": article("怎么开发票？", "在订单页", "tax"),
            "delivery": article("订单什么时候发货？", "两天内", "shipping", "track my order"),
        }
    )
    right = {"我想退货": "returns", "开发票": "invoice", "发货时间": "delivery", "REFUNDS please": "returns"}
    for asked, name in {**right, "where is the order? track": "delivery"}.items():
        assert index.search(asked)[0].article == name, asked
    assert index.search("货退") == [] or index.search("货退")[0].score < index.search("退货")[0].score
    assert index.search("今天天气") == [] and index.search("") == [] and ArticleIndex({}).search("退货") == []
    assert tokens("x " * 10_000) and len(tokens("字" * 9000)) <= 200


def test_broken_articles_are_problems_at_their_line() -> None:
    files = {"site.yaml": SITE, "flows/main.yaml": "flow: main\nstart:\n  - hangup\n", **ARTICLES}
    _, problems = read_site({**files, "articles/bad.yaml": "question: Q\nanwser: A\n"})
    assert [str(problem) for problem in problems] == [
        "articles/bad.yaml:2:1: unknown key 'anwser' in the article; did you mean 'answer'?",
    ]


@pytest.mark.parametrize(
    "check, right, wrong",
    [
        ("luhn", "4242424242424242", "4242424242424241"),
        ("date", "20280229", "20270229"),
        ("time", "0930", "2460"),
        ("mobile", "13800138000", "12800138000"),
        ("identity", "11010519491231002*", "110105194912310021"),
        ("answer >= 1 and answer <= 31", "31", "32"),
        ("answer != order", "43", "42"),
    ],
)
def test_gather_takes_only_what_can_be_right(check: str, right: str, wrong: str) -> None:
    step = f"gather: {{as: x, prompt: P, digits: 1-20, valid: '{check}', tries: 1, otherwise: other}}"
    site = make(f"start:\n  - set: {{order: '42'}}\n  - {step}\n  - hangup: {{outcome: self_service}}\n{WAYS}")
    assert Contact(site, "voice").does(KeysPressed(right)).turn.session.variables["x"] == right
    assert Contact(site, "voice").does(KeysPressed(wrong)).ended == ("NORMAL_CLEARING", "overflowed")
    typed = right.replace("*", "X")
    assert Contact(site, "text").does(TextArrived(typed)).turn.session.variables["x"] == right


def test_gather_takes_words_on_chats() -> None:
    step = "gather: {as: issue, prompt: What?, letters: 3-20, confirm: yes, otherwise: other}"
    contact = Contact(make(f"start:\n  - {step}\n  - say: $(issue)\n  - hangup\n{WAYS}"), "text")
    contact.does(TextArrived("a"), TextArrived("the\r\nlight  is off"), TextArrived("yes"))
    assert contact.said == ["the light is off"]
    assert Contact(make(f"start:\n  - {step}\n  - hangup\n{WAYS}"), "voice").turn.fault
    for words in ("{as: x, prompt: P}", "{as: x, prompt: P, digits: 1, letters: 2}"):
        assert "either digits or letters" in complaints(f"start:\n  - gather: {words}\n  - hangup\n")[0]
    told = complaints("start:\n  - gather: {as: x, prompt: P, digits: 1, valid: lunh}\n  - hangup\n")
    assert "did you mean 'luhn'?" in told[0]


def test_every_path_of_self_service_is_proved() -> None:
    from ivr.steps import STEPS

    for verb in ("lookup", "call", "ticket", "survey", "identify", "faq"):
        told = [str(problem) for problem in ivr.checks.run(make(STEPS[verb].EXAMPLE)) if problem.code == "cut_off"]
        assert told == [], verb
