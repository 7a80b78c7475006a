"""Tells what is wrong with a running FreeSWITCH, each finding with its mend.

Owns: the questions and the judgement. Not here: the connection (``probe``), what is written (``render``),
printing (the CLI).

>>> Finding("error", "api-expansion", "text can run commands", "render again").severity
'error'
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from eslapp.freeswitch_conf import doors, music, probe
from eslapp.freeswitch_conf.probe import AGAIN, Api, ProbeError

MODULES = (
    *("mod_event_socket", "mod_sofia", "mod_commands", "mod_dptools", "mod_dialplan_xml"),
    *("mod_sndfile", "mod_tone_stream", "mod_conference", "mod_loopback"),
)
SOUNDS = ("sounds/hold.wav", *(f"sounds/wait-{n}.wav" for n in range(1, music.PIECES + 1)))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. ``severity`` is ``error`` (calls suffer or the door is open) or ``warning``."""

    severity: str
    code: str
    text: str
    mend: str

    def __str__(self) -> str:
        return f"{self.severity}: {self.text}; {self.mend}"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the site expects of the switch. Empty fields are not judged."""

    numbers: Sequence[str] = ()
    agents: Mapping[str, str] = field(default_factory=dict)  # extension -> SIP password
    languages: Sequence[str] = ()
    outbound_port: int = 0
    daemon_runs: bool = False
    profile: str = "internal"


def check(host: str, port: int, password: str, expected: Expected | None = None) -> list[Finding]:
    """All findings about the FreeSWITCH at ``host:port``; an empty list means that it serves the site."""
    wanted = expected or Expected()
    try:
        with probe.connected(host, port, password) as api:
            found = judge(api, wanted)
    except ProbeError as error:
        text, _, mend = str(error).partition("; ")
        return [Finding("error", "event-socket", text, mend or AGAIN)]
    found.extend(_password(host, port, password))
    if wanted.daemon_runs and wanted.outbound_port and not probe.listens("127.0.0.1", wanted.outbound_port):
        text = f"nobody listens on 127.0.0.1:{wanted.outbound_port}, where calls are sent"
        found.append(Finding("error", "daemon-port", text, "start the daemon, or render with its port"))
    return found


def judge(api: Api, expected: Expected) -> list[Finding]:
    """The findings that can be had by API calls alone (``api`` may be a daemon's link as well)."""
    found: list[Finding] = []
    for question in _QUESTIONS:
        found.extend(question(api, expected))
    return found


def _password(host: str, port: int, password: str) -> Iterator[Finding]:
    for known in sorted(doors.WELL_KNOWN_PASSWORDS):
        if password == known or probe.accepts(host, port, known):
            text = f"the event socket accepts the well-known password {known}"
            yield Finding("error", "password", text, AGAIN)
            return
    if len(password) < doors.MIN_PASSWORD:
        yield Finding("warning", "password-short", f"the event socket's password has {len(password)} characters", AGAIN)


def _version(api: Api, expected: Expected) -> Iterator[Finding]:
    answer = api("version")
    match = re.search(r"Version (\d+)\.(\d+)", answer)
    if match and (int(match[1]), int(match[2])) < (1, 10):
        text = f"FreeSWITCH {match[1]}.{match[2]} is older than 1.10"
        yield Finding("error", "version", text, "install FreeSWITCH 1.10 or newer")


def _api_expansion(api: Api, expected: Expected) -> Iterator[Finding]:
    if "is on" in api("fsctl api_expansion"):
        text = "api-expansion is on: a text with ${system(...)} that reaches a call runs a command on this machine"
        yield Finding(
            "error", "api-expansion", text, "set api-expansion to false in switch.conf.xml and restart FreeSWITCH"
        )


def _modules(api: Api, expected: Expected) -> Iterator[Finding]:
    for module in MODULES:
        if api(f"module_exists {module}").strip() != "true":
            mend = f"install it and load it in autoload_configs/modules.conf.xml (now: load {module})"
            yield Finding("error", "module", f"{module} is not loaded", mend)


def _profile(api: Api, expected: Expected) -> Iterator[Finding]:
    status = api(f"sofia status profile {expected.profile}")
    if "RTP-IP" not in status:
        text = f"the SIP profile {expected.profile} is not running"
        mend = f"see freeswitch.log (is its port in use?), then: sofia profile {expected.profile} start"
        yield Finding("error", "profile", text, mend)
        return
    address = re.search(r"(?m)^SIP-IP\s+(\S+)", status)
    if address and not address[1].startswith("127.") and address[1] != "::1":
        text = f"SIP listens on {address[1]}: everybody who reaches it can call the site's numbers"
        yield Finding("warning", "bind", text, "let only the phones and the trunk through the firewall")


def _profile_settings(api: Api, expected: Expected) -> Iterator[Finding]:
    settings = _params(api, "sofia.conf", expected.profile)
    rules: tuple[tuple[str, Callable[[str], bool], str], ...] = (
        ("rtp-timer-name", lambda v: v == "soft", "a caller that sends no sound blocks its call for ever"),
        ("track-calls", lambda v: v == "true", "calls are lost when FreeSWITCH crashes"),
        ("accept-blind-reg", lambda v: v != "true", "anybody can register as an agent"),
        ("accept-blind-auth", lambda v: v != "true", "any password is accepted"),
        ("ws-binding", bool, "browser phones cannot connect"),
        ("session-timeout", lambda v: v.isdigit() and int(v) > 0, "calls of phones that died stay for ever"),
    )
    for name, is_right, consequence in rules:
        if settings and not is_right(settings.get(name, "")):
            value = settings.get(name, "not set")
            severity = "warning" if name in ("ws-binding", "session-timeout") else "error"
            yield Finding(severity, name, f"{name} of profile {expected.profile} is {value}: {consequence}", AGAIN)


def _event_socket(api: Api, expected: Expected) -> Iterator[Finding]:
    listen = _params(api, "event_socket.conf").get("listen-ip", "")
    if listen and not listen.startswith("127.") and listen != "::1":
        text = f"the event socket listens on {listen}: who guesses the password owns the switch"
        yield Finding("error", "event-socket-open", text, "set listen-ip to 127.0.0.1 and restart FreeSWITCH")


def _dialplan(api: Api, expected: Expected) -> Iterator[Finding]:
    loop = _xml(api("xml_locate dialplan context name zongji"))
    if loop is None:
        yield Finding("error", "dialplan", "the dialplan has no context zongji: no call reaches the daemon", AGAIN)
        return
    hosts = {
        action.get("data", "").split()[0] for action in loop.iter("action") if action.get("application") == "socket"
    }
    wanted = f"127.0.0.1:{expected.outbound_port}"
    if expected.outbound_port and hosts != {wanted}:
        text = f"the dialplan sends calls to {', '.join(sorted(hosts)) or 'nobody'}, the daemon listens on {wanted}"
        yield Finding("error", "outbound-port", text, AGAIN)
    entry = _xml(api("xml_locate dialplan context name public"))
    known = {action.get("data", "") for action in entry.iter("action")} if entry is not None else set()
    for number in expected.numbers:
        if f"zj_did={number}" not in known:
            yield Finding("error", "number", f"the number {number} is not in the dialplan", AGAIN)


def _directory(api: Api, expected: Expected) -> Iterator[Finding]:
    domain = api("global_getvar domain").strip()
    for extension, password in expected.agents.items():
        if api(f"user_exists id {extension} {domain}").strip() != "true":
            yield Finding("error", "agent", f"agent {extension} is not in the directory of {domain}", AGAIN)
        elif password and api(f"user_data {extension}@{domain} param password").strip() != password:
            text = f"agent {extension} has another SIP password in the directory than in the site's secrets"
            yield Finding("error", "agent-password", text, AGAIN)


def _sounds(api: Api, expected: Expected) -> Iterator[Finding]:
    folder = api("global_getvar conf_dir").strip()
    for name in (*SOUNDS, *(f"sounds/fallback-{language}.wav" for language in expected.languages)):
        if api(f"file_exists {folder}/{name}").strip() != "true":
            yield Finding("error", "sound", f"{folder}/{name} is missing: a waiting caller hears a gap", AGAIN)


_QUESTIONS: tuple[Callable[[Api, Expected], Iterator[Finding]], ...] = (
    *(_version, _api_expansion, _modules, _profile, _profile_settings),
    *(_event_socket, _dialplan, _directory, _sounds),
)


def _params(api: Api, configuration: str, profile: str = "") -> dict[str, str]:
    root = _xml(api(f"xml_locate configuration configuration name {configuration}"))
    if root is None:
        return {}
    scope = next((p for p in root.iter("profile") if p.get("name") == profile), root) if profile else root
    return {param.get("name", ""): param.get("value", "") for param in scope.iter("param")}


def _xml(text: str) -> ElementTree.Element | None:
    try:
        return ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return None
