"""One outgoing leg: its channel, profile and variables in mod_sofia's order, and the INVITE.

Not here: which legs, when and how many (``originate.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING

from eslapp.softswitch import legs, loopback
from eslapp.softswitch.endpoints import Ringable
from eslapp.softswitch.media.sdp import CODECS
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.profile import CallerProfile, Header, Times
from eslapp.softswitch.session import Session
from eslapp.softswitch.session_events import fire
from eslapp.softswitch.states import State

if TYPE_CHECKING:
    from eslapp.softswitch.originate import Dialing
    from eslapp.softswitch.sip.call import SipCall

ANONYMOUS = "0000000000"
CALLEE = "Outbound Call"
NO = ("false", "no", "off", "0", "f", "disabled", "inactive", "disallow")
AGAIN = ("max_forwards", "originator_codec", "originator")
SETTINGS = (
    *("group_confirm_key", "group_confirm_file", "group_confirm_read_timeout", "group_confirm_cancel_timeout"),
    *("group_confirm_timeout", "forked_dial", "fail_on_single_reject", "hangup_on_single_reject"),
    *("ignore_early_media", "bridge_early_media", "originate_continue_on_timeout", "ignore_ring_ready"),
    *("monitor_early_media_ring", "monitor_early_media_ring_total", "monitor_early_media_fail", "return_ring_ready"),
    *("ring_ready", "instant_ringback", "progress_timeout", "language", "origination_cancel_key"),
)  # of the caller, that each of its legs has too
AGAIN_LAST = ("originate_early_media", "originating_leg_uuid", "originate_endpoint")


def new_leg(dialing: Dialing, common: dict[str, str], ringable: Ringable) -> Session | None:
    """The channel, INVITE sent, not started; None: its origination_uuid is taken. OSError, ValueError: the stack's."""
    switch = dialing.switch
    for key, value in (("name", dialing.caller_name), ("number", dialing.caller_number)):
        if value:
            common = {**common, f"origination_caller_id_{key}": common.get(f"origination_caller_id_{key}", value)}
    given = {**exported(dialing.originator), **common}
    chosen = {name: value for name, value in settings(dialing.originator) if name not in given}
    given = {**given, **chosen}
    ordered = _in_order({**common, **chosen}, ringable.variables, given)
    own = _with_auto_answer({**ordered, **given}, switch.conf.domain)
    uuid = own.get("origination_uuid") or switch.new_uuid()
    if uuid in switch.sessions or switch.stack is None or switch.is_stopping:
        return None
    name, number = caller_id(dialing, own)
    if ringable.loop is not None:
        return _loopback_leg(dialing, ringable, uuid, own)
    call = switch.stack.invite(
        asked_uri(ringable, own),
        ringable.address,
        caller_name=name,
        caller_number=number,
        headers=own_headers({**copied_headers(dialing.originator), **own}),
        login=ringable.login,
        web=wants_web(own),
        max_forwards=forwards_left(dialing.originator),
        session_timer=switch.session_timer(own.get("sofia_session_timeout")),
        codecs=codecs_of(own),
    )
    profile = leg_profile(dialing, ringable, uuid, name, number)
    session = Session(switch, uuid, ringable.channel_name, "outbound", profile)
    originator = dialing.originator
    if originator is not None:
        session.other_type = "originator"
        session.other_profile = dialing.originator_as or originator.profile.as_originator()
        session.call_uuid = originator.call_uuid
    session.given = tuple(given)
    for key, value in leg_variables(dialing, session, call, ringable, own):
        session.variables.set(key, value)
    session.presence_id = session.variables.text("presence_id")
    session.is_by_user = "dialed_user" in own
    legs.attach(session, call)
    switch.add(session)
    _announce(session)
    if originator is not None:
        originator.variables.set("originate_signal_bond", uuid)
        originator.variables.push("originated_legs", legs_entry(session))
    return session


def _in_order(common: dict[str, str], theirs: dict[str, str], given: dict[str, str]) -> dict[str, str]:
    """The dial string's variables, the leg's own; what is exported follows the name of the user that is dialed."""
    head = {name: theirs[name] for name in ("dialed_user", "dialed_domain") if name in theirs}
    if not head:
        return {**theirs, **given}
    return {**common, **head, **given, **theirs}


def copied_headers(originator: Session | None) -> dict[str, str]:
    """The caller's own SIP headers (``sip_h_...``) go on to whom it is joined with."""
    if originator is None or originator.variables.text("sip_copy_custom_headers", "true").lower() in NO:
        return {}
    return {name: value for name, value in originator.variables if name.startswith("sip_h_")}


def own_headers(own: dict[str, str]) -> dict[str, str]:
    """What ``sip_h_...`` asks for."""
    return {key[6:]: value for key, value in own.items() if key.startswith("sip_h_")}


def auto_answer(own: dict[str, str], domain: str) -> dict[str, str]:
    """A phone that shall answer by itself (``sip_auto_answer``) is told so in the two ways that phones know."""
    if own.get("sip_auto_answer", "").lower() not in ("true", "yes", "1"):
        return {}
    told = {"sip_h_Call-Info": f"<sip:{domain}>;answer-after=0", "sip_invite_params": "intercom=true"}
    return {name: value for name, value in told.items() if name not in own}


def _with_auto_answer(own: dict[str, str], domain: str) -> dict[str, str]:
    return auto_answer(own, domain) | own


def asked_uri(ringable: Ringable, own: dict[str, str]) -> str:
    """The Request-URI, with the parameters of ``sip_invite_params``."""
    params = own.get("sip_invite_params", "")
    return f"{ringable.uri};{params}" if params else ringable.uri


def codecs_of(own: dict[str, str]) -> tuple[str, ...]:
    """Those of ``absolute_codec_string`` (``PCMA@20i,G729``) that the switch speaks; none: all."""
    named = [name.partition("@")[0].strip().upper() for name in own.get("absolute_codec_string", "").split(",")]
    return tuple(name for name in named if name in CODECS)


def wants_web(own: dict[str, str]) -> bool | None:
    """``media_webrtc``; None: as the contact's transport says."""
    said = own.get("media_webrtc", "").lower()
    return None if not said else said in ("true", "yes", "1")


def _loopback_leg(dialing: Dialing, ringable: Ringable, uuid: str, own: dict[str, str]) -> Session:
    assert ringable.loop is not None
    name, number = caller_id(dialing, own)
    profile = leg_profile(dialing, ringable, uuid, name, number)
    profile.callee_id_number = ringable.uri.rpartition("/")[2]  # FreeSWITCH keeps what follows the last slash
    way = ringable.loop
    profile.context = way.context or profile.context or "default"
    profile.dialplan = way.dialplan or profile.dialplan or "xml"
    profile.source = "mod_loopback"
    originator = dialing.originator
    if originator is not None and not originator.variables.is_true("loopback_no_pre_answer"):
        legs.open_early_media(originator)
    given = chain(way.application.items(), _loopback_variables(dialing, own))
    session = loopback.make(dialing.switch, profile, uuid, given, {**own, **way.application}, originator)
    if originator is not None:
        session.other_type, session.other_profile = "originator", originator.profile.as_originator()
        session.call_uuid = originator.call_uuid
        originator.variables.set("originate_signal_bond", uuid)
        originator.variables.push("originated_legs", legs_entry(session))
    loopback.announce(session, ringable.uri)
    return session


def _loopback_variables(dialing: Dialing, own: dict[str, str]) -> Iterator[Header]:
    originator = dialing.originator
    if originator is not None:
        yield from _from_originator(originator)
        yield "call_uuid", originator.call_uuid
    yield from own.items()
    yield "originate_early_media", "true" if dialing.is_early_enough else "false"
    if originator is not None:
        yield "originating_leg_uuid", originator.uuid
    yield "originate_endpoint", "loopback"


def _announce(session: Session) -> None:
    """CHANNEL_OUTGOING shows the channel before its life, in CS_NONE with number 1."""
    session.state = State.INIT
    presence, session.presence_id = session.presence_id, ""
    call_uuid, session.call_uuid = session.call_uuid, session.uuid
    fire(session, "CHANNEL_OUTGOING")
    session.presence_id, session.call_uuid = presence, call_uuid


def legs_entry(session: Session) -> str:
    """An element of the caller's ``originated_legs``."""
    profile = session.profile
    number = profile.callee_id_number if session.is_loop else profile.destination_number
    return f"{session.uuid};{CALLEE};{number}"


def announce_again(session: Session, originator: Session | None = None) -> None:
    """A leg of the ``user`` endpoint is announced a second time once it has answered."""
    if session.is_by_user:
        if originator is not None:
            session.other_profile = originator.profile.as_originator()
        fire(session, "CHANNEL_OUTGOING")
        session.variables.put("originate_endpoint", "user")
        if session.is_media_ready:  # the endpoint's own dialing gave them first, the outer one gives them again
            bonds = ("signal_bond", "call_uuid") if originator is not None else ()
            session.variables.tell_again((*AGAIN, *bonds, *session.given, *AGAIN_LAST))


def settings(originator: Session | None) -> Iterator[Header]:
    """What the originator has set about how it dials."""
    for name, value in originator.variables if originator is not None else ():
        if name in SETTINGS:
            yield name, value


def exported(originator: Session | None) -> dict[str, str]:
    """What ``export`` of the originator gives to its legs, with the list itself."""
    if originator is None:
        return {}
    names = [name for name in originator.variables.text("export_vars").split(",") if name]
    if not names:
        return {}
    result = {"export_vars": ",".join(names)}
    for name in names:
        value = originator.variables.get(name)
        if value is not None:
            result[name.removeprefix("nolocal:")] = value
    return result


def caller_id(dialing: Dialing, own: dict[str, str]) -> tuple[str, str]:
    """(name, number) the callee sees."""
    originator = dialing.originator
    name, number = dialing.caller_name, dialing.caller_number
    if originator is not None:
        name = originator.variables.text("effective_caller_id_name") or originator.profile.caller_id_name
        number = originator.variables.text("effective_caller_id_number") or originator.profile.caller_id_number
    name = own.get("origination_caller_id_name", name)
    number = own.get("origination_caller_id_number", number)
    return name, number or ANONYMOUS


def leg_profile(dialing: Dialing, ringable: Ringable, uuid: str, name: str, number: str) -> CallerProfile:
    """The caller profile of an outgoing leg."""
    at = dialing.switch.now()
    profile = CallerProfile(
        uuid=uuid,
        channel_name=ringable.channel_name,
        direction="outbound",
        logical_direction="outbound",
        dialplan="",
        caller_id_name=name,
        caller_id_number=number,
        orig_caller_id_name=name,
        orig_caller_id_number=number,
        callee_id_name=CALLEE,
        callee_id_number=ringable.user,
        ani=number,
        destination_number=ringable.user,
        source="src/switch_ivr_originate.c",
        created=at,
        times=Times(created=at),
    )
    originator = dialing.originator
    if originator is not None:
        theirs = originator.profile
        profile.username, profile.dialplan = theirs.username, theirs.dialplan
        profile.network_addr, profile.source, profile.context = theirs.network_addr, theirs.source, theirs.context
        profile.ani, profile.rdnis = theirs.ani, theirs.rdnis
        profile.orig_caller_id_name = theirs.orig_caller_id_name
        profile.orig_caller_id_number = theirs.orig_caller_id_number
    return profile


def leg_variables(
    dialing: Dialing, session: Session, call: SipCall, ringable: Ringable, own: dict[str, str]
) -> Iterator[Header]:
    """All variables an outgoing leg starts with."""
    switch, originator = dialing.switch, dialing.originator
    profile = switch.conf.profile.name
    host, port = switch.sip_address
    yield "direction", "outbound"
    yield "is_outbound", "true"
    yield "uuid", session.uuid
    if originator is None:
        yield "call_uuid", session.call_uuid
    yield "session_id", str(session.number)
    yield "sip_local_network_addr", host
    yield "sip_profile_name", profile
    if originator is None:
        yield "video_media_flow", "disabled"
    yield "text_media_flow", "disabled"
    yield "channel_name", session.name
    yield "sip_destination_url", ringable.uri
    yield from copied_headers(originator).items()
    yield from _given(dialing, session, own)
    yield "originate_early_media", "true" if dialing.is_early_enough else "false"
    if originator is not None:
        yield "originating_leg_uuid", originator.uuid
    yield "originate_endpoint", "sofia"
    yield "rtp_use_codec_string", own.get("absolute_codec_string") or _codecs(originator)
    yield "local_media_ip", call.media.host
    yield "local_media_port", str(call.media.rtp_port)
    yield "advertised_media_ip", call.media.host
    yield "audio_media_flow", "sendrecv"
    if originator is not None:
        yield "video_media_flow", "inactive" if originator.is_media_ready else "sendrecv"
    yield "rtp_local_sdp_str", call.local_sdp
    yield "sip_outgoing_contact_uri", f"<sip:mod_sofia@{host}:{port}>"
    plain = asked_uri(ringable, own).removeprefix("sip:")
    yield "sip_req_uri", plain
    yield "sip_to_host", plain.rpartition("@")[2].partition(";")[0]
    yield "sip_from_host", switch.conf.domain
    yield "sofia_profile_name", profile
    yield "recovery_profile_name", profile
    yield "sofia_profile_url", f"sip:mod_sofia@{host}:{port}"


def _given(dialing: Dialing, session: Session, own: dict[str, str]) -> Iterator[Header]:
    """What the originator and the dial string give; with several targets the user endpoint's own come first."""
    originator = dialing.originator
    if originator is None:
        yield from own.items()
        return
    theirs = {**dict(_from_originator(originator)), "call_uuid": session.call_uuid}
    if dialing.is_forked and "dialed_user" in own:
        yield "switch_m_sdp", theirs.pop("switch_m_sdp")
        yield from ((name, value) for name, value in own.items() if name not in session.given)
    yield from theirs.items()
    yield from own.items() if "switch_m_sdp" in theirs else ((name, own[name]) for name in session.given)


def _codecs(originator: Session | None) -> str:
    if originator is None:
        return "PCMU,PCMA"
    codec = originator.codec
    return f"{codec}@8000h@20i" if codec else originator.variables.text("ep_codec_string", "PCMU,PCMA")


def forwards_left(originator: Session | None) -> int:
    """How often a call may still be passed on (Max-Forwards); a leg that nobody passes on has all 70."""
    told = originator.variables.get("max_forwards") if originator is not None else None
    return 70 if told is None else whole(told, 70) - 1


def _from_originator(originator: Session) -> Iterator[Header]:
    yield "max_forwards", str(forwards_left(originator))
    yield "originator_codec", _codecs(originator)
    yield "originator", originator.uuid
    yield "signal_bond", originator.uuid
    yield "switch_m_sdp", originator.variables.text("switch_r_sdp")
