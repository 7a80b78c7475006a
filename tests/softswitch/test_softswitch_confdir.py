"""Reading a FreeSWITCH configuration: the stock layout, what it gives, and every refusal with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from switch_lab import DATA

from eslapp.softswitch.__main__ import check_addresses, main, open_doors
from eslapp.softswitch.confdir import check_password, is_loopback, load
from eslapp.softswitch.preprocess import ConfigurationError, preprocess
from eslapp.softswitch.switch import Switch

MINIMAL = """<document>
<section name="configuration">
<configuration name="event_socket.conf"><settings><param name="password" value="{password}"/>
<param name="listen-ip" value="{esl}"/></settings></configuration>
<configuration name="sofia.conf"><profiles><profile name="lab"><settings><param name="sip-ip" value="{sip}"/>
</settings></profile></profiles></configuration>
</section></document>
"""


def write(folder: Path, text: str, name: str = "freeswitch.xml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def minimal(folder: Path, *, password: str = "of-its-own", esl: str = "127.0.0.1", sip: str = "127.0.0.1") -> Path:
    return write(folder, MINIMAL.format(password=password, esl=esl, sip=sip))


def test_the_stock_layout_is_read() -> None:
    conf = load(DATA / "conf")
    assert (conf.esl_host, conf.esl_port, conf.esl_password) == ("127.0.0.1", 8021, "lab-secret")
    assert (conf.profile.name, conf.profile.sip_ip, conf.domain) == ("internal", "127.0.0.1", "127.0.0.1")
    user = conf.user("1001", "127.0.0.1")
    assert user is not None and user.password == "lab1001" and user.variables["team"] == "one"
    assert conf.user("1001") == user
    assert conf.user("1999") is None and conf.user("1001", "elsewhere") is None
    assert [extension.get("name") for extension in conf.contexts["default"]] == ["count", "echo", "park", "users"]


def test_the_laboratory_of_the_golden_traces_is_read_from_its_file() -> None:
    conf = load(DATA / "lab-freeswitch.xml")
    assert conf.esl_password == "lab-secret"
    assert {name for name, _ in conf.users} == {"1001", "1002"}
    assert len(conf.contexts["default"]) > 20


def test_nearer_settings_win_over_those_of_group_and_domain(tmp_path: Path) -> None:
    text = MINIMAL.format(password="p", esl="::1", sip="::1").replace(
        "</section></document>",
        """</section><section name="directory"><domain name="d">
        <params><param name="password" value="domain"/><param name="dial-string" value="x"/></params>
        <groups><group name="g"><variables><variable name="team" value="group"/></variables><users>
        <user id="1"><params><param name="password" value="user"/></params></user><user id="2"/>
        </users></group></groups></domain></section></document>""",
    )
    conf = load(write(tmp_path, text))
    one, two = conf.user("1", "d"), conf.user("2", "d")
    assert one is not None and two is not None
    assert (one.password, one.params["dial-string"], one.variables) == ("user", "x", {"team": "group"})
    assert two.password == "domain"


@pytest.mark.parametrize("password", ["", "ClueCon", " cluecon ", "changeme", "1234", "admin"])
def test_a_password_everybody_knows_is_refused(tmp_path: Path, password: str) -> None:
    with pytest.raises(ConfigurationError, match=r"freeswitch.xml: event_socket.conf has no password of its own"):
        check_password(load(minimal(tmp_path, password=password)))
    check_password(load(minimal(tmp_path)))


@pytest.mark.parametrize(("password", "is_refused"), [("1234", True), ("1001", True), ("", False), ("9w-vK2", False)])
def test_phones_with_passwords_everybody_knows_stay_on_loopback(
    tmp_path: Path, password: str, is_refused: bool
) -> None:
    directory = f"""<section name="directory"><domain name="d"><groups><group name="g"><users><user id="1001"><params>
        <param name="password" value="{password}"/></params></user></users></group></groups></domain></section>"""
    for sip in ("127.0.0.1", "0.0.0.0"):
        text = MINIMAL.format(password="of-its-own", esl="127.0.0.1", sip=sip)
        conf = load(write(tmp_path, text.replace("</document>", f"{directory}</document>")))
        assert len(conf.users) == 1
        if is_refused and sip == "0.0.0.0":
            with pytest.raises(ConfigurationError, match="everybody knows: 1001;"):
                check_password(conf)
        else:
            check_password(conf)


@pytest.mark.parametrize(("where", "what"), [("esl", "event socket"), ("sip", "SIP")])
def test_other_machines_are_let_in_only_when_asked_for(tmp_path: Path, where: str, what: str) -> None:
    conf = load(minimal(tmp_path, **{where: "0.0.0.0"}))
    with pytest.raises(ConfigurationError, match=f"{what} would listen on 0.0.0.0"):
        check_addresses(conf, allow_remote=False)
    check_addresses(conf, allow_remote=True)


@pytest.mark.parametrize(
    ("where", "doors"),
    [
        ({}, []),
        ({"esl": "0.0.0.0"}, ["the event socket, which commands everything at 0.0.0.0:"]),
        ({"sip": "0.0.0.0"}, ["SIP (udp, tcp) at 0.0.0.0:", "RTP (udp) at 0.0.0.0:"]),
    ],
)
def test_what_other_machines_reach_is_said(tmp_path: Path, where: dict[str, str], doors: list[str]) -> None:
    said = open_doors(Switch(load(minimal(tmp_path, **where))))
    assert len(said) == len(doors) and all(map(str.startswith, said, doors))


def test_loopback() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "127.8.0.1", "::1", "localhost")] == [True] * 4
    assert [is_loopback(host) for host in ("0.0.0.0", "::", "192.168.1.1", "1127.0.0.1")] == [False] * 4


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<document>\n<section>\n</document>", r"freeswitch.xml:3: is not well-formed XML \(mismatched tag\)"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><document/>', "has a DOCTYPE"),
        ("<document/>", "sofia.conf has no profile"),
        ('<document>\n<X-PRE-PROCESS cmd="exec" data="rm -rf /"/></document>', r"freeswitch.xml:2: exec runs programs"),
        ('<X-PRE-PROCESS cmd="exec-set" data="a=id"/>', "exec-set runs programs"),
        ('<X-PRE-PROCESS cmd="include" data="freeswitch.xml"/>', "includes itself"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_with_its_place(tmp_path: Path, text: str, problem: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        load(path)
    assert "\n" not in str(caught.value)


def test_a_fault_in_an_included_file_is_placed_there(tmp_path: Path) -> None:
    write(tmp_path, "<include>\n<a>\n<b></a>\n</include>", "part.xml")
    path = write(tmp_path, '<document>\n\n<X-PRE-PROCESS cmd="include" data="part.xml"/>\n</document>')
    with pytest.raises(ConfigurationError, match=r"part.xml:3: is not well-formed"):
        load(path)


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load(tmp_path)
    (tmp_path / "freeswitch.xml").write_bytes(b"<document>\xff</document>")
    with pytest.raises(ConfigurationError, match=r"is not UTF-8 \(byte 10\)"):
        load(tmp_path)
    assert main(["--conf", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_directives(tmp_path: Path) -> None:
    write(tmp_path, '<?xml version="1.0"?><include>\n<b v="$${b}"/></include>', "b.xml")
    write(tmp_path, "<include><a/></include>", "a.xml")
    path = write(
        tmp_path,
        """<document><X-PRE-PROCESS cmd="set" data="a=1"/><X-PRE-PROCESS cmd='set' data='b=$${a}2'/>
<!-- <X-PRE-PROCESS cmd="set" data="a=9"/>
 --><c v="$${a} $${nothing} ${a}"/>
<X-PRE-PROCESS cmd="include" data="[ab].xml"/><X-PRE-PROCESS cmd="include" data="none/*.xml"/></document>""",
    )
    result = preprocess(path, {"known": "k"})
    assert "".join(line.strip() for line in result.lines) == ('<document><c v="1  ${a}"/><a/><b v="12"/></document>')
    assert result.variables == {"known": "k", "a": "1", "b": "12"}
    assert result.place(2).endswith("freeswitch.xml:3")
