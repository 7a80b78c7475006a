"""``winmail.dat``: the files that Outlook wraps where it takes everybody for Outlook (TNEF, MS-OXTNEF).

Owns: ``files_of``. Pure; any bytes give a list. Not here: the mail around it (``reading``).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

SIGNATURE = 0x223E9F78
ATTACHMENT = 2  # the level of attributes that belong to a file
BEGIN, TITLE, CONTENT, PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
LONG_NAME = (0x3707, 0x3001)  # PidTagAttachLongFilename, PidTagDisplayName
STRINGS = {0x001E: "cp1252", 0x001F: "utf-16-le"}
SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0005: 8, 0x0006: 8, 0x0007: 8, 0x0014: 8, 0x0040: 8}
MOST = 50


def files_of(content: bytes) -> list[tuple[str, bytes]]:
    """``(name, bytes)`` of each file inside; [] where it is no such container or holds none."""
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != SIGNATURE:
        return []
    names: list[str] = []
    found: list[bytes] = []
    for level, kind, value in _attributes(content):
        if level != ATTACHMENT or len(found) > MOST:
            continue
        if kind == BEGIN:
            names.append("")
            found.append(b"")
        elif found and kind == TITLE:
            names[-1] = names[-1] or value.split(b"\0")[0].decode("gb18030", "replace")
        elif found and kind == CONTENT:
            found[-1] = value
        elif found and kind == PROPERTIES:
            names[-1] = _long_name(value) or names[-1]
    return [
        (name or f"file-{place + 1}", one) for place, (name, one) in enumerate(zip(names, found, strict=True)) if one
    ]


def _attributes(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, id and value of each; a length that leads outside ends it."""
    place = 6
    while place + 9 <= len(content):
        level, kind, _, length = struct.unpack_from("<BHHI", content, place)
        begun = place + 9
        if begun + length + 2 > len(content):
            return
        yield level, kind, content[begun : begun + length]
        place = begun + length + 2  # a checksum follows


def _long_name(properties: bytes) -> str:
    """Among MAPI properties; "" where they are cut or of a kind that is not read here."""
    try:
        (count,) = struct.unpack_from("<I", properties)
        place = 4
        for _ in range(min(count, 200)):
            kind, identity = struct.unpack_from("<HH", properties, place)
            place += 4
            if identity >= 0x8000:
                return ""  # named properties: the rest is not needed
            if kind in SIZES:
                place += SIZES[kind]
                continue
            values, length = struct.unpack_from("<II", properties, place)
            value = properties[place + 8 : place + 8 + length]
            if identity in LONG_NAME and kind in STRINGS:
                return value.decode(STRINGS[kind], "replace").rstrip("\0")
            place += 8 + (length + 3) // 4 * 4
            if values != 1:
                return ""
    except struct.error:
        return ""
    return ""
