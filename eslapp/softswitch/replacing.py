"""One call takes the place of another (RFC 3891): REFER to somebody's second call, and INVITE with Replaces.

A phone that hands on while its second call still rings, or talks to an application, sends its partner to the number
it dialled there. Which calls may be named: those whose Call-ID and both tags are given (sofia-sip is content with the
Call-ID, which any log tells). Not here: who may refer and where to (``inside.py``), joining (``bridging.py``).
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from eslapp.softswitch.bridging import bonded
from eslapp.softswitch.dialplan import Action
from eslapp.softswitch.inside import context_for, is_known_phone, user_of
from eslapp.softswitch.rejoining import bridge_existing
from eslapp.softswitch.sip.text import BadText
from eslapp.softswitch.states import State

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.switch import Switch

log = logging.getLogger(__name__)
PARTING_S = 1.0
NOT_FOUND, BUSY, MALFORMED, WHO_ARE_YOU = 481, 486, 400, 407


@dataclass(frozen=True)
class Replaces:
    """The dialog that is named."""

    call_id: str
    to_tag: str
    from_tag: str
    is_early_only: bool = False


@dataclass(frozen=True)
class Handing:
    """What a REFER said: Refer-To and Referred-By."""

    target: str
    by: str

    def mark(self, partner: Session, referrer: Session) -> None:
        """Who is handed on carries it along."""
        assert referrer.call is not None
        us = f"<sip:{user_of(referrer.call)}@{referrer.switch.conf.domain}>"
        partner.variables.set("sip_h_Referred-By", self.by or us)
        partner.variables.set("sip_refer_to", self.target)


def in_uri(headers: str) -> Replaces | None:
    """``?Replaces=call-id%3Bto-tag%3Da%3Bfrom-tag%3Db``; None without one. BadText for half a one."""
    found = [part.partition("=")[2] for part in headers[1:].split("&") if part.lower().startswith("replaces=")]
    if len(found) > 1:
        raise BadText("more than one Replaces")
    return in_header(unquote(found[0])) if found else None


def in_header(text: str) -> Replaces:
    """``call-id;to-tag=a;from-tag=b;early-only``. BadText for half a one.

    >>> in_header("a@b;from-tag=1;to-tag=2")
    Replaces(call_id='a@b', to_tag='2', from_tag='1', is_early_only=False)
    """
    call_id, *rest = text.split(";")
    said = {name.strip().lower(): value.strip() for name, _, value in (part.partition("=") for part in rest)}
    if not call_id.strip() or not said.get("to-tag") or not said.get("from-tag"):
        raise BadText("Replaces is not whole")
    return Replaces(call_id.strip(), said["to-tag"], said["from-tag"], "early-only" in said)


def find(switch: Switch, replaces: Replaces) -> Session | None:
    """The leg whose dialog has these very tags, whichever side they were written from."""
    assert switch.stack is not None
    for ours, theirs in ((replaces.to_tag, replaces.from_tag), (replaces.from_tag, replaces.to_tag)):
        call = switch.stack.calls.get((replaces.call_id, ours))
        if call is not None and call.remote_tag == theirs and call.state != "over":
            return next((each for each in switch.sessions.values() if each.call is call and each.is_up), None)
    return None


# -- REFER -------------------------------------------------------------------------------------------------------------


def attend(session: Session, replaces: Replaces, handing: Handing) -> bool:
    """Join the partner with the far end of the second call; False: nothing was done."""
    partner, second = session.partner, find(session.switch, replaces)
    far = second.partner if second is not None else None
    everybody = [leg for leg in (session, partner, second, far) if leg is not None]
    is_denied = any(leg.variables.is_true("deny_refer_requests") for leg in everybody)
    if second is None or second is session or is_denied or (far is not None and far is partner):
        log.info("refer-refused leg=%s replaces=%s", session.uuid, replaces.call_id[:64])
        return False
    if partner is not None and far is not None and partner.is_answered and far.is_answered:
        return _join(session, partner, second, far)
    if partner is not None:
        return _send_on(session, partner, second, handing)
    return far is not None and far.is_answered and _send_on(second, far, session, handing, referrer=session)


def _name_both(session: Session, second: Session) -> None:
    assert second.call is not None
    session.variables.set("transfer_disposition", "recv_replace")
    session.variables.set("_sofia_replaces_", second.call.call_id)
    session.variables.set("refer_uuid", second.uuid)
    second.variables.set("transfer_disposition", "replaced")


def _join(session: Session, partner: Session, second: Session, far: Session) -> bool:
    assert session.call is not None
    session.call.notify_refer(200, "OK", is_last=True)
    _name_both(session, second)
    session.variables.set("transfer_to", f"att:{far.uuid}")
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


def _send_on(
    mine: Session, partner: Session, gone: Session, handing: Handing, *, referrer: Session | None = None
) -> bool:
    """There is nobody to join the partner with yet: it goes where the phone's other call was dialled to."""
    referrer = referrer or mine
    number = gone.profile.destination_number
    context = context_for(mine, partner, number) if gone.direction == "inbound" and partner.is_up else ""
    if not context or referrer.call is None:
        log.info("refer-refused leg=%s number=%s", referrer.uuid, number[:64])
        return False
    _name_both(referrer, gone if mine is referrer else mine)
    handing.mark(partner, referrer)
    referrer.call.notify_refer(200, "OK", is_last=True)
    partner.transfer(number, "XML", context)
    gone.hangup("ATTENDED_TRANSFER")
    referrer.switch.background(_leave(mine, gone), "attended transfer")
    return True


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


# -- INVITE ------------------------------------------------------------------------------------------------------------


def judge(switch: Switch, call: SipCall) -> tuple[int, Session | None]:
    """Which leg an INVITE replaces: (0, leg); (0, None) where it replaces nobody; else the status that refuses it."""
    values = call.request.all("replaces")
    if not values:
        return 0, None
    try:
        replaces = in_header(values[0])
    except BadText:
        return MALFORMED, None
    if len(values) > 1 or call.request.all("join"):
        return MALFORMED, None
    if not is_known_phone(switch, call):
        return WHO_ARE_YOU, None
    leg = find(switch, replaces)
    if leg is None or leg.call is None or bonded(leg) is None and not leg.variables.text("current_application"):
        return NOT_FOUND, None
    if not leg.is_answered and leg.call.direction == "inbound":  # RFC 3891 3: an early dialog must be one we began
        return NOT_FOUND, None
    return (BUSY, None) if leg.is_answered and replaces.is_early_only else (0, leg)


def take_place(session: Session, leg: Session) -> None:
    """The new leg goes on where the replaced one is: with its partner, else in the same application."""
    assert session.call is not None
    replaces = in_header(session.call.request.get("replaces"))
    early = [("early-only", "true")] if replaces.is_early_only else []
    named = [("call_id", replaces.call_id), ("to-tag", replaces.to_tag), ("from-tag", replaces.from_tag), *early]
    for name, value in named:
        session.variables.set(f"sip_replaces_{name}", value)
    for name in ("callee_id_name", "callee_id_number", "caller_id_name", "caller_id_number"):
        setattr(session.profile, name, getattr(leg.profile, name))
    partner = bonded(leg)
    name, data = leg.variables.text("current_application"), leg.variables.text("current_application_data")
    then = Action("intercept", partner.uuid) if partner is not None else Action(name, data)
    session.profile.dialplan = "inline"
    session.profile.destination_number = f"answer,{then.application}:{then.data}".removesuffix(":")
    session.wants_route = False
    session.actions.extend([Action("answer", ""), then])
    if partner is None:
        leg.hangup("ATTENDED_TRANSFER")
