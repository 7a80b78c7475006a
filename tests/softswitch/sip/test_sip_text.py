"""Header values on literal text: lists, parameters, URIs, addresses, Vias; garbage gives BadText and nothing else."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eslapp.softswitch.sip.causes import format_reason, parse_reason, sip_code
from eslapp.softswitch.sip.text import BadText, clean, format_params, parse_params, quote, split_list, unquote
from eslapp.softswitch.sip.uri import parse_address, parse_uri, parse_via


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a", ["a"]),
        ("a, b ,c", ["a", "b", "c"]),
        ('"x, y" <sip:a@b>, <sip:c,d@e>', ['"x, y" <sip:a@b>', "<sip:c,d@e>"]),
        (r'"a\", b", c', [r'"a\", b"', "c"]),
        ("a,,b", ["a", "", "b"]),
    ],
)
def test_lists(text: str, parts: list[str]) -> None:
    assert split_list(text) == parts


@pytest.mark.parametrize("text", ['a, "b', "a, <b", '"a\\", b'])
def test_open_lists(text: str) -> None:
    with pytest.raises(BadText):
        split_list(text)


def test_params() -> None:
    assert parse_params(' ;tag=a1;lr ; Name="q; \\"v\\"";tag=second') == {"tag": "a1", "lr": "", "name": 'q; "v"'}
    for bad in (";;", ";=x", "tag=1", ";a b", ";a=\x01,"):
        with pytest.raises(BadText):
            parse_params(bad)


@settings(max_examples=25)
@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9.\-]{0,8}", fullmatch=True), st.text(max_size=20), max_size=5))
def test_params_survive(params: dict[str, str]) -> None:
    printable = {name: "".join(c for c in value if c.isprintable()) for name, value in params.items()}
    assert parse_params(format_params(printable)) == printable


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_quoting_survives(text: str) -> None:
    kept = "".join(" " if c < " " or c == "\x7f" else c for c in text)
    assert unquote(quote(text)) == kept


@pytest.mark.parametrize(
    ("text", "user", "host", "port"),
    [
        ("sip:1000@127.0.0.1:5060;transport=udp", "1000", "127.0.0.1", 5060),
        ("sip:host", "", "host", 0),
        ("SIPS:a:secret@[2001:db8::1]:5061", "a", "[2001:db8::1]", 5061),
        ("sip:+8613800138000@example.com;user=phone", "+8613800138000", "example.com", 0),
        ("sip:user;par=u%40example.net@example.com", "user;par=u%40example.net", "example.com", 0),
        ("sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com",
         "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
         "example.com", 0),
    ],
)  # fmt: skip
def test_uris(text: str, user: str, host: str, port: int) -> None:
    uri = parse_uri(text)
    assert (uri.user, uri.host, uri.port, uri.text, uri.is_sip) == (user, host, port, text, True)


def test_other_schemes_are_kept_unread() -> None:
    assert parse_uri("tel:+1-201-555-0123").scheme == "tel"
    assert not parse_uri("soap.beep://192.0.2.103:3002").is_sip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sip:",
        "sip",
        "sip:a@",
        "sip:@host",
        "sip:a@b@c",
        "sip:a@h:99999",
        "sip:a@h:x",
        "sip:a@h<",
        "sip:a @h",
        "sip:h;;",
    ],
)
def test_no_uris(text: str) -> None:
    with pytest.raises(BadText):
        parse_uri(text)


def test_addresses() -> None:
    bob = parse_address('"Bob \\"B\\" é" <sip:bob@host;lr?X=y>;tag=88;expires=60')
    assert (bob.display, bob.uri.user, bob.tag, bob.params["expires"], bob.uri.headers) == (
        'Bob "B" é', "bob", "88", "60", "?X=y",
    )  # fmt: skip
    assert str(bob) == '"Bob \\"B\\" é" <sip:bob@host;lr?X=y>;tag=88;expires=60'
    assert parse_address("caller<sip:c@h>;tag=3").display == "caller"
    bare = parse_address("sip:a@h;tag=7")
    assert (bare.uri.text, bare.tag) == ("sip:a@h", "7")


@pytest.mark.parametrize(
    "text",
    [
        "Bell, Alexander <sip:a@h>",
        "<sip:a@h",
        "sip:a@h?Route=x",
        "sip:a@h,sip:b@h",
        '"open <sip:a@h>',
        "<sip:a@h>x",
        "",
    ],
)
def test_no_addresses(text: str) -> None:
    with pytest.raises(BadText):
        parse_address(text)


def test_vias() -> None:
    via = parse_via("SIP  / 2.0 / udp   [::1] : 5060 ; branch = z9hG4bK1 ;rport")
    assert (via.transport, via.host, via.port, via.branch, via.params["rport"]) == (
        "UDP",
        "[::1]",
        5060,
        "z9hG4bK1",
        "",
    )
    assert str(via) == "SIP/2.0/UDP [::1]:5060;branch=z9hG4bK1;rport"
    for bad in ("", "SIP/3.0/UDP h", "SIP/2.0/UDP", "SIP/2.0/UDP h:99999", "SIP/2.0/UDP h;;"):
        with pytest.raises(BadText):
            parse_via(bad)


def test_clean_hides_what_is_dangerous() -> None:
    latin = b"Jos\xe9\r\nX: \x00y".decode("utf-8", "surrogateescape")
    assert clean(latin) == "José  X:  y"
    assert clean("x" * 5000) == "x" * 1024
    assert clean("总机 \u2028 ok").encode() is not None


@settings(max_examples=25)
@given(
    st.text(max_size=200),
    st.sampled_from([split_list, parse_params, parse_uri, parse_address, parse_via, clean, parse_reason]),
)
def test_garbage(text: str, function) -> None:  # type: ignore[no-untyped-def]
    try:
        function(text)
    except BadText:
        pass


@pytest.mark.parametrize(
    "attack",
    [" " * 8000 + "x", "<" * 8000, '"' + "\\" * 8000, ";" + "a" * 8000 + "=", "a " * 4000 + "<",
     '"a' * 4000, " \t" * 4000 + ",<",
     "SIP/2.0/UDP h" + " " * 8000 + "x", "sip:" + "@" * 8000, "," * 8000, ";a=" * 2600],
)  # fmt: skip
def test_no_value_takes_long(attack: str) -> None:
    began = time.perf_counter()
    for function in (split_list, parse_params, parse_uri, parse_address, parse_via, clean, parse_reason):
        try:
            function(attack)
        except BadText:
            pass
    assert time.perf_counter() - began < 0.1


def test_reasons() -> None:
    assert format_reason(806, "USER_NOT_REGISTERED") == 'SIP;cause=806;text="USER_NOT_REGISTERED"'
    assert parse_reason('Q.850;cause=17;text="USER_BUSY"') == 17
    assert parse_reason('SIP;cause=486;text="Busy"') == 0  # FreeSWITCH goes by the status then
    assert parse_reason('SIP;cause=200;text="elsewhere", Q.850;cause=19') == 19
    assert parse_reason('q.850 ; text="x" ; cause = 16') == 16
    assert parse_reason("nonsense") == parse_reason("Q.850;cause=999") == 0


@pytest.mark.parametrize(
    ("cause", "code"), [(16, 480), (17, 486), (19, 480), (21, 603), (1, 404), (41, 503), (27, 502), (9999, 480)]
)
def test_final_codes_are_freeswitchs(cause: int, code: int) -> None:
    assert sip_code(cause) == code
