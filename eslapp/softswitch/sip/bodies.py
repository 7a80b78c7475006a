"""The SDP in a message's body, also where it is one part of several (RFC 5621, RFC 2046 5.1). Pure.

Not here: what the SDP says (``media.sdp``).

>>> sdp_of("multipart/mixed; boundary=x", b"--x\\r\\nContent-Type: application/sdp\\r\\n\\r\\nv=0\\r\\n--x--\\r\\n")
b'v=0'
"""

from __future__ import annotations

import re

MOST_PARTS = 10
_BOUNDARY = re.compile(r';[ \t]*boundary[ \t]*=[ \t]*(?:"([^"]{1,70})"|([^\s;,"]{1,70}))', re.IGNORECASE)
_SDP = re.compile(rb"content-type[ \t]*:[ \t]*application/sdp[ \t]*(?:;.*)?", re.IGNORECASE)


def sdp_of(content_type: str, body: bytes) -> bytes:
    """The body; of a multipart one the first part that is SDP, empty where there is none."""
    if not content_type.lstrip()[:10].lower() == "multipart/":
        return body
    found = _BOUNDARY.search(content_type)
    if found is None:
        return b""
    boundary = b"--" + (found[1] or found[2]).encode("utf-8", "surrogateescape")
    for part in body.split(boundary, MOST_PARTS)[1:MOST_PARTS]:
        head, separator, content = part.partition(b"\r\n\r\n")
        if separator and any(_SDP.fullmatch(line.strip()) for line in head.split(b"\r\n")):
            return content.removesuffix(b"\r\n")
    return b""
