"""What went through a media port since it opened (a plain record)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counters:
    """Packets and what was wrong with some of them."""

    packets_in: int = 0
    bytes_in: int = 0  # RTP packets with their headers
    noise_in: int = 0  # of them: comfort noise (RFC 3389), how a phone says that it is silent
    packets_out: int = 0
    bytes_out: int = 0
    digit_packets_out: int = 0  # of them: RFC 4733
    digit_bytes_out: int = 0
    digits_in: int = 0
    digits_dropped: int = 0  # over the cap of 50 per second
    foreign: int = 0  # packets from a source that is not this call's
    malformed: int = 0
    late: int = 0  # too late, double or too many
    lost: int = 0
    send_errors: int = 0
    reports_in: int = 0  # RTCP
    reports_out: int = 0
    remote_lost: int = 0  # as the far end reports it: packets of ours it missed, all and (0..1) of late
    remote_loss: float = 0.0
    remote_jitter_ms: float = 0.0
    jitter_ms: float = 0.0  # RFC 3550 6.4.1, arrival taken at the 20 ms tick
