"""What a phone's answer, or its ACK, tells the channel. Not here: what an INVITE tells (``invite_variables``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eslapp.softswitch.invite_variables import callee_variables, offered_codecs

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session


def acknowledged(session: Session) -> None:
    """An ACK came, of the INVITE or of a re-INVITE."""
    call = session.call
    if call is None or not session.is_up or call.is_loopback:
        return
    values = (("sip_to_tag", call.local_tag), ("sip_from_tag", call.remote_tag), ("sip_cseq", str(call.remote_seq)))
    for name, value in values:
        session.variables.set(name, value)
    for name in ("sip_call_id", "sip_full_via", "sip_from_display", "sip_full_from"):
        session.variables.set(name, session.variables.get(name))
    to = session.variables.text("sip_full_to")
    session.variables.set("sip_full_to", to if ";tag=" in to else f"{to};tag={call.local_tag}")


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


def learn_address(session: Session) -> None:
    """Where an answer came from."""
    assert session.call is not None
    host, port = session.call.remote_addr
    session.profile.network_addr = session.profile.network_addr or host
    for kind in ("reply", "network"):
        where = "sip_reply_host" if kind == "reply" else "sip_network_ip"
        session.variables.set(where, host)
        session.variables.set(f"sip_{kind}_port", str(port))
