"""Prepares a site and starts its processes on this machine: what ``zongji run`` and ``zongji demo`` share.

Owns: the choice of ports, rendering prompts and the switch's configuration, the command lines of the processes.
Not here: watching them (``supervisor``), what they do.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from eslapp import site_lock
from eslapp.examining import errors_of, examined
from eslapp.freeswitch_conf import probe
from eslapp.revisions import copy_files
from eslapp.sitedir import Secrets, SiteDir, read_json
from eslapp.supervisor import Child, StartFailed, Supervisor, free_port, is_port_free
from eslapp.switch_files import apologies, render_switch, speech_key
from ivr import catalog, chinese
from ivr.site import Site
from recordings.speech import Line, Rendered, render_site
from recordings.speech.rendering import complaints

SIP_PORT, HTTP_PORT = 5060, 8080
OUTBOUND_PORT = 8040  # what fs_conf is rendered with where nothing else is said


@dataclass(frozen=True, slots=True)
class Switch:
    """A FreeSWITCH that runs already: ``esl://HOST:PORT`` with the site's own password, or ``esl://:PASSWORD@...``."""

    host: str
    port: int
    password: str

    @classmethod
    def parse(cls, url: str) -> Switch:
        """Raises ``StartFailed`` with the right form."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname if parts.scheme == "esl" else None, parts.port or 8021
        except ValueError:  # a port that is no number up to 65535, an open bracket
            host, port = None, 0
        if not host:
            raise StartFailed(
                f"--switch {url.split('@')[-1]!r} is not understood; write esl://HOST:PORT or esl://:PASSWORD@HOST:PORT"
                " / 请写成 esl://主机:端口"
            )
        return cls(host, port, unquote(parts.password or ""))

    def with_password(self, usual: str) -> Switch:
        """The same, with the site's password where none was given (``zongji freeswitch render`` wrote that one)."""
        return self if self.password else replace(self, password=usual)


@dataclass(slots=True)
class Wishes:
    """What the user asked for; a port is fixed (1-65535), 0 for any free one, or None for the usual one if free."""

    sip_port: int | None = None
    esl_port: int | None = None
    http_port: int | None = None
    outbound_port: int | None = None
    switch: Switch | None = None
    bind: str = "127.0.0.1"
    public_url: str = ""  # how browsers reach the workbench through a proxy
    realtime: bool = True  # the daemon has the switch's priority, where it may
    test_calls: bool = False  # let calls bring their hour and the outside's answers along (``zongji flow sipp``)


@dataclass(slots=True)
class Launched:
    """A running site."""

    site_dir: SiteDir
    site: Site
    secrets: Secrets
    supervisor: Supervisor
    ports: dict[str, int]
    url: str
    sip_address: str
    warnings: list[str] = field(default_factory=list)


def choose_port(wish: int | None, usual: int, what: str, option: str, kinds: tuple[int, ...], host: str) -> int:
    """The port to use, or ``StartFailed`` naming the option that mends it."""
    if wish:
        if not all(is_port_free(wish, kind, host) for kind in kinds):
            raise StartFailed(f"port {wish} for {what} is in use; choose another with {option}, or 0 for any free one")
        return wish
    if wish is None and all(is_port_free(usual, kind, host) for kind in kinds):
        return usual
    return free_port(host)


def choose_ports(wishes: Wishes) -> dict[str, int]:
    """All ports of a site."""
    tcp, both, host = (socket.SOCK_STREAM,), (socket.SOCK_STREAM, socket.SOCK_DGRAM), wishes.bind
    if wishes.switch is not None:
        if wishes.outbound_port == 0:
            raise StartFailed(
                "--outbound-port 0 goes only with the embedded switch: a FreeSWITCH of your own has the port in its "
                "rendered configuration; name that one"
            )
        outbound = wishes.outbound_port or OUTBOUND_PORT
        if not is_port_free(outbound, socket.SOCK_STREAM, "127.0.0.1"):
            raise StartFailed(
                f"port {outbound} for the switch's calls is in use; render the switch's configuration with another "
                "(zongji freeswitch render --outbound-port N) and name it with --outbound-port N"
            )
        return {
            "http": choose_port(wishes.http_port, HTTP_PORT, "the workbench", "--http-port", tcp, "127.0.0.1"),
            "outbound": outbound,
            "esl": wishes.switch.port,
        }
    return {
        "sip": choose_port(wishes.sip_port, SIP_PORT, "SIP", "--sip-port", both, host),
        "esl": choose_port(wishes.esl_port, 8021, "the event socket", "--esl-port", tcp, "127.0.0.1"),
        "http": choose_port(wishes.http_port, HTTP_PORT, "the workbench", "--http-port", tcp, "127.0.0.1"),
        "outbound": choose_port(wishes.outbound_port, OUTBOUND_PORT, "calls", "--outbound-port", tcp, "127.0.0.1"),
        "ws": free_port(),
    }


def elsewhere(ports: dict[str, int], wishes: Wishes) -> list[str]:
    """Ports that are not the usual ones, because another program has those: people dial what the documents say."""
    sip, http = ("sip", wishes.sip_port, SIP_PORT, "calls come in"), ("http", wishes.http_port, HTTP_PORT, "pages are")
    return [
        f"port {port} is in use by another program: {what} at port {ports[name]}; choose one with --{name}-port"
        f" / 端口 {port} 已被占用，改用 {ports[name]}"
        for name, wish, port, what in (sip, http)
        if wish is None and ports.get(name, port) != port
    ]


def load(site_dir: SiteDir) -> Site:
    """The site, or ``StartFailed`` with every mistake of its files. A good one is kept for a daemon that restarts."""
    site, problems = examined(site_dir.root)
    errors = errors_of(problems)
    if site is None or errors:
        told = "\n  ".join(chinese.both(problem) for problem in errors)
        raise StartFailed(f"the site's files have mistakes / 站点文件有错误:\n  {told}")
    keep_good(site_dir)
    return site


def keep_good(site_dir: SiteDir) -> None:
    """Remember the author's files as they are now: a daemon restarted over a half-edited file runs on these."""
    with tempfile.TemporaryDirectory(dir=site_dir.var) as folder:
        staged = Path(folder) / "site"
        copy_files(site_dir.root, staged)
        if site_dir.last_good.exists():
            os.replace(site_dir.last_good, Path(folder) / "old")
        os.replace(staged, site_dir.last_good)


def render_prompts(site_dir: SiteDir, site: Site, progress: Callable[[Rendered], None]) -> list[Rendered]:
    """Speak what is not there yet; prompts of the site folder come first."""
    wanted = [*sorted(catalog.all_speech(site), key=lambda one: (one.language, one.text)), *apologies(site).values()]
    lines = [
        Line(speech_key(site, one), one.text, one.language, site.voice_of(one.language))
        for one in dict.fromkeys(wanted)
    ]
    return render_site(site_dir.root, lines, site_dir.speech, progress)


def launch(
    site_dir: SiteDir,
    wishes: Wishes,
    *,
    progress: Callable[[Rendered], None] = lambda _: None,
    on_restart: Callable[[str, int], None] = lambda _name, _code: None,
) -> Launched:
    """Prepare and start everything; raises ``StartFailed`` with one clear line."""
    site_dir.make()
    lock = site_lock.hold(site_dir)
    try:
        return launch_locked(site_dir, wishes, lock, progress, on_restart)
    except BaseException:
        with suppress(OSError):  # closed with its supervisor, if it came so far
            os.close(lock)
        raise


def launch_locked(
    site_dir: SiteDir,
    wishes: Wishes,
    lock: int,
    progress: Callable[[Rendered], None],
    on_restart: Callable[[str, int], None],
) -> Launched:
    """The same for a site that is ours."""
    site = load(site_dir)
    secrets = site_dir.secrets(site.agents)
    if wishes.switch is not None:
        wishes.switch = wishes.switch.with_password(secrets.esl_password)
    unvoiced = complaints(render_prompts(site_dir, site, progress), site_dir.root)
    warnings = look_at(wishes.switch) if wishes.switch is not None else []
    ports = choose_ports(wishes)
    children: list[Child] = []
    if wishes.switch is None:
        warnings = render_switch(site_dir, site, secrets, ports, wishes.bind)
        children.append(softswitch_child(site_dir))
    children.append(transcriber_child(site_dir))
    children.append(daemon_child(site_dir, wishes, ports))
    site_dir.write_state(ports=ports, bind=wishes.bind, public_url=wishes.public_url, daemon={})
    supervisor = Supervisor(children, on_restart, lock=lock)
    try:
        supervisor.start()
    except BaseException:
        supervisor.stop()
        raise
    url = site_dir.state()["daemon"]["url"]
    sip_address = (
        f"{wishes.bind}:{ports['sip']}" if wishes.switch is None else rendered_address(site_dir, wishes.switch)
    )
    site_dir.write_state(sip_address=sip_address, pids=pids(supervisor))
    warnings += [*elsewhere(ports, wishes), *unvoiced]
    return Launched(site_dir, site, secrets, supervisor, ports, url, sip_address, warnings)


def look_at(switch: Switch) -> list[str]:
    """A switch that is not there is a warning (we keep trying); one that refuses us is the end."""
    if not probe.listens(switch.host, switch.port):
        text = f"nothing listens at {switch.host}:{switch.port}: start that FreeSWITCH; we keep trying"
        return [text]
    try:
        with probe.connected(switch.host, switch.port, switch.password):
            return []
    except probe.ProbeError as error:
        raise StartFailed(str(error)) from None


def rendered_address(site_dir: SiteDir, switch: Switch) -> str:
    """Where a FreeSWITCH that was rendered for this site takes calls."""
    about = site_dir.state().get("freeswitch", {})
    return f"{about.get('domain', switch.host)}:{about.get('sip_port', 5060)}"


def pids(supervisor: Supervisor) -> dict[str, int]:
    """The process ids by name."""
    return {child.name: child.process.pid for child in supervisor.children if child.process is not None}


def softswitch_child(site_dir: SiteDir) -> Child:
    """The embedded switch, ready when its state file names its process."""
    state = site_dir.switch_state_file
    argv = [sys.executable, "-m", "eslapp.softswitch", "--conf", str(site_dir.freeswitch), "--state", str(state)]
    return Child(
        "soft switch", argv, lambda pid: (read_json(state) or {}).get("pid") == pid, site_dir.logs / "switch.log"
    )


def transcriber_child(site_dir: SiteDir) -> Child:
    """The recogniser, ready when its socket takes a connection."""
    path = site_dir.transcriber_socket
    argv = [sys.executable, "-m", "recordings.transcribe", "--socket", str(path), "--models", str(site_dir.models)]
    return Child("transcriber", argv, lambda _pid: is_listening(path), site_dir.logs / "transcriber.log")


def daemon_child(site_dir: SiteDir, wishes: Wishes, ports: dict[str, int]) -> Child:
    """The daemon, ready when the state file names its process. The password goes by the environment."""
    if wishes.switch is not None:
        os.environ["ZONGJI_SWITCH_PASSWORD"] = wishes.switch.password
    argv = [sys.executable, "-m", "eslapp", "--site", str(site_dir.root)]
    argv += ["--switch-host", wishes.switch.host if wishes.switch else "127.0.0.1"]
    argv += ["--switch-port", str(ports["esl"]), "--outbound-port", str(ports["outbound"])]
    domain = site_dir.state().get("freeswitch", {}).get("domain", wishes.bind) if wishes.switch else wishes.bind
    argv += ["--http-port", str(ports["http"]), "--domain", domain, "--public-url", wishes.public_url]
    argv += ["--test-calls"] if wishes.test_calls else []
    argv += [] if wishes.realtime else ["--no-realtime"]
    argv += ["--phone-url", phone_url(site_dir, wishes, ports)]

    def is_ready(pid: int) -> bool:
        return bool(site_dir.state().get("daemon", {}).get("pid") == pid)

    return Child("daemon", argv, is_ready, site_dir.logs / "daemon.log")


def phone_url(site_dir: SiteDir, wishes: Wishes, ports: dict[str, int]) -> str:
    """Where agents' browsers reach the switch by WebSocket; behind a TLS proxy its path ``/sip`` leads there."""
    parts = urlsplit(wishes.public_url)
    if parts.scheme == "https":
        return f"wss://{parts.netloc}/sip"
    port = ports.get("ws") or site_dir.state().get("freeswitch", {}).get("ws_port")
    return f"ws://127.0.0.1:{port}" if port else ""


def is_listening(path: Path) -> bool:
    """Whether somebody accepts connections at a unix socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def describe(launched: Launched) -> dict[str, Any]:
    """What a person needs to use the site, as plain values."""
    return {
        "workbench": launched.url + "/",
        "chat": launched.url + "/chat",
        "sip": launched.sip_address,
        "numbers": list(launched.site.numbers),
        "logins": {
            "admin": launched.secrets.admin_password,
            **{agent: entry["web_password"] for agent, entry in launched.secrets.agents.items()},
        },
        "ports": launched.ports,
    }


def as_json(launched: Launched) -> str:
    """``describe`` as one JSON document."""
    return json.dumps(describe(launched), ensure_ascii=False, indent=2)
