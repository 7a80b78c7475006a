"""What a phone's answer, or its ACK, tells the channel. Not here: what an INVITE tells (``invite_variables``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.invite_variables import callee_variables, full_via, offered_codecs, shown

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


def acknowledged(session: Session) -> None:
    """An ACK came, of the INVITE or of a re-INVITE; a phone that was called is now who is "from"."""
    call = session.call
    if call is None or not session.is_up or call.is_loopback:
        return
    via = full_via(call.ack, call.remote_addr[1]) if call.ack is not None else ""
    values = (("sip_to_tag", call.local_tag), ("sip_from_tag", call.remote_tag), ("sip_cseq", str(call.remote_seq)))
    for name, value in values:
        session.variables.set(name, value)
    session.variables.tell_again(("sip_call_id",))
    if call.direction == "outbound":
        _swap(session, via)
        return
    session.variables.set("sip_full_via", via or session.variables.get("sip_full_via"))
    session.variables.tell_again(("sip_from_display", "sip_full_from"))
    to = session.variables.text("sip_full_to")
    session.variables.set("sip_full_to", to if ";tag=" in to else f"{to};tag={call.local_tag}")


def _swap(session: Session, via: str) -> None:
    ack = session.call.ack if session.call is not None else None
    if ack is None or ack.from_ is None or ack.to is None:
        return
    session.variables.set("dlg_req_swap_direction", "true")
    session.variables.tell_again(("sip_recover_contact",))
    values = (
        ("sip_full_via", via),
        ("sip_recover_via", via),
        ("sip_from_display", ack.from_.shown),
        ("sip_full_from", shown(ack, "From")),
        ("sip_to_display", ack.to.shown),
        ("sip_full_to", shown(ack, "To")),
    )
    for name, value in values:
        session.variables.set(name, value)


def pass_on(session: Session, moment: str) -> None:
    """Who had this leg dialled takes over when it rang (``progress``; unless it rang itself before) or was heard
    (``progress_media``).
    """
    shown = session.other_profile
    if shown is None or session.other_type != "originator":
        return
    at = getattr(session.profile.times, moment)
    setattr(shown.times, moment, at)
    originator = session.switch.locate(shown.uuid)
    if originator is not None and (moment == "progress_media" or not originator.profile.times.progress):
        setattr(originator.profile.times, moment, at)


def learn_reply(session: Session) -> None:
    """What the first answer of a callee tells."""
    call = session.call
    if call is not None and not call.is_loopback and "sip_recover_contact" not in session.variables:
        session.variables.set("sip_local_network_addr", session.variables.get("sip_local_network_addr"))
        learn_address(session)
        if call.state == "early":
            session.variables.set("ep_codec_string", offered_codecs(call.remote_sdp, call.codecs))
        for name, value in callee_variables(call):
            session.variables.set(name, value)


def learn_call_id(session: Session) -> None:
    """Of a call that nothing was heard of before."""
    if session.call is not None and "sip_call_id" not in session.variables:
        session.variables.set("sip_call_id", session.call.call_id)


def learn_address(session: Session) -> None:
    """Where an answer came from."""
    assert session.call is not None
    host, port = session.call.remote_addr
    session.profile.network_addr = session.profile.network_addr or host
    for kind in ("reply", "network"):
        where = "sip_reply_host" if kind == "reply" else "sip_network_ip"
        session.variables.set(where, host)
        session.variables.set(f"sip_{kind}_port", str(port))
