"""What a port tells of a call that is over about a phone that sends comfort noise in its silence (RFC 3389)."""

from __future__ import annotations

from media_lab import Studio

from eslapp.softswitch.invite_variables import rtp_report


def test_comfort_noise_is_counted_and_told_when_the_call_is_over() -> None:
    with Studio() as studio:
        port, far = studio.call()
        far.send(port, bytes(160))
        far.send(port, b"\x40", kind=13)
        studio.clock.run(2)
        told = dict(rtp_report(port))
        assert (told["rtp_audio_in_cng_packet_count"], told["rtp_audio_in_packet_count"]) == ("1", "2")
