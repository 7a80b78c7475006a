"""What a file is, by its first bytes: what a sender claims counts only where nothing better is known.

Owns: the signatures of what people send, and which types a browser may be shown. Pure.

>>> sniff(b"\\x89PNG\\r\\n\\x1a\\n....", "text/html"), sniff(b"<script>", "image/png"), sniff(b"a,b", "text/csv")
('image/png', 'application/octet-stream', 'text/csv')
"""

from __future__ import annotations

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"PK\x03\x04", "application/zip"),
)
INSIDE_ZIP = ("application/vnd.openxmlformats", "application/vnd.oasis", "application/zip")
PLAIN = ("text/plain", "text/csv", "text/calendar", "text/vcard")
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # in the page itself
PLAYED = frozenset({"audio/wav", "audio/ogg", "audio/mpeg", "audio/mp4", "video/mp4", "video/webm"})
OCTETS = "application/octet-stream"


def sniff(content: bytes, claimed: str) -> str:
    """The media type to keep it under; ``application/octet-stream`` where nothing can be said."""
    claimed = claimed.partition(";")[0].strip().lower()
    for offset, signature, found in SIGNATURES:
        if content[offset : offset + len(signature)] == signature:
            if found == "application/zip" and claimed.startswith(INSIDE_ZIP):
                return claimed
            return found
    return claimed if claimed in PLAIN and _is_text(content) else OCTETS


def _is_text(content: bytes) -> bool:
    try:
        content[:4096].decode("utf-8", "strict" if len(content) < 4096 else "ignore")
    except UnicodeDecodeError:
        return False
    return b"\0" not in content[:4096]
