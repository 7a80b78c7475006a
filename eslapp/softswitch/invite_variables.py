"""The variables FreeSWITCH's mod_sofia puts on a channel from its SIP messages, in its order. Pure.

Not here: when a channel gets them (``legs.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from eslapp.softswitch.media.sdp import CODECS
from eslapp.softswitch.profile import Header
from eslapp.softswitch.sip.text import BadText
from eslapp.softswitch.sip.uri import Address, parse_address

if TYPE_CHECKING:
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.sip.message import Request

MAX_VALUE = 8_192
LEARNT = (  # of a callee's answer, in this order
    *"sip_local_network_addr sip_reply_host sip_reply_port sip_network_ip sip_network_port ep_codec_string".split(),
    *"sip_user_agent sip_recover_contact sip_full_via sip_recover_via sip_from_display sip_full_from".split(),
    *"sip_to_display sip_full_to sip_from_user sip_from_port sip_from_uri sip_from_host".split(),
    *"sip_to_user sip_to_port sip_to_uri sip_to_host".split(),
    *"sip_contact_user sip_contact_port sip_contact_uri sip_contact_host".split(),
    *"sip_to_tag sip_from_tag sip_cseq sip_call_id".split(),
)
KNOWN = frozenset(
    """via from to call-id cseq contact max-forwards content-type content-length user-agent allow supported route
    record-route proxy-authorization authorization allow-events accept expires min-se session-expires require
    subject organization privacy date p-asserted-identity""".split()
)
CARRIED = frozenset({"diversion", "history-info", "user-to-user", "referred-by", "geolocation"})


def inbound_variables(call: SipCall, profile: str, local: tuple[str, int], at: int) -> Iterator[Header]:
    """What a new inbound INVITE gives; ``local`` is where this switch's SIP listens."""
    request = call.request
    host, port = call.remote_addr
    local_host, local_port = local
    from_user = unescaped(call.from_user)
    yield "sip_from_user", from_user
    yield "sip_from_uri", f"{from_user}@{call.from_host}"
    yield "sip_from_host", call.from_host
    for kind in ("video", "audio", "text"):
        yield f"{kind}_media_flow", "disabled"
    yield "channel_name", f"sofia/{profile}/{from_user}@{call.from_host}"
    yield "sip_call_id", call.call_id
    yield "sip_local_network_addr", local_host
    yield "sip_network_ip", host
    yield "sip_network_port", str(port)
    yield "sip_invite_stamp", str(at)
    yield "sip_received_ip", host
    yield "sip_received_port", str(port)
    yield "sip_via_protocol", call.came_by
    yield "sip_from_user_stripped", from_user.lstrip("+")
    yield "sip_from_tag", call.remote_tag
    yield "sofia_profile_name", profile
    yield "sofia_profile_url", f"sip:mod_sofia@{local_host}:{local_port}"
    yield "recovery_profile_name", profile
    identity = asserted_identity(request)
    if identity is not None:
        yield "sip_P-Asserted-Identity", unescaped(identity.uri.user)
        yield "sip_cid_type", "pid"
    yield "sip_full_via", full_via(request, port)
    yield "sip_from_display", call.from_display
    yield "sip_full_from", shown(request, "From")
    yield "sip_full_to", shown(request, "To")
    yield from uri_variables("sip_req", request.uri)
    yield from uri_variables("sip_to", request.to.uri if request.to else request.uri)
    yield from _contact(request)
    yield "rtp_use_codec_string", "PCMU,PCMA"
    yield "sip_subject", shown(request, "Subject")
    yield "sip_user_agent", shown(request, "User-Agent")
    yield from _via(request, port)
    yield "max_forwards", shown(request, "Max-Forwards") or "70"
    yield "sip_Privacy", shown(request, "Privacy")
    yield from extra_headers(request)
    yield "switch_r_sdp", call.remote_sdp
    yield "ep_codec_string", offered_codecs(call.remote_sdp)
    yield "endpoint_disposition", "DELAYED NEGOTIATION"


def unescaped(user: str) -> str:
    """A URI's user without its escapes, as dialplans see it; escaped control characters stay escaped.

    >>> unescaped("%2B8640012345"), unescaped("a%0Ab")
    ('+8640012345', 'a%0Ab')
    """
    plain = unquote(user)
    return plain if plain.isprintable() else user


def shown(request: Any, name: str) -> str:
    """A header's value as an event may show it."""
    return cleaned(request.get(name))


def full_via(request: Any, source_port: int) -> str:
    """Their Via with the port it came from, where they want to be told (RFC 3581)."""
    return re.sub(r";\s*rport(?=;|,|$)", f";rport={source_port}", shown(request, "Via"), count=1)


def cleaned(value: str) -> str:
    """Without control characters and bytes that were no UTF-8."""
    return "".join(letter for letter in value if letter >= " " and not "\ud800" <= letter <= "\udfff")[:MAX_VALUE]


def info_headers(request: Request) -> Iterator[Header]:
    """What an INFO says of itself in the event that tells of it."""
    yield "SIP-Content-Type", cleaned(request.get("content-type").partition(";")[0].strip())
    contacts = [parse_address(each) for each in request.elements("contact")[:1]]
    for name, address in (("From", request.from_), ("To", request.to), ("Contact", [*contacts, None][0])):
        if address is not None:
            yield f"SIP-{name}-User", unescaped(address.uri.user)
            yield f"SIP-{name}-Host", address.uri.host


def uri_variables(prefix: str, uri: Any) -> Iterator[Header]:
    """``_user _port _uri _host`` of a SIP URI."""
    port = f":{uri.port}" if uri.port else ""
    user = unescaped(uri.user)
    yield f"{prefix}_user", user
    if uri.port:
        yield f"{prefix}_port", str(uri.port)
    yield f"{prefix}_uri", f"{user}@{uri.host}{port}" if user else f"{uri.host}{port}"
    yield f"{prefix}_host", uri.host


def asserted_identity(request: Any) -> Address | None:
    """P-Asserted-Identity, which FreeSWITCH shows as the caller instead of From."""
    text = request.get("P-Asserted-Identity")
    try:
        identity = parse_address(text) if text else None
    except BadText:
        return None
    return identity if identity is not None and identity.uri.user else None


def callee_variables(call: SipCall) -> Iterator[Header]:
    """What the first answer of a callee tells of the dialog."""
    response = call.heard
    if response is None:
        return
    yield "sip_user_agent", shown(response, "User-Agent")
    yield "sip_recover_contact", shown(response, "Contact")
    for name in ("sip_full_via", "sip_recover_via"):
        yield name, shown(response, "Via")
    if response.from_ is not None and response.to is not None:
        yield "sip_from_display", response.from_.shown
        yield "sip_full_from", shown(response, "From")
        yield "sip_full_to", shown(response, "To")
        yield from uri_variables("sip_from", response.from_.uri)
        yield from uri_variables("sip_to", response.to.uri)
    yield from _contact(response)
    yield "sip_to_tag", call.remote_tag
    yield "sip_from_tag", call.local_tag
    yield "sip_cseq", str(response.cseq)
    yield "sip_call_id", call.call_id


def _contact(request: Any) -> Iterator[Header]:
    try:
        contact = parse_address(request.get("Contact"))
    except BadText:
        return
    yield from uri_variables("sip_contact", contact.uri)


def _via(request: Any, source_port: int) -> Iterator[Header]:
    via = request.via
    if via is not None:
        yield "sip_via_host", via.host
        yield "sip_via_port", str(via.port) if via.port else ""
        if "rport" in via.params:
            yield "sip_via_rport", str(source_port)


def extra_headers(request: Any) -> Iterator[Header]:
    """``sip_h_<name>`` for X- headers and every other header FreeSWITCH has no variable of its own for."""
    for name, value in request.shown():
        low = name.lower()
        if (low.startswith(("x-", "p-")) and low not in KNOWN) or low in CARRIED:
            yield f"sip_h_{name}", value[:MAX_VALUE]


def media_variables(call: SipCall) -> Iterator[Header]:
    """What an open media path adds, before the local SDP is known."""
    port = call.media
    remote_host, remote_port = port.remote or ("", 0)
    codec = port.codec_name
    if call.direction == "outbound":
        yield "ep_codec_string", offered_codecs(call.remote_sdp, call.codecs)
    yield "rtp_use_codec_string", "PCMU,PCMA"
    for kind in ("video", "text"):
        yield f"remote_{kind}_media_flow", "inactive"
    yield "remote_audio_media_flow", "sendrecv"
    if call.direction == "inbound" or call.state == "early":
        yield "audio_media_flow", "sendrecv"
    yield "rtp_audio_recv_pt", str(port.payload_type)
    yield "rtp_use_codec_name", codec
    yield "rtp_use_codec_rate", "8000"
    yield "rtp_use_codec_ptime", "20"
    yield "rtp_use_codec_channels", "1"
    yield "rtp_last_audio_codec_string", f"{codec}@8000h@20i@1c"
    for name in ("read_codec", "original_read_codec"):
        yield name, codec
    for name in ("read_rate", "original_read_rate"):
        yield name, "8000"
    yield "write_codec", codec
    yield "write_rate", "8000"
    yield "dtmf_type", "rfc2833"
    yield "local_media_ip", port.host
    yield "local_media_port", str(port.rtp_port)
    yield "advertised_media_ip", port.host
    yield "rtp_use_timer_name", "soft"
    yield "rtp_use_pt", str(port.payload_type)
    yield "rtp_use_ssrc", str(port.ssrc)
    if port.digit_payload_type is not None:
        yield "rtp_2833_send_payload", str(port.digit_payload_type)
        yield "rtp_2833_recv_payload", "101"
    yield "remote_media_ip", remote_host
    yield "remote_media_port", str(remote_port)


def offered_codecs(sdp: str, spoken: tuple[str, ...] = CODECS) -> str:
    """``CORE_PCM_MODULE.PCMU@...`` for those of the far end's codecs that the switch speaks, in its order."""
    line = next((line for line in sdp.splitlines() if line.startswith("m=audio")), "")
    names = [{"0": "PCMU", "8": "PCMA"}.get(word, "") for word in line.split()[3:]]
    return ",".join(f"CORE_PCM_MODULE.{name}@8000h@20i@64000b" for name in names if name in spoken)


def rtp_report(port: Any) -> Iterator[Header]:
    """``rtp_audio_*`` of a finished call from the port's counters."""
    seen = port.counters
    yield "rtp_audio_in_raw_bytes", str(seen.bytes_in)
    yield "rtp_audio_in_media_bytes", str(seen.bytes_in)
    yield "rtp_audio_in_packet_count", str(seen.packets_in)
    yield "rtp_audio_in_media_packet_count", str(seen.packets_in)
    yield "rtp_audio_in_skip_packet_count", str(seen.lost)
    for name, count in (("jitter", 0), ("dtmf", 0), ("cng", seen.noise_in), ("flush", 0)):
        yield f"rtp_audio_in_{name}_packet_count", str(count)
    yield "rtp_audio_in_largest_jb_size", "0"
    for name in ("jitter_min_variance", "jitter_max_variance", "jitter_loss_rate", "jitter_burst_rate"):
        yield f"rtp_audio_in_{name}", "0.00"
    yield "rtp_audio_in_mean_interval", "20.00"
    yield "rtp_audio_in_flaw_total", "0"
    yield "rtp_audio_in_quality_percentage", "100.00"
    yield "rtp_audio_in_mos", "4.50"
    yield "rtp_audio_out_raw_bytes", str(seen.bytes_out)
    yield "rtp_audio_out_media_bytes", str(seen.bytes_out - seen.digit_bytes_out)
    for name in ("packet", "media_packet"):
        yield f"rtp_audio_out_{name}_count", str(seen.packets_out - seen.digit_packets_out)
    for name, count in (("out_skip", 0), ("out_dtmf", seen.digit_packets_out), ("out_cng", 0), ("rtcp", 0)):
        yield f"rtp_audio_{name}_packet_count", str(count)
    yield "rtp_audio_rtcp_octet_count", "0"
