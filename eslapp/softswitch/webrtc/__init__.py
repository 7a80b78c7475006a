"""Browser phones: ICE-lite, DTLS-SRTP and Opus on a media port (the extra ``webrtc``, imported when first needed).

The port keeps its socket, its clock and its place in the RTP range; ``wire.py`` stands between the two. So a browser's
audio is played, mixed, recorded and bridged as any other. Not here: SDP (``media.sdp``, ``media.websdp``).
"""

from __future__ import annotations

import functools
import importlib

NEEDED = ("aiortc", "OpenSSL", "pylibsrtp", "av", "cryptography", "numpy")
HINT = "install the extra: pip install 'zongji[webrtc]'"


@functools.cache
def missing() -> str:
    """ "" when browser phones can be served here, else one sentence that names what is missing and the mend."""
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except (ImportError, OSError) as error:
            return f"browser phones (WebRTC) need the package {name} ({error}); {HINT}"
    return ""


def warm_up() -> None:
    """Import everything and make the certificate, so that the first call need not wait (in a thread of its own)."""
    if not missing():
        from eslapp.softswitch.webrtc import dtls, wire  # noqa: F401

        dtls.own_fingerprint()
