"""Files as others take them: before a send what the channel takes, after a fetch what an agent's browser plays.

Owns: whether a file must be converted, to what, and the process that does it. Not here: decoding (``convert_child``),
what each channel takes (``Capabilities.takes``).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec

from gevent import subprocess

from eslapp.less_urgent import step_aside
from eslapp.log import get_log

from .channels.base import OutboundFile, Takes
from .sniffing import sniff

log = get_log("webhooks.conversion")
WITHIN_S = 25.0
FOR_BROWSERS = {  # what agents' browsers do not show or play
    "audio/amr": "audio/wav",
    "image/heic": "image/jpeg",
}
ENDINGS = {"image/jpeg": "jpg", "audio/mpeg": "mp3", "audio/amr": "amr", "audio/wav": "wav"}
KEPT_MOST = 40 * 1024 * 1024


class NotConvertible(Exception):
    """The channel does not take this file, and it cannot be made into one it takes. The text says why."""


def fitting(file: OutboundFile, takes: Mapping[str, Takes]) -> OutboundFile:
    """The file as the channel takes it; ``NotConvertible`` where that cannot be."""
    rule = takes.get(file.kind)
    kind = sniff(file.content, file.content_type)
    if rule is None or (kind in rule.types and len(file.content) <= rule.most_bytes):
        return file
    if rule.otherwise == "" or (kind in rule.types and file.kind not in ("image", "audio")):
        size = f"{len(file.content)} bytes of {rule.most_bytes}" if kind in rule.types else kind
        raise NotConvertible(f"the channel takes no such {file.kind} ({size})")
    made = converted(file.content, rule.otherwise, rule.most_bytes)
    return replace(file, content=made, content_type=rule.otherwise, name=renamed(file.name, rule.otherwise))


def for_browser(content: bytes, content_type: str) -> tuple[bytes, str]:
    """The file and its type as a browser shows it; unchanged where it does already, or cannot be helped."""
    wanted = FOR_BROWSERS.get(content_type, "")
    if not wanted:
        return content, content_type
    try:
        return converted(content, wanted, KEPT_MOST), wanted
    except NotConvertible as error:
        log.info("file-not-converted", type=content_type, reason=str(error))
        return content, content_type


def renamed(name: str, content_type: str) -> str:
    """With the ending of its new type.

    >>> renamed("voice.amr", "audio/wav"), renamed("", "image/jpeg")
    ('voice.wav', 'file.jpg')
    """
    stem = name.rpartition(".")[0] or name or "file"
    return f"{stem}.{ENDINGS[content_type]}"


def converted(content: bytes, wanted: str, most: int) -> bytes:
    """In a process of its own; the hub goes on meanwhile."""
    if find_spec("av") is None:
        raise NotConvertible("converting needs PyAV: pip install zongji[media]")
    words = [sys.executable, "-m", "webhooks.convert_child", wanted, str(most)]
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        step_aside(child.pid)
        made, why = child.communicate(content, timeout=WITHIN_S)
    except subprocess.TimeoutExpired:
        raise NotConvertible(f"not done within {WITHIN_S:.0f} s") from None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    if child.returncode != 0 or not made:
        raise NotConvertible(why.decode("utf-8", "replace").strip()[-200:] or f"ended with {child.returncode}")
    return bytes(made)
