"""The rendered directory: complete, escaped, private, repeatable; and nothing half-written."""

from __future__ import annotations

import re
import stat
import wave
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eslapp.freeswitch_conf import RenderError, SoundSources, doors, music, render, site_xml
from tests.fs_conf.preprocess import document
from tests.fs_conf.sites import Agent, Secrets, Site


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    render(Site(), Secrets(), tmp_path / "conf", sip_port=5555, esl_port=8555, outbound_port=8444, ws_port=5556)
    return tmp_path / "conf"


def actions(root: ElementTree.Element, context: str, number: str) -> list[tuple[str, str]]:
    """The actions of the first extension of a context that has only this number's condition."""
    path = f"section[@name='dialplan']/context[@name='{context}']/extension/condition"
    for condition in root.findall(path):
        if condition.get("field") == "destination_number" and re.search(condition.get("expression", ""), number):
            return [(a.get("application", ""), a.get("data", "")) for a in condition.findall("action")]
    return []


def params(root: ElementTree.Element, configuration: str) -> dict[str, str]:
    found = root.findall(f".//configuration[@name='{configuration}']//param")
    return {param.get("name", ""): param.get("value", "") for param in found}


def test_every_value_arrives_where_freeswitch_reads_it(conf: Path) -> None:
    root, _ = document(conf)
    profile = params(root, "sofia.conf")
    assert (profile["sip-port"], profile["sip-ip"], profile["ws-binding"]) == ("5555", "127.0.0.1", "127.0.0.1:5556")
    assert (profile["rtp-timer-name"], profile["track-calls"], profile["accept-blind-reg"]) == (
        "soft",
        "true",
        "false",
    )
    assert profile["user-agent-string"] == "_undef_"
    assert (profile["enable-timer"], profile["session-timeout"]) == ("true", "300")
    socket = params(root, "event_socket.conf")
    assert (socket["listen-ip"], socket["listen-port"]) == ("127.0.0.1", "8555")
    assert socket["password"] == Secrets().esl_password
    assert params(root, "switch.conf")["api-expansion"] == "false"
    assert [m.get("module") for m in root.iter("load")].count("mod_event_socket") == 1


def test_a_caller_goes_round_the_loop_and_is_never_left(conf: Path) -> None:
    root, _ = document(conf)
    assert actions(root, "public", "+864001234567") == [
        ("set", "zj_did=+864001234567"),
        ("transfer", "zj-1 XML zongji"),
    ]
    name, seen = "zj-1", []
    while name not in seen:
        seen.append(name)
        steps = actions(root, "zongji", name)
        assert steps, f"{name} leads nowhere"
        assert steps[-1][0] == "transfer"
        if name != "zj-sorry":
            assert ("socket", "127.0.0.1:8444 async full") in steps
        name = steps[-1][1].split()[0]
    assert seen == [*(f"zj-{n}" for n in range(1, music.PIECES + 1)), "zj-sorry"]
    assert actions(root, "zongji", "zj-1")[:2] == [("answer", ""), ("set", "socket_resume=true")]


def test_who_rests_in_line_comes_back_to_the_loop(conf: Path) -> None:
    root, _ = document(conf)
    steps = actions(root, "zongji", "zj-rest")
    assert steps[-1] == ("transfer", "zj-1 XML zongji")
    assert not [step for step in steps if step[0] == "socket"]
    told = steps.index(("event", "Event-Name=CUSTOM,Event-Subclass=zongji::resting"))
    assert steps[told + 1] == ("playback", "${zj_music}")


def test_every_sound_the_dialplan_plays_was_rendered(conf: Path) -> None:
    root, _ = document(conf)
    played = {a.get("data", "") for a in root.iter("action") if a.get("application") == "playback"}
    played = {sound for sound in played if not sound.startswith(("local_stream:", "${"))}
    assert len(played) == music.PIECES + 2
    for path in played | {str(conf / "sounds/hold.wav")}:
        with wave.open(path) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
            assert file.getnframes() > 4000


def test_files_are_private(conf: Path) -> None:
    for path in (conf, *conf.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_rendering_again_touches_nothing_and_keeps_the_administrators_files(conf: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in conf.rglob("*") if path.is_file()}
    gateway = conf / "sip_profiles" / "trunk.xml"
    gateway.write_text("<profile name='trunk'/>")
    again = render(Site(), Secrets(), conf, sip_port=5555, esl_port=8555, outbound_port=8444, ws_port=5556)
    assert (again.changed, again.removed) == ((), ())
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert gateway.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["conf"]  # no staging directory is left


def test_only_what_changed_is_replaced(conf: Path) -> None:
    site = Site(agents={"1001": Agent("New")})
    again = render(site, Secrets(), conf, sip_port=5555, esl_port=8555, outbound_port=8444, ws_port=5556)
    assert again.changed == ("local/agents.xml",)


def test_a_failure_leaves_the_old_directory_as_it_was(conf: Path) -> None:
    before = {path: path.read_bytes() for path in conf.rglob("*") if path.is_file()}
    with pytest.raises(RenderError, match="agent 1003"):
        render(Site(agents={"1003": Agent("No password")}), Secrets(), conf)
    assert {path: path.read_bytes() for path in conf.rglob("*") if path.is_file()} == before


def test_a_foreign_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "freeswitch.xml").write_text("somebody else's")
    with pytest.raises(RenderError, match="was not rendered by zongji"):
        render(Site(), Secrets(), tmp_path)


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "example.org", "127.0.0.1 -x"])
def test_an_address_that_cannot_work_is_refused(tmp_path: Path, bind: str) -> None:
    with pytest.raises(RenderError, match="name"):
        render(Site(), Secrets(), tmp_path / "conf", bind=bind)


def test_binding_outside_loopback_says_what_it_opens(tmp_path: Path) -> None:
    rendered = render(Site(), Secrets(), tmp_path / "conf", bind="192.0.2.10")
    assert rendered.domain == "192.0.2.10"
    assert "192.0.2.10:5060" in rendered.warnings[0]
    assert params(document(tmp_path / "conf")[0], "event_socket.conf")["listen-ip"] == "127.0.0.1"


@pytest.mark.parametrize("esl", ["ClueCon", "", "short", "with space and more of it", 'a"quote-in-a-long-password'])
def test_a_bad_event_socket_password_is_refused(tmp_path: Path, esl: str) -> None:
    with pytest.raises(RenderError, match="event socket"):
        render(Site(), Secrets(esl_password=esl), tmp_path / "conf")
    assert not (tmp_path / "conf").exists()


def test_unrendered_there_is_no_password_no_event_socket_and_nobody() -> None:
    root, variables = document(Path(doors.__file__).resolve().parents[2] / "fs_conf")
    assert "zj_esl_password" not in variables
    assert "mod_event_socket" not in {m.get("module") for m in root.iter("load")}
    assert not list(root.iter("user"))
    assert params(root, "sofia.conf")["sip-ip"] == "127.0.0.1"


def test_the_sites_own_recordings_are_used(tmp_path: Path) -> None:
    hold, sorry = tmp_path / "hold.wav", tmp_path / "sorry.wav"
    hold.write_bytes(music.wav_bytes(bytes(range(256)) * 250, 16000))
    sorry.write_bytes(music.wav_bytes(bytes(16000)))
    render(Site(), Secrets(), tmp_path / "conf", sounds=SoundSources(hold, {"en": sorry}))
    sounds = tmp_path / "conf" / "sounds"
    assert (sounds / "hold.wav").read_bytes() == hold.read_bytes()
    assert (sounds / "fallback-en.wav").read_bytes() == sorry.read_bytes()
    with wave.open(str(sounds / "wait-6.wav")) as file:
        assert file.getnframes() == 2 * 16000


@pytest.mark.parametrize("content", [b"", b"RIFF", b"ID3 no wav at all" * 50])
def test_hold_music_that_is_no_wav_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.wav").write_bytes(content)
    if not content:
        return  # an empty file reads as "no recording": tones take its place
    with pytest.raises(RenderError, match="bad.wav.*sox"):
        render(Site(), Secrets(), tmp_path / "conf", sounds=SoundSources(tmp_path / "bad.wav"))


@given(st.text())
def test_no_name_leaves_its_place(name: str) -> None:
    text = site_xml.agents_xml({"1001": name}, {"1001": "a-sip-password-for-1001"})
    assert "$" not in text
    root = ElementTree.fromstring(text)
    assert [v.get("name") for v in root.iter("variable")] == [
        "user_context",
        "effective_caller_id_name",
        "effective_caller_id_number",
    ]
    assert len(text.splitlines()) == 12  # the preprocessor works on lines


@given(st.text(), st.sampled_from([doors.extension, doors.number, doors.language]))
def test_doors_let_in_only_harmless_signs(text: str, door: object) -> None:
    try:
        assert door(text) == text  # type: ignore[operator]
    except RenderError:
        return
    assert not set(text) & set("<>&\"'${}\\ \r\n")
