"""Hold: re-INVITE from this side, CHANNEL_HOLD and CHANNEL_UNHOLD, the music the other leg hears meanwhile.

Not here: noticing that a phone holds (``legs.py``).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from eslapp.softswitch import silence
from eslapp.softswitch.invite_variables import shown, uri_variables
from eslapp.softswitch.origins import ORIGINS, Origin
from eslapp.softswitch.session_events import fire, forget_hold, mark_unheld, set_call_state
from eslapp.softswitch.states import CallState

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session

FRAME_S = 0.02
OFFERED_AGAIN = (  # by a re-INVITE of the phone's
    *"switch_r_sdp ep_codec_string rtp_use_codec_string remote_video_media_flow remote_text_media_flow".split(),
)
ANSWERED_AGAIN = (  # by our answer to it
    *"remote_media_ip remote_media_port rtp_audio_recv_pt dtmf_type".split(),
    *"rtp_2833_send_payload rtp_2833_recv_payload rtp_local_sdp_str".split(),
)
TOLD_AGAIN = (  # by the answer to a re-INVITE of ours, in this order
    *"sip_local_network_addr sip_reply_host sip_reply_port sip_network_ip sip_network_port".split(),
    *"sip_user_agent sip_recover_contact".split(),
    *"dlg_req_swap_direction sip_full_via sip_recover_via sip_full_from sip_to_display sip_full_to".split(),
    *"sip_from_user sip_from_port sip_from_uri sip_from_host sip_to_user sip_to_port sip_to_uri sip_to_host".split(),
    *"sip_contact_user sip_contact_port sip_contact_uri sip_contact_host sip_to_tag sip_from_tag".split(),
    *"sip_cseq sip_call_id switch_r_sdp ep_codec_string rtp_use_codec_string".split(),
    *"remote_video_media_flow remote_text_media_flow remote_audio_media_flow remote_media_ip remote_media_port".split(),
    *"rtp_audio_recv_pt dtmf_type rtp_2833_send_payload rtp_2833_recv_payload".split(),
)


def answered_again(session: Session) -> tuple[str, ...]:
    """How digits come is agreed again only where they come in RTP."""
    is_rtp = session.variables.text("dtmf_type") == "rfc2833"
    return tuple(name for name in ANSWERED_AGAIN if is_rtp or name != "dtmf_type")


def hold(session: Session) -> None:
    """sendonly; nothing for a leg that is held or not answered."""
    if session.is_held or not session.is_answered or session.call is None:
        return
    session.is_held = True
    silence.watch(session)
    _offer(session, "sendonly", "recvonly")
    mark_held(session, ORIGINS["hold by api"])


def unhold(session: Session) -> None:
    """sendrecv; nothing for a leg that is not held."""
    if not session.is_held or session.call is None:
        return
    session.is_held = False
    silence.watch(session)
    _offer(session, "sendrecv", "sendrecv")
    mark_unheld(session, ORIGINS["unhold by api"])


def mark_held(session: Session, origin: Origin | None = None) -> None:
    """CHANNEL_HOLD, and since when."""
    set_call_state(session, CallState.HELD)
    now = session.profile.times.last_hold = session.switch.now()
    session.holds.append((now, 0))
    fire(session, "CHANNEL_HOLD", origin=origin)


def _offer(session: Session, direction: str, flow: str) -> None:
    """Re-INVITE; ``flow``: what is heard of the other side once it answered."""
    assert session.call is not None
    session.call.reinvite(direction, lambda _status: _answered(session, flow))
    session.variables.set("rtp_local_sdp_str", session.call.local_sdp)


def _answered(session: Session, flow: str) -> None:
    """The phone took it."""
    learn_answer(session)
    session.variables.set("remote_audio_media_flow", flow)
    session.variables.tell_again(TOLD_AGAIN)
    if session.partner is not None:
        session.partner.variables.tell_again(("switch_m_sdp",))
    if flow == "sendrecv" and session.is_up:
        set_call_state(session, CallState.ACTIVE)


def any_codec(session: Session) -> None:
    """The caller's codec, which a callee was asked for first, is no longer the only one."""
    wanted = session.variables.text("originator_codec") or session.variables.text("rtp_use_codec_string")
    if session.direction == "outbound" and not wanted.endswith("PCMU,PCMA"):
        session.variables.set("rtp_use_codec_string", f"{wanted},PCMU,PCMA" if wanted else "PCMU,PCMA")


def learn_answer(session: Session) -> None:
    """The answer to a re-INVITE of ours names both sides the other way round for a leg that called us."""
    call = session.call
    answer = call.reoffer_answer if call is not None else None
    if call is None or answer is None or answer.from_ is None or answer.to is None:
        return
    variables, (host, port) = session.variables, call.remote_addr
    variables.set("sip_reply_host", host)
    variables.set("sip_reply_port", str(port))
    variables.set("sip_cseq", str(answer.cseq))
    if call.direction != "inbound":
        any_codec(session)
        return
    variables.set("dlg_req_swap_direction", "true")
    variables.set("sip_full_via", shown(answer, "Via"))  # ours, as in every answer
    if "TCP" in shown(answer, "Via").upper():  # else FreeSWITCH keeps it of legs that it called itself
        variables.set("sip_recover_via", shown(answer, "Via"))
    for side, address in (("from", answer.from_), ("to", answer.to)):
        variables.set(f"sip_{side}_port", None)
        variables.set(f"sip_{side}_display", address.shown)
        variables.set(f"sip_full_{side}", shown(answer, side.title()))
        variables.set(f"sip_{side}_tag", address.tag)
        for name, value in uri_variables(f"sip_{side}", address.uri):
            variables.set(name, value)


def music(session: Session) -> str:
    """``hold_music`` of the channel, the profile or the switch; "" where there is none."""
    conf = session.switch.conf
    for name in (session.variables.get("hold_music"), conf.profile.text("hold-music"), conf.globals.get("hold_music")):
        if name:
            return "" if name == "silence" else name
    return "local_stream://moh" if {"moh", "default"} & set(conf.local_streams) else ""


def end_hold(session: Session) -> None:
    """A bridge is over, and who held the other side holds nobody any longer; it is active from the next frame on."""
    if session.is_held and session.is_up:
        forget_hold(session)
        asyncio.get_running_loop().call_later(FRAME_S, _be_active, session)


def _be_active(session: Session) -> None:
    if session.is_up and session.call_state is CallState.UNHELD:
        set_call_state(session, CallState.ACTIVE)


def start_music(session: Session) -> None:
    """The partner holds: this leg hears music until ``stop_music``."""
    name = music(session)
    if name:
        session.is_hearing_music = True
        session.queue_application(
            "playback",
            name,
            loops=-1,
            said=("event-lock-pri: true", "lead-frames: 5", "loops: -1"),
            where="COMMAND broadcast",
        )


def stop_music(session: Session) -> None:
    """The partner is back."""
    if session.is_hearing_music:
        session.is_hearing_music = False
        session.stop_loop()
