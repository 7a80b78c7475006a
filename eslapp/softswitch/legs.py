"""Joins a channel to its SIP call: what the phone does becomes events, what the channel wants goes to the phone.

Owns: ringing, early media, answer, the end in both directions, hold, digits by INFO.
Not here: the SIP itself (``sip.call``), which legs are made (``originate.py``), variables (``invite_variables``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch import causes, flawed, hooks, learning, silence
from eslapp.softswitch.holding import (
    OFFERED_AGAIN,
    answered_again,
    any_codec,
    mark_held,
    start_music,
    stop_music,
)
from eslapp.softswitch.invite_variables import (
    LEARNT,
    asserted_identity,
    cleaned,
    inbound_variables,
    info_headers,
    media_variables,
    shown,
    unescaped,
)
from eslapp.softswitch.profile import CallerProfile, Times
from eslapp.softswitch.session import Session
from eslapp.softswitch.session_events import (
    HELD,
    MARK_ANSWERED,
    UNHELD,
    fire,
    fire_codecs,
    fire_info,
    fire_presence,
    mark_unheld,
    set_call_state,
    tell_reinvite,
)
from eslapp.softswitch.sip.compose import phrase_of
from eslapp.softswitch.states import CallState

if TYPE_CHECKING:
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.switch import Switch

INCOMPLETE = 500  # answered without SDP: the SIP stack itself gives up
RINGS = (180, 182, 183)  # others (181 forwarded, 199 gone) say nothing a caller would hear


def inbound_session(switch: Switch, call: SipCall) -> Session:
    """A channel for a new inbound call, not started yet."""
    at = switch.now()
    profile_name = switch.conf.profile.name
    from_user = unescaped(call.from_user)
    name = f"sofia/{profile_name}/{from_user}@{call.from_host}"
    uuid = switch.new_uuid()
    number, caller_name = from_user, call.from_display or from_user
    identity = asserted_identity(call.request)
    if identity is not None:
        number = unescaped(identity.uri.user)
        caller_name = identity.shown or number
    profile = CallerProfile(
        uuid=uuid,
        channel_name=name,
        username=number,
        caller_id_name=caller_name,
        caller_id_number=number,
        orig_caller_id_name=caller_name,
        orig_caller_id_number=number,
        network_addr=call.remote_addr[0],
        ani=number,
        destination_number=unescaped(call.to_user),
        context=switch.conf.profile.context,
        dialplan=switch.conf.profile.text("dialplan", "XML"),
        created=at,
        times=Times(created=at),
    )
    session = Session(switch, uuid, name, "inbound", profile)
    first = {"direction": "inbound", "uuid": uuid, "call_uuid": uuid, "session_id": str(session.number)}
    for key, value in first.items():
        session.variables.set(key, value)
    for key, value in inbound_variables(call, profile_name, switch.sip_address, at):
        session.variables.set(key, value)
    _adopt_user(switch, session, call)
    attach(session, call)
    return session


def _adopt_user(switch: Switch, session: Session, call: SipCall) -> None:
    """An authenticated caller gets the variables of the directory; ``user_context`` moves the call there."""
    user = switch.conf.user(call.auth_user) if call.auth_user else None
    if user is None:
        return
    for name, value in user.variables.items():
        session.variables.set(name, value)
    session.variables.set("user_name", user.id)
    session.variables.set("domain_name", user.domain)
    session.profile.context = session.variables.text("user_context", session.profile.context)


def attach(session: Session, call: SipCall) -> None:
    """Hear what the call does."""
    session.call = call
    session.port = call.media
    call.media.on_digit = session.take_digit
    call.on_end = lambda by_remote, code, q850: _ended(session, by_remote, code, q850)
    call.on_info_dtmf = lambda digit, ms: _info_digit(session, digit, ms)
    call.on_info = lambda request: fire_info(session, info_headers(request), request.body)
    call.on_reoffer = lambda: _offered_again(session)
    call.on_hold = lambda: _held(session, is_held=True)
    call.on_unhold = lambda: _held(session, is_held=False)
    call.on_refer = lambda target, by: session.switch.refer(session, target, by)
    if call.direction == "inbound":
        call.on_answer = call.on_reacked = lambda: learning.acknowledged(session)
    else:
        call.on_progress = lambda code, has_media: _progressed(session, code, has_media)
        call.on_answer = lambda: mark_answered(session)
        call.on_reacked = lambda: learning.acknowledged(session)


# -- what the phone did ------------------------------------------------------------------------------------------------


def _progressed(session: Session, code: int, has_media: bool) -> None:
    learning.learn_reply(session)
    if has_media:
        mark_early_media(session)
    elif code in RINGS:
        mark_ringing(session)


def _ended(session: Session, by_remote: bool, code: int, q850: int) -> None:
    variables, call = session.variables, session.call
    session.hung_up_by_phone = session.is_up
    if not by_remote and session.is_up:  # nobody there any more: no answer, no ACK, a browser that fell silent
        variables.set("sip_term_status", str(code or 408))
        if code == INCOMPLETE:
            _gave_up(session)
        session.hangup(causes.cause_of_q850(q850) if q850 else causes.cause_of_sip_code(code))
    elif by_remote and session.is_up:
        is_refusal = session.direction == "outbound" and not session.is_answered
        cause = _cause_of_end(session, code, q850)
        if is_refusal and code >= 300:
            learning.learn_call_id(session)
            heard = call.heard if call is not None else None
            variables.tell_again(("sip_local_network_addr",))
            if heard is not None:
                learning.learn_address(session)
            else:  # the network said that nobody is there
                for kind in ("reply", "network"):
                    variables.set(f"sip_{kind}_port", "0")
            variables.set("sip_hangup_disposition", "recv_refuse")
            variables.set("sip_invite_failure_status", str(code))
            phrase = cleaned(heard.phrase) if heard is not None else phrase_of(code)
            variables.set("sip_invite_failure_phrase", phrase)
        status = 487 if cause == "ORIGINATOR_CANCEL" else code if code >= 300 else 200
        is_cancel = cause == "ORIGINATOR_CANCEL"
        if is_cancel:
            variables.set("sip_hangup_disposition", "recv_cancel")
            variables.set("sip_invite_failure_status", "487")
            variables.set("sip_invite_failure_phrase", "CANCEL")
        variables.set("sip_term_status", str(status))
        variables.set("proto_specific_hangup_cause", f"sip:{status}")
        variables.set("sip_term_cause", str(causes.number_of(cause)))
        session.hangup(cause)
        if not is_refusal and not is_cancel:
            agent = shown(call.bye, "User-Agent") or shown(call.bye, "Server") if call is not None and call.bye else ""
            if agent:
                variables.set("sip_user_agent", agent)
            variables.set("sip_hangup_disposition", "recv_bye")


def _gave_up(session: Session) -> None:
    session.variables.set("proto_specific_hangup_cause", f"sip:{INCOMPLETE}")
    session.variables.set("sip_hangup_phrase", "Internal Error")
    session.variables.set("sip_hangup_disposition", "send_bye")


def _cause_of_end(session: Session, code: int, q850: int) -> str:
    if session.direction == "inbound" and not session.is_answered and code:
        return "ORIGINATOR_CANCEL"  # CANCEL, not a BYE
    if q850:
        return causes.cause_of_q850(q850)
    return causes.cause_of_sip_code(code) if code >= 300 else "NORMAL_CLEARING"


def _info_digit(session: Session, digit: str, duration_ms: int) -> None:
    if session.variables.text("dtmf_type") == "info":
        session.take_digit(digit, duration_ms * 8, "ENDPOINT")


def _offered_again(session: Session) -> None:
    """Neither a hold nor its end."""
    flows = ("remote_audio_media_flow", "audio_media_flow")
    any_codec(session)
    session.variables.tell_again(("endpoint_disposition", *OFFERED_AGAIN, *flows, *answered_again(session)))
    tell_reinvite(session)


def _held(session: Session, *, is_held: bool) -> None:
    is_new, session.is_held, session.holds_itself = session.is_held is not is_held, is_held, is_held
    silence.watch(session)
    flow = session.call.remote_direction if session.call is not None and is_held else "sendrecv"
    any_codec(session)
    session.variables.tell_again(OFFERED_AGAIN)
    session.variables.set("remote_audio_media_flow", flow)
    session.variables.set("audio_media_flow", "recvonly" if flow == "sendonly" else flow)
    if is_new:
        mark_held(session) if is_held else mark_unheld(session)
    session.variables.tell_again(answered_again(session))
    status, where = ("hold", HELD) if is_held else ("unhold", UNHELD)
    fire_presence(session, status, where=where)
    tell_reinvite(session)
    if not is_held:
        set_call_state(session, CallState.ACTIVE)
    if session.partner is not None:
        session.partner.variables.tell_again(("switch_m_sdp",))
        (start_music if is_held else stop_music)(session.partner)


# -- what the channel did ----------------------------------------------------------------------------------------------


def ring(session: Session) -> None:
    """180 to the caller, once."""
    if session.direction == "inbound" and session.answer_state == "ringing" and session.is_up and session.call:
        if not session.has_rung:
            session.call.ring()
            session.variables.set("sip_to_tag", session.call.local_tag)
            mark_ringing(session)


def open_early_media(session: Session) -> None:
    """183 with SDP to the caller, once; nothing for a call that has media."""
    if session.is_media_ready or not session.is_up or session.call is None or session.direction != "inbound":
        return
    if not flawed.fails(session) and session.call.early_media():
        mark_early_media(session)


def answer(session: Session) -> None:
    """200 to the caller, once; a call without an offer has got it already."""
    if session.is_answered or not session.is_up or session.call is None or flawed.fails(session):
        return
    if session.direction != "inbound":
        return
    session.call.session_timer = session.switch.session_timer(session.variables.get("sofia_session_timeout"))
    if session.call.answer() or session.call.state == "answered":
        if not session.is_media_ready:
            mark_early_media(session)
        mark_answered(session)


def mark_ringing(session: Session) -> None:
    """CHANNEL_PROGRESS."""
    if not session.is_up or session.has_rung:
        return
    session.has_rung = True
    session.profile.times.progress = session.profile.times.progress or session.switch.now()
    learning.pass_on(session, "progress")
    fire(session, "CHANNEL_PROGRESS")
    hooks.at(session, "ring")
    if session.direction == "outbound":
        set_call_state(session, CallState.RINGING)
    session.switch.leg_changed(session)


def mark_early_media(session: Session) -> None:
    """Media is open: CODEC, CHANNEL_PROGRESS_MEDIA."""
    if session.is_media_ready or not session.is_up or session.call is None:
        return
    is_callee = session.direction == "outbound"
    if is_callee:  # its codec is agreed after the event
        session.variables.set("switch_r_sdp", session.call.remote_sdp)
    else:
        open_media(session)
    session.answer_state = "early"
    session.profile.times.progress_media = session.switch.now()
    learning.pass_on(session, "progress_media")
    session.variables.set("endpoint_disposition", "EARLY MEDIA")
    fire(session, "CHANNEL_PROGRESS_MEDIA")
    hooks.at(session, "pre_answer", "media")
    if is_callee:
        set_call_state(session, CallState.EARLY)
        open_media(session)
        session.variables.tell_again(("endpoint_disposition",))
    _show_local_sdp(session)
    set_call_state(session, CallState.EARLY)
    session.switch.leg_changed(session)


def open_media(session: Session) -> None:
    """The codec is agreed: the variables that come with it, and the CODEC events."""
    assert session.call is not None
    session.is_media_ready = True
    if session.call.is_loopback:
        return
    session.codec = session.call.media.codec_name
    variables = session.variables
    for name, value in media_variables(session.call):
        if name != "dtmf_type" or name not in variables:
            variables.set(name, (name == "rtp_use_codec_string" and variables.get(name)) or value)
    silence.watch(session)
    fire_codecs(session)


def _show_local_sdp(session: Session) -> None:
    """A caller's is new at this moment; a callee's was told when it was offered, and keeps its place."""
    assert session.call is not None
    tell = session.variables.put if session.direction == "outbound" else session.variables.set
    if session.call.local_sdp:
        tell("rtp_local_sdp_str", session.call.local_sdp)


def mark_answered(session: Session) -> None:
    """CHANNEL_ANSWER."""
    if session.is_answered or not session.is_up or session.call is None:
        return
    if session.direction == "outbound":
        learning.learn_reply(session)
        session.variables.tell_again(LEARNT)  # what rang before says so once more
        session.variables.set("switch_r_sdp", session.call.remote_sdp)
    if not session.is_media_ready:
        open_media(session)
    _show_local_sdp(session)
    session.answer_state = "answered"
    session.profile.times.answered = session.switch.now()
    has_early_media = bool(session.profile.times.progress_media)
    fire(session, "CHANNEL_ANSWER")
    session.variables.set("endpoint_disposition", "ANSWER")
    hooks.at(session, "answer", *(() if has_early_media else ("media",)), then=lambda: _show_answered(session))
    session.switch.leg_changed(session)
    session.ring_bell()


def _show_answered(session: Session) -> None:
    """What its own hooks come before."""
    fire_presence(session, "answered", where=MARK_ANSWERED)
    set_call_state(session, CallState.ACTIVE)
