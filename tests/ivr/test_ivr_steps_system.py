"""Steps that ask others or go elsewhere and come back: lookup, call, return."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ivr_sites import SITE, Contact, complaints, make

import ivr.checks
from ivr.filled import address_fault, filled
from ivr.json_paths import PathError, find, parse_path
from ivr.service_calls import AskSystem, Secret
from ivr.waits import Answered, Failed, HungUp, KeysPressed, PlayEnded, QueueLeft, Resumed

LOOKUP = """
start:
  - gather: {as: order, prompt: Number, digits: 1-8, otherwise: person}
  - lookup:
      url: $(env.SHOP_URL)/orders/$(order)
      method: POST
      headers: {Authorization: Bearer $(env.SHOP_KEY), X-Level: $(contact.level)}
      body: {order: $(order), tries: $(1 + 1), vip: false}
      within: 2 s
      save: {state: $.state, count: "$.lines[1].n", note: $.note?}
      missing: unknown
      fails: person
  - say: $(state) $(count)
  - hangup
unknown:
  - hangup: {outcome: abandoned}
person:
  - hangup: {outcome: handled}
"""


def asking(**known: object) -> Contact:
    return Contact(make(LOOKUP), "voice", **known).does(KeysPressed("42"))


def test_lookup_asks_with_values_and_leaves_secrets_to_the_daemon() -> None:
    contact = asking(contact__level="v\r\nip")
    asked = contact.last
    assert isinstance(asked, AskSystem)
    assert asked.url == (Secret("SHOP_URL"), "/orders/42")
    assert asked.headers == {"Authorization": ("Bearer ", Secret("SHOP_KEY")), "X-Level": ("v ip",)}
    assert dict(asked.body) == {"order": "42", "tries": 2, "vip": False}
    assert asked.within_s == 2.0
    assert contact.does(Resumed()).last == asked  # asked again after a crash: the same question with the same key
    assert contact.does(HungUp("ORIGINATOR_CANCEL")).ended == ("ORIGINATOR_CANCEL", "")


def test_lookup_keeps_typed_values() -> None:
    contact = asking().does(Answered({"status": 200, "body": {"state": "sent", "lines": [{}, {"n": 2.5}]}}))
    kept = contact.turn.session.variables
    assert (kept["state"], kept["count"], kept["note"]) == ("sent", 2.5, "")


@pytest.mark.parametrize(
    "answer, outcome",
    [
        ({"status": 404, "body": {}}, "abandoned"),
        ({"status": 200, "body": {"state": "sent"}}, "abandoned"),  # a value is not there
        ({"status": 200, "body": {"state": None, "lines": [0, {"n": 1}]}}, "abandoned"),
        ({"status": 200, "body": "text"}, "abandoned"),
        ({"status": 500, "body": {}}, "handled"),
        ({"status": "200"}, "handled"),
        ({}, "handled"),
    ],
)
def test_lookup_has_its_ways_out(answer: dict, outcome: str) -> None:
    assert asking().does(Answered(answer)).ended == ("NORMAL_CLEARING", outcome)
    failed = asking().does(Failed("no answer in 2 s"))
    assert failed.ended == ("NORMAL_CLEARING", "handled") and "no answer" in failed.turn.fault


def test_nothing_a_contact_says_chooses_whom_we_ask() -> None:
    assert filled("https://a.example/$(x)?y=$(x)", {"x": "../b?c=d&e#f@g"}.get, is_address=True) == (
        "https://a.example/..%2Fb%3Fc%3Dd%26e%23f%40g?y=..%2Fb%3Fc%3Dd%26e%23f%40g",
    )
    assert filled("$(x)", {"x": "$(env.SECRET)"}.get) == ("$(env.SECRET)",)  # text, not the secret
    for good in ("https://a.example/", "https://a.example", "$(env.URL)", "$(env.URL)/x/$(y)", "$(env.URL)?q=$(y)"):
        assert address_fault(good) == "", good
    for bad in ("$(host)/x", "https://$(x)/", "https://a$(x)", "$(env.URL)$(x)", "ftp://x/", "//x/", "$(env.URL).$(x)"):
        assert address_fault(bad), bad
    told = complaints("start:\n  - lookup: https://shop$(order).example/\n  - hangup\n")
    assert "the host of an address cannot be computed" in told[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_whatever_a_contact_says_the_host_stays_and_no_line_ends(said: str) -> None:
    (url,) = filled("https://a.example/$(x)/y?z=$(x)", {"x": said}.get, is_address=True)
    assert isinstance(url, str) and urlsplit(url).netloc == "a.example" and url.isprintable() and "#" not in url
    assert urlsplit(url).path.count("/") == 2
    (header,) = filled("Bearer $(x)", {"x": said}.get)
    assert isinstance(header, str) and not set(header) & set("\r\n\0")


def test_checks_know_what_a_lookup_keeps_and_that_it_can_fail() -> None:
    flow = (
        "start:\n  - lookup: {url: 'https://a.example/$(order)', save: {state: $.s}}\n  - say: $(state)\n  - hangup\n"
    )
    told = [f"{problem.code}: {problem.text}" for problem in ivr.checks.run(make(flow))]
    assert "unknown_value: nobody sets 'order'" in told
    assert "missing_way: lookup does not say what happens when the system does not answer" in told
    assert not any("'state'" in line for line in told)
    secret = [str(problem) for problem in ivr.checks.run(make("start:\n  - say: $(env.KEY)\n  - hangup\n"))]
    assert any("is the operator's" in line for line in secret)


@pytest.mark.parametrize("path, value", [
    ("$", None), ("$.a", None), ("$.a.b", 1), ("$.l[0]", "x"), ("$.l.1", True), ("$.l[9]", None), ('$["k k"]', 2.5),
    ("$.a.b.c", None), ("$.zero", 0), ("$.null", None), ("$.名字", "王"), ("$.long", "y" * 1000),
])  # fmt: skip
def test_paths_find_single_values(path: str, value: object) -> None:
    body = {"a": {"b": 1}, "l": ["x", True], "k k": 2.5, "zero": 0, "null": None, "名字": "王", "long": "y" * 5000}
    assert find(parse_path(path), body) == value


@pytest.mark.parametrize("path", ["", "a.b", "$a", "$.", "$..a", "$.a[", "$.a[x]", "$.a[-1]", "$.*", "$" + ".a" * 200])
def test_paths_that_cannot_be_read(path: str) -> None:
    with pytest.raises(PathError):
        parse_path(path)


CALLS = """
start:
  - set: {a: 1, mine: 5, outer: 9}
  - call: {flow: inner, with: {a: $(a + 1)}, save: {b: result}}
  - say: $(a) $(b) $(mine) $(secret)
  - hangup
inner:
  - set: {mine: 7, secret: 8}
  - gather: {as: digit, prompt: Digit, digits: 1, otherwise: give_up}
  - return: {result: $(a * 10 + digit)}
give_up:
  - return: {result: none}
"""


def test_a_subflow_has_its_own_values_and_gives_results_over_a_wait() -> None:
    contact = Contact(make(CALLS), "voice")
    assert contact.turn.session.stack
    assert dict(contact.turn.session.variables) == {"a": 2, "mine": 7, "secret": 8}
    contact.does(Resumed(), KeysPressed("4"))
    assert contact.said == ["1", "24", "5"]
    assert contact.turn.session.stack == ()
    assert Contact(make(CALLS), "voice").does(HungUp("X")).ended == ("X", "")


def test_subflows_stand_in_other_files_and_nest_until_it_is_too_deep() -> None:
    from ivr_sites import PROMPTS, SITE

    from ivr import Engine, read_site

    main = "flow: main\nstart:\n  - call: {flow: other.twice, with: {n: 2}, save: {n: n}}\n  - say: $(n)\n  - hangup\n"
    other = (
        "flow: other\nfirst:\n  - hangup\ntwice:\n  - set: {n: $(n * 2)}\n"
        "  - branch: [{when: n < LIMIT, go: deeper}]\n  - return\n"
        "deeper:\n  - call: {flow: twice, with: {n: $(n)}, save: {n: n}, fails: [return: {n: 0}]}\n  - return\n"
    )
    for limit, said in ((100, "128"), (1000, "0")):
        files = {"site.yaml": SITE, "flows/main.yaml": main, "flows/other.yaml": other.replace("LIMIT", str(limit))}
        site, problems = read_site(files, PROMPTS)
        assert site is not None, problems
        turn = Engine(site).start(flow="main", medium="text", at=0.0)
        assert turn.effects[-2].text == said and turn.session.is_over  # type: ignore[attr-defined]


def test_without_a_call_return_ends_the_flow_and_after_a_talk_the_caller_goes_on() -> None:
    assert Contact(make("start:\n  - return\n"), "voice").ended == ("NORMAL_CLEARING", "self_service")
    flow = "start:\n  - call: inner\n  - say: Bye\n  - hangup\ninner:\n  - queue: orders\n"
    talked = Contact(make(flow), "voice").does(QueueLeft("connected-ended"))
    assert talked.said == ["Bye"] and talked.does(PlayEnded()).ended == ("NORMAL_CLEARING", "handled")
    broken = Contact(make(flow.replace("queue: orders", "goto: nowhere")), "voice")
    assert broken.turn.session.in_fallback and broken.turn.session.stack == ()
    assert "a call names a section" in complaints("start:\n  - call: hangup\n  - hangup\n")[0]


def test_what_a_system_answers_is_said_in_the_words_of_the_site_and_rendered_before() -> None:
    from ivr.catalog import all_speech
    from ivr.effects import Spoken

    words = SITE + "words: {sent: {zh: 已发货, en: on its way}}\n"
    flow = (
        "start:\n  - set: {state: sent}\n  - say: {zh: 订单$(state | word), en: It is $(state | word).}\n  - hangup\n"
    )
    site = make(flow, words)
    assert Contact(site, "text", language="zh").said == ["订单已发货"]
    assert Contact(site, "text").said == ["It is on its way."]
    assert Contact(site, "voice").said == ["It is", "on its way"]
    assert {Spoken("已发货", "zh"), Spoken("on its way", "en")} <= all_speech(site)
    assert Contact(make(flow.replace("sent", "lost"), words), "text").said == ["It is lost."]
    half = SITE + "words: {sent: {en: on its way}}\n"
    assert any("the word for sent is missing in zh" in str(problem) for problem in ivr.checks.run(make(flow, half)))
