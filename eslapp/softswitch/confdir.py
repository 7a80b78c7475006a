"""Reads a FreeSWITCH configuration (a folder with freeswitch.xml, or that file) into what the soft switch needs of it.

Owns: event_socket.conf, switch.conf, local_stream.conf, the sofia profile, the directory, the dialplan contexts.
Not here: X-PRE-PROCESS (``preprocess.py``), matching a call to an extension (``dialplan.py``).

    conf = load(Path("var/freeswitch"))
    conf.profile.sip_port, conf.user("1001", "127.0.0.1").password
"""

from __future__ import annotations

import socket
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from eslapp.softswitch.numbers import whole
from eslapp.softswitch.preprocess import ConfigurationError, preprocess
from eslapp.softswitch.sip.session_timer import SHORTEST_S, SessionTimer
from eslapp.softswitch.variables import is_true

WELL_KNOWN = "cluecon password passw0rd changeme admin secret freeswitch 1234 12345 123456 12345678 123456789 0000 1111"
REFUSED_PASSWORDS = frozenset({"", *WELL_KNOWN.split()})


@dataclass(frozen=True)
class User:
    """A directory user: who may register, and the variables its calls get."""

    id: str
    domain: str
    params: dict[str, str]
    variables: dict[str, str]

    @property
    def password(self) -> str:
        """The SIP password; empty: cannot register."""
        return self.params.get("password", "")


@dataclass(frozen=True)
class Profile:
    """The one sofia profile the soft switch serves."""

    name: str
    params: dict[str, str]

    def text(self, name: str, default: str = "") -> str:
        """A parameter's value, or the default when it is absent or empty."""
        return self.params.get(name) or default

    @property
    def sip_ip(self) -> str:
        """Where SIP binds; loopback unless the configuration says another address."""
        return self.text("sip-ip", "127.0.0.1")

    @property
    def sip_port(self) -> int:
        """The UDP and TCP port."""
        return whole(self.text("sip-port"), 5060)

    @property
    def ws_binding(self) -> tuple[str, int] | None:
        """Where browser phones connect; None without a ``ws-binding``. An empty host is ``sip-ip``."""
        text = self.text("ws-binding")
        if not text:
            return None
        host, _, port = text.rpartition(":")
        if not 0 < whole(port) < 65_536:
            raise ConfigurationError(f"profile {self.name}: ws-binding {text!r} has no port; write host:port")
        return host.strip("[]") or self.sip_ip, whole(port)

    @property
    def session_timer(self) -> SessionTimer:
        """How often calls are asked whether anybody is there: ``session-timeout``, in seconds; none without it."""
        return self.session_timer_of(None)

    def session_timer_of(self, wanted: str | None) -> SessionTimer:
        """The same for a call whose ``sofia_session_timeout`` says something else."""
        if not is_true(self.text("enable-timer", "true")):
            return SessionTimer(0, is_known=False)
        wanted_s = whole(self.text("session-timeout") if wanted is None else wanted)
        return SessionTimer(wanted_s, max(whole(self.text("minimum-session-expires", "120")), SHORTEST_S))

    @property
    def takes_late_offers(self) -> bool:
        """``enable-3pcc``: callers may leave the offer to us."""
        return is_true(self.text("enable-3pcc"))

    @property
    def context(self) -> str:
        """Where inbound calls enter the dialplan."""
        return self.text("context", "default")


@dataclass(frozen=True)
class Language:
    """What ``say`` speaks: which module knows it, and where its words lie."""

    say_module: str
    sound_prefix: str


@dataclass
class Configuration:
    """Everything read; a reload makes a new one."""

    path: Path
    globals: dict[str, str]
    esl_host: str
    esl_port: int
    esl_password: str
    profile: Profile
    gateways: dict[str, dict[str, str]]  # of that profile, by name
    users: dict[tuple[str, str], User]
    domains: list[str]
    contexts: dict[str, ET.Element]
    local_streams: dict[str, Path]
    max_sessions: int
    sessions_per_second: int
    rtp_ports: tuple[int, int]
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    root: ET.Element | None = None  # the whole of it, included and expanded
    languages: dict[str, Language] = field(default_factory=dict)
    conference_profiles: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """The realm and default domain."""
        return self.globals.get("domain") or (self.domains[0] if self.domains else self.profile.sip_ip)

    def language(self, name: str) -> Language | None:
        """A language by its name; ``zh-CN`` is ``zh`` where only that is known."""
        return self.languages.get(name) or self.languages.get(name.partition("-")[0])

    def user(self, name: str, domain: str = "") -> User | None:
        """A directory user; without a domain, or with one the directory does not have, the only one of that name."""
        found = self.users.get((name, domain))
        if found or (domain and domain in self.domains):
            return found
        return next((user for (id_, _), user in self.users.items() if id_ == name), None) if not domain else None


def load(path: Path) -> Configuration:
    """Read it. ConfigurationError says in one line where and what."""
    file = path / "freeswitch.xml" if path.is_dir() else path
    hostname = socket.gethostname()
    known = {
        "hostname": hostname,
        "local_ip_v4": "127.0.0.1",
        "local_ip_v6": "::1",
        "base_dir": str(file.parent),
        "conf_dir": str(file.parent),
        "recordings_dir": str(file.parent / "recordings"),
        "sound_prefix": str(file.parent / "sounds"),
        "sounds_dir": str(file.parent / "sounds"),
        "switchname": hostname,
    }
    expanded = preprocess(file, known)
    text = "\n".join(expanded.lines)
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ConfigurationError(f"{file}: has a DOCTYPE, which is refused; take it out")
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        place = expanded.place(error.position[0])
        raise ConfigurationError(f"{place}: is not well-formed XML ({error.msg.split(':')[0]}); mend the tag") from None
    return interpret(file, root, expanded.variables)


def interpret(file: Path, root: ET.Element, variables: dict[str, str]) -> Configuration:
    """From the expanded tree to a Configuration."""
    settings = {
        element.get("name", ""): dict(params(element.find("settings")))
        for element in root.findall("./section[@name='configuration']/configuration")
    }
    esl = settings.get("event_socket.conf", {})
    core = settings.get("switch.conf", {})
    users, domains = read_directory(root)
    profile = read_profile(root, file)
    return Configuration(
        path=file,
        globals=variables,
        esl_host=esl.get("listen-ip") or "127.0.0.1",
        esl_port=whole(esl.get("listen-port", ""), 8021),
        esl_password=esl.get("password", ""),
        profile=profile,
        gateways=read_gateways(root, profile.name),
        users=users,
        domains=domains,
        contexts={context.get("name", ""): context for context in root.findall("./section[@name='dialplan']/context")},
        local_streams=read_local_streams(root),
        max_sessions=whole(core.get("max-sessions", ""), 1000),
        sessions_per_second=whole(core.get("sessions-per-second", ""), 30),
        rtp_ports=(whole(core.get("rtp-start-port", ""), 0), whole(core.get("rtp-end-port", ""), 0)),
        settings=settings,
        root=root,
        languages=read_languages(root),
        conference_profiles=read_conference_profiles(root),
    )


def params(element: ET.Element | None) -> Iterator[tuple[str, str]]:
    """The ``<param name value>`` children."""
    for param in element.findall("param") if element is not None else ():
        yield param.get("name", ""), param.get("value", "")


def read_profile(root: ET.Element, file: Path) -> Profile:
    """The profile named internal, else the first one."""
    path = "./section[@name='configuration']/configuration[@name='sofia.conf']/profiles/profile"
    found = {element.get("name", ""): element for element in root.findall(path)}
    if not found:
        raise ConfigurationError(f"{file}: sofia.conf has no profile; add one with sip-ip and sip-port")
    name = "internal" if "internal" in found else next(iter(found))
    return Profile(name, dict(params(found[name].find("settings"))))


def read_gateways(root: ET.Element, profile: str) -> dict[str, dict[str, str]]:
    """The gateways of one profile: name to parameters."""
    path = "./section[@name='configuration']/configuration[@name='sofia.conf']/profiles/profile"
    found = (
        one for each in root.findall(path) if each.get("name") == profile for one in each.findall("gateways/gateway")
    )
    return {element.get("name", ""): dict(params(element)) for element in found}


def read_local_streams(root: ET.Element) -> dict[str, Path]:
    """local_stream.conf: stream name to folder."""
    path = "./section[@name='configuration']/configuration[@name='local_stream.conf']/directory"
    return {element.get("name", ""): Path(element.get("path", "")) for element in root.findall(path)}


def read_conference_profiles(root: ET.Element) -> dict[str, dict[str, str]]:
    """conference.conf: profile name to its parameters."""
    path = "./section[@name='configuration']/configuration[@name='conference.conf']/profiles/profile"
    return {element.get("name", ""): dict(params(element)) for element in root.findall(path)}


def read_languages(root: ET.Element) -> dict[str, Language]:
    """The ``<language name say-module sound-prefix>`` of the sections languages and phrases."""
    found: dict[str, Language] = {}
    for section in ("phrases", "languages"):
        for element in root.findall(f"./section[@name='{section}']//language"):
            name = element.get("name", "")
            prefix = element.get("sound-prefix") or element.get("sound-path") or element.get("sound_path") or ""
            found[name] = Language(element.get("say-module") or element.get("module") or name, prefix)
    return found


def read_directory(root: ET.Element) -> tuple[dict[tuple[str, str], User], list[str]]:
    """All users with what their domain and group give them; the nearest setting wins."""
    users: dict[tuple[str, str], User] = {}
    domains: list[str] = []
    for domain in root.findall("./section[@name='directory']/domain"):
        name = domain.get("name", "")
        domains.append(name)
        groups = [*domain.findall("./groups/group"), domain]
        for group in groups:
            for element in group.findall("./users/user"):
                levels = [domain, group, element]
                user = User(element.get("id", ""), name, merged(levels, "params"), merged(levels, "variables"))
                users[(user.id, name)] = user
    return users, domains


def merged(levels: list[ET.Element], kind: str) -> dict[str, str]:
    """``params`` or ``variables`` of all levels, later ones over earlier ones."""
    tag = kind.rstrip("s")
    result: dict[str, str] = {}
    for level in levels:
        for element in level.findall(f"./{kind}/{tag}"):
            result[element.get("name", "")] = element.get("value", "")
    return result


def check_password(conf: Configuration) -> None:
    """Refuse to start with a password everybody knows; with a phone's such password where others can try it."""
    if conf.esl_password.strip().lower() in REFUSED_PASSWORDS:
        raise ConfigurationError(
            f"{conf.path}: event_socket.conf has no password of its own (empty or a well-known one);"
            ' set <param name="password" value="..."/> to a random text'
        )
    doors = [conf.profile.sip_ip, *(conf.profile.ws_binding or ())[:1]]
    weak = [] if all(map(is_loopback, doors)) else [user.id for user in conf.users.values() if is_guessable(user)]
    if weak:
        raise ConfigurationError(
            f"{conf.path}: other machines would reach phones whose password everybody knows: {', '.join(weak[:5])};"
            " give them random ones"
        )


def is_guessable(user: User) -> bool:
    """Its own number, or a word that is tried first; without a password nobody registers at all."""
    return bool(user.password) and (user.password == user.id or user.password.strip().lower() in REFUSED_PASSWORDS)


def is_loopback(host: str) -> bool:
    """Whether an address is reachable from this machine only."""
    return host == "localhost" or host.startswith("127.") or host == "::1"


def wants_call_auth(conf: Configuration) -> bool:
    """The profile's ``auth-calls``; FreeSWITCH's default is no."""
    return is_true(conf.profile.text("auth-calls"))
