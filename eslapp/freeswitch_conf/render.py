"""Renders a site into a configuration directory that FreeSWITCH (and the soft switch) boots with.

The directory is ``fs_conf/`` as it is, plus ``local/`` (this site's values, numbers, agents) and ``sounds/``.
Everything is made and parsed in a temporary directory first; a failure leaves the old directory as it was.
Files that did not change are not touched; files of the administrator's own (a gateway in ``sip_profiles/``)
are left alone. Not here: the values' rules (``doors``).
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from xml.etree import ElementTree

from eslapp.core.phone_numbers import country_of
from eslapp.freeswitch_conf import doors, music, site_xml, trunk_xml
from eslapp.freeswitch_conf.doors import RenderError

TEMPLATE = Path(__file__).resolve().parents[2] / "fs_conf"
OURS = "local"  # the sub-folder that is rewritten as a whole; its presence marks a directory as rendered


class Named(Protocol):
    """An agent of the site, as far as the switch cares."""

    @property
    def name(self) -> str: ...


class SiteFacts(Protocol):
    """The part of ``ivr``'s Site that the switch needs."""

    @property
    def numbers(self) -> Mapping[str, object]: ...
    @property
    def agents(self) -> Mapping[str, Named]: ...
    @property
    def languages(self) -> Sequence[str]: ...


class SwitchSecrets(Protocol):
    """The part of ``eslapp.sitedir.Secrets`` that the switch needs."""

    @property
    def esl_password(self) -> str: ...
    @property
    def agents(self) -> Mapping[str, Mapping[str, str]]: ...


@dataclass(frozen=True, slots=True)
class SoundSources:
    """Where the sounds come from. ``fallback``: language -> recorded announcement. Missing ones become tones."""

    hold: Path | None = None
    fallback: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What was written. ``domain`` is the part after ``user/1001@``; ``warnings`` say what ``bind`` opens."""

    out_dir: Path
    domain: str
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    warnings: tuple[str, ...]


def render(
    site: SiteFacts,
    secrets: SwitchSecrets,
    out_dir: str | Path,
    *,
    sip_port: int = 5060,
    esl_port: int = 8021,
    outbound_port: int = 8040,
    ws_port: int = 5066,
    bind: str = "127.0.0.1",
    external: str = "",
    rtp_ports: tuple[int, int] = (16384, 32767),
    sounds: SoundSources | None = None,
    trunks: Sequence[trunk_xml.Trunk] = (),
) -> Rendered:
    """Write the site's configuration into ``out_dir``; on ``RenderError`` nothing was written."""
    out = Path(out_dir).resolve()
    if out.is_dir() and any(out.iterdir()) and not (out / OURS).is_dir():
        raise RenderError(f"{out} has files and was not rendered by zongji; name an empty or a new directory")
    bound = doors.address(bind, "bind")
    values = {
        "domain": bound,
        "zj_bind": bound,
        "zj_external": doors.address(external, "external") if external else bound,
        "zj_sip_port": str(doors.port(sip_port, "the SIP port")),
        "zj_ws_port": str(doors.port(ws_port, "the WebSocket port")),
        "zj_rtp_first": str(doors.port(rtp_ports[0], "the first RTP port")),
        "zj_rtp_last": str(doors.port(rtp_ports[1], "the last RTP port")),
        "zj_esl_port": str(doors.port(esl_port, "the event socket's port")),
        "zj_outbound": f"127.0.0.1:{doors.port(outbound_port, 'the daemon port')}",
        "zj_esl_password": doors.password(secrets.esl_password, "the event socket"),
    }
    files = {
        **_template_files(),
        **_local_files(site, secrets, values, trunks),
        **_sound_files(site.languages, sounds or SoundSources()),
    }
    changed, removed = _install(files, out)
    return Rendered(out, bound, changed, removed, _warnings(bound, sip_port, has_trunks=bool(trunks)))


def _template_files() -> dict[str, bytes]:
    found = {str(path.relative_to(TEMPLATE)): path.read_bytes() for path in sorted(TEMPLATE.rglob("*.xml"))}
    if "freeswitch.xml" not in found:
        raise RenderError(f"{TEMPLATE} has no freeswitch.xml; reinstall zongji")
    return found


def _local_files(
    site: SiteFacts, secrets: SwitchSecrets, values: Mapping[str, str], trunks: Sequence[trunk_xml.Trunk]
) -> dict[str, bytes]:
    names = {extension: agent.name for extension, agent in sorted(site.agents.items())}
    passwords = {extension: entry.get("sip_password", "") for extension, entry in secrets.agents.items()}
    texts = {
        "vars.xml": site_xml.vars_xml(values),
        "modules.xml": site_xml.modules_xml(),
        "numbers.xml": site_xml.numbers_xml(
            sorted(site.numbers),
            getattr(site, "early_numbers", ()),
            country_of(getattr(site, "country", ""), getattr(site, "timezone", "")),
        ),
        "trunks.xml": trunk_xml.trunks_xml(trunks),
        "trunk_numbers.xml": trunk_xml.trunk_numbers_xml(trunks),
        "gateways.xml": trunk_xml.gateways_xml(trunks),
        "agents.xml": site_xml.agents_xml(names, passwords),
        "announcement.xml": site_xml.announcement_xml(site.languages),
    }
    return {f"{OURS}/{name}": text.encode() for name, text in texts.items()}


def _sound_files(languages: Iterable[str], sources: SoundSources) -> dict[str, bytes]:
    hold = _sound(sources.hold) or music.hold_tones()
    try:
        cuts = music.pieces(hold)
    except ValueError as error:
        raise RenderError(f"{sources.hold} {error}") from None
    files = {"sounds/hold.wav": hold, "sounds/hold/hold.wav": hold}
    files.update({f"sounds/wait-{n}.wav": cut for n, cut in enumerate(cuts, start=1)})
    for language in languages:
        recorded = _sound(sources.fallback.get(language))
        files[f"sounds/fallback-{doors.language(language)}.wav"] = recorded or music.sorry_tones()
    return files


def _sound(path: Path | None) -> bytes | None:
    return path.read_bytes() if path is not None and path.is_file() else None


def _install(files: Mapping[str, bytes], out: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Stage everything beside ``out``, then move what differs into place; returns the changed and removed names."""
    out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-"))  # mkdtemp gives 0700
    try:
        for name, content in files.items():
            _write(staging / name, content)
            if name.endswith(".xml"):
                _parse(staging / name)
        if not out.exists():
            os.replace(staging, out)
            return tuple(sorted(files)), ()
        return _move_changed(files, staging, out), _remove_stale(files, out)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move_changed(files: Mapping[str, bytes], staging: Path, out: Path) -> tuple[str, ...]:
    changed = sorted(name for name, content in files.items() if _content(out / name) != content)
    for name in changed:
        (out / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.replace(staging / name, out / name)
    for name in files:
        os.chmod(out / name, 0o600)
    return tuple(changed)


def _remove_stale(files: Mapping[str, bytes], out: Path) -> tuple[str, ...]:
    stale = [f"{OURS}/{path.name}" for path in (out / OURS).iterdir() if f"{OURS}/{path.name}" not in files]
    for name in stale:
        (out / name).unlink()
    return tuple(sorted(stale))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _parse(path: Path) -> None:
    try:
        ElementTree.parse(path)
    except ElementTree.ParseError as error:
        raise RenderError(
            f"{path.name} would not be well-formed XML ({error}); report this as a fault of zongji"
        ) from None


def _warnings(bind: str, sip_port: int, *, has_trunks: bool) -> tuple[str, ...]:
    if bind in ("127.0.0.1", "::1"):
        return ()
    if has_trunks:
        return (
            f"SIP listens on {bind}:{sip_port} (UDP and TCP): calls are taken from the trunks' addresses and from"
            " phones that sign in; a firewall should let in nobody else",
        )
    return (
        f"SIP listens on {bind}:{sip_port} (UDP and TCP) and RTP on {bind}: everybody who reaches this address"
        " can call the site's numbers; a firewall should let in only the phones and the trunk",
    )
