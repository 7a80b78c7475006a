"""REFER: a phone hands its partner on, blindly to a number or (Replaces) to the far end of its second call.

Only phones of the directory may, and only to what the dialplan itself leads to inside: a REFER never makes the switch
call an outside number or another host (toll fraud). What is refused gets NOTIFY 403 and the call goes on.
Not here: REFER and NOTIFY as messages (``sip.receiving``, ``sip.call``), the daemon's (``api.uuid_transfer``).
"""

from __future__ import annotations

import asyncio
import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from eslapp.softswitch.bridging import bridge_existing
from eslapp.softswitch.dialplan import Action, hunt
from eslapp.softswitch.dialstring import BadDialString
from eslapp.softswitch.dialstring import parse as parse_dial_string
from eslapp.softswitch.sip.text import BadText
from eslapp.softswitch.sip.uri import Uri, parse_address
from eslapp.softswitch.states import State
from eslapp.softswitch.variables import Lookup, expand

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
NUMBER = re.compile(r"[0-9A-Za-z*#_.\-]{1,64}")
INSIDE = ("user/", "error/")
LEAVES = frozenset({"respond", "redirect", "deflect"})
MAX_DEPTH = 5
PARTING_S = 1.0


@dataclass(frozen=True)
class Replaces:
    """The dialog a Refer-To names (RFC 3891)."""

    call_id: str
    to_tag: str
    from_tag: str


def refer(session: Session, target: str, by: str = "") -> bool:
    """Do what a REFER on this leg asks (``by``: its Referred-By); False: nothing was done."""
    partner = session.partner
    try:
        uri = parse_address(target).uri
        replaces = read_replaces(uri.headers)
    except BadText:
        return False
    if partner is None:
        _nobody_to_hand_on(session, uri)
    if partner is None or session.call is None or not partner.is_up or not may_refer(session):
        log.info("refer-refused leg=%s", session.uuid)
        return False
    if uri.headers and replaces is None:
        return False
    return _attended(session, partner, replaces) if replaces is not None else _blind(session, partner, uri, target, by)


def read_replaces(headers: str) -> Replaces | None:
    """``?Replaces=call-id%3Bto-tag%3Da%3Bfrom-tag%3Db``; None without one. BadText for half a one."""
    found = [part.partition("=")[2] for part in headers[1:].split("&") if part.lower().startswith("replaces=")]
    if not found:
        return None
    call_id, *rest = unquote(found[0]).split(";")
    tags = {name.strip().lower(): value.strip() for name, _, value in (part.partition("=") for part in rest)}
    if len(found) > 1 or not call_id or not tags.get("to-tag") or not tags.get("from-tag"):
        raise BadText("Replaces is not whole")
    return Replaces(call_id, tags["to-tag"], tags["from-tag"])


def may_refer(session: Session) -> bool:
    """A phone of the directory: rung as a user, or signed on by digest, or registered at this very address."""
    call, stack = session.call, session.switch.stack
    if call is None or stack is None:
        return False
    user = call.from_user if call.direction == "inbound" else call.to_user
    return session.is_by_user or bool(call.auth_user) or stack.registrar.is_at(user, call.remote_addr)


# -- blind -------------------------------------------------------------------------------------------------------------


def _nobody_to_hand_on(session: Session, uri: Uri) -> None:
    """What FreeSWITCH leaves on a leg that is not bridged."""
    values = (
        ("endpoint_disposition", "ATTENDED_TRANSFER_ERROR"),
        ("transfer_disposition", "recv_replace"),
        ("transfer_to", f"blind:{uri.user}"),
        ("transfer_destination", f"blind:{uri.user}"),
    )
    for name, value in values:
        session.variables.set(name, value)


def _blind(session: Session, partner: Session, uri: Uri, target: str, by: str) -> bool:
    assert session.call is not None
    number = uri.user
    context = _context(session, partner, number) if _is_here(session, uri) and NUMBER.fullmatch(number) else ""
    if not context:
        log.warning("refer-refused leg=%s target=%s", session.uuid, target[:128])
        return False
    values = (
        ("transfer_fallback_extension", _user(session)),
        ("endpoint_disposition", "BLIND_TRANSFER"),
        ("transfer_disposition", "recv_replace"),
        ("transfer_destination", f"blind:{number}"),
        ("transfer_to", f"blind:{partner.uuid}"),
    )
    for name, value in values:
        session.variables.set(name, value)
    session.call.notify_refer(200, "OK", is_last=True)
    partner.variables.set("sip_refer_to", target)
    partner.variables.set("sip_h_Referred-By", by or f"<sip:{_user(session)}@{session.switch.conf.domain}>")
    partner.transfer(number, "XML", context)
    return True


def _user(session: Session) -> str:
    call = session.call
    assert call is not None
    return call.from_user if call.direction == "inbound" else call.to_user


def _is_here(session: Session, uri: Uri) -> bool:
    """Whether an address is one of this switch."""
    switch = session.switch
    assert session.call is not None
    own = {switch.conf.domain, *switch.conf.domains, switch.sip_address[0], switch.conf.profile.text("ext-sip-ip")}
    ports = {0, switch.sip_address[1], switch.ws_address[1] if switch.ws_address else 0}
    return uri.is_sip and uri.host.strip("[]").lower() in {each.lower() for each in own} and uri.port in ports


def _context(session: Session, partner: Session, number: str) -> str:
    """Where the partner goes on: its own context, or the referrer's; "" when neither leads inside."""
    switch = session.switch
    forced = partner.variables.text("force_transfer_context")
    user = switch.conf.user(_user(session))
    own = user.variables.get("user_context", "") if user is not None else ""
    for context in (forced,) if forced else (partner.profile.context, own):
        if context and leads_inside(switch, partner.get, number, context):
            return context
    return ""


def leads_inside(switch: Switch, lookup: Lookup, number: str, context: str, depth: int = 0) -> bool:
    """Whether the dialplan has this number, and everything it does with it stays in this switch."""
    element = switch.conf.contexts.get(context)
    if element is None or depth > MAX_DEPTH:
        return False

    def asked(name: str) -> str | None:
        return {"destination_number": number, "context": context}.get(name) or lookup(name)

    actions = hunt(element, asked).actions
    return bool(actions) and all(_stays(switch, asked, action, context, depth) for action in actions)


def _stays(switch: Switch, lookup: Lookup, action: Action, context: str, depth: int) -> bool:
    name, argument = action.application, expand(action.data, lookup)
    if name in LEAVES:
        return False
    if name == "bridge":
        try:
            groups = parse_dial_string(argument).groups
        except BadDialString:
            return False
        return all(leg.target.startswith(INSIDE) for group in groups for leg in group)
    if name in ("transfer", "execute_extension"):
        words = [word for word in argument.split() if word not in ("-bleg", "-both")]
        if not words or (len(words) > 1 and words[1].lower() != "xml"):
            return False
        return leads_inside(switch, lookup, words[0], words[2] if len(words) > 2 else context, depth + 1)
    return True


# -- attended ----------------------------------------------------------------------------------------------------------


def _attended(session: Session, partner: Session, replaces: Replaces) -> bool:
    second = _find(session.switch, replaces)
    far = second.partner if second is not None else None
    if second is None or far is None or second is session or far is partner:
        log.info("refer-refused leg=%s replaces=%s", session.uuid, replaces.call_id[:64])
        return False
    if not far.is_answered or not partner.is_answered or session.call is None:
        return False
    session.call.notify_refer(200, "OK", is_last=True)
    values = (
        ("transfer_disposition", "recv_replace"),
        ("_sofia_replaces_", replaces.call_id),
        ("refer_uuid", second.uuid),
        ("transfer_to", f"att:{far.uuid}"),
    )
    for name, value in values:
        session.variables.set(name, value)
    second.variables.set("transfer_disposition", "replaced")
    second.variables.set("endpoint_disposition", "ATTENDED_TRANSFER")
    second.variables.set("park_timeout", "2:attended_transfer")
    second.is_leaving = True
    far.variables.set("transfer_disposition", "bridge")
    for one in (partner, far):
        note = f"{one.switch.now() // 1_000_000}:{one.switch.new_uuid()}:att_xfer:{_party(session)}/{_party(one)}"
        one.variables.push("transfer_history", note)
        one.variables.set("last_bridge_hangup_cause", "NORMAL_CLEARING")
    if not bridge_existing(partner, far):
        return False
    second.state = State.PARK if second.is_up else second.state
    session.switch.background(_leave(session, second), "attended transfer")
    return True


def _find(switch: Switch, replaces: Replaces) -> Session | None:
    """The answered leg whose dialog has these very tags, whichever side they were written from."""
    assert switch.stack is not None
    for ours, theirs in ((replaces.to_tag, replaces.from_tag), (replaces.from_tag, replaces.to_tag)):
        call = switch.stack.calls.get((replaces.call_id, ours))
        if call is not None and call.remote_tag == theirs and call.state == "answered":
            return next((each for each in switch.sessions.values() if each.call is call and each.is_up), None)
    return None


def _party(session: Session) -> str:
    return session.name.rpartition("/")[2].partition(":")[0]


async def _leave(*legs: Session) -> None:
    """The referrer's legs end once their partners are gone, whatever their dialplan had in mind."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PARTING_S
    while any(leg.partner is not None and leg.is_up for leg in legs) and loop.time() < deadline:
        await asyncio.sleep(0.001)
    for leg in legs:
        leg.hangup("NORMAL_CLEARING")
