"""Where a phone may send somebody by REFER: to what the dialplan itself leads to inside this switch, nowhere else.

A REFER never makes the switch call an outside number or another host (toll fraud), and only phones of the directory
may send one. Not here: what is done then (``refer.py``, ``replacing.py``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eslapp.softswitch.dialplan import Action, hunt
from eslapp.softswitch.dialstring import BadDialString
from eslapp.softswitch.dialstring import parse as parse_dial_string
from eslapp.softswitch.sip.uri import Uri
from eslapp.softswitch.substitution import Lookup, expand

if TYPE_CHECKING:
    from eslapp.softswitch.session import Session
    from eslapp.softswitch.sip.call import SipCall
    from eslapp.softswitch.switch import Switch

NUMBER = re.compile(r"[0-9A-Za-z*#_.\-]{1,64}")
INSIDE = ("user/", "error/")
LEAVES = frozenset({"respond", "redirect", "deflect"})
MAX_DEPTH = 5


def is_known_phone(switch: Switch, call: SipCall) -> bool:
    """A phone of the directory: signed on by digest, or registered at this very address."""
    user = user_of(call)
    return bool(call.auth_user) or (switch.stack is not None and switch.stack.registrar.is_at(user, call.remote_addr))


def may_refer(session: Session) -> bool:
    """A phone of the directory, or one that was rung as a user of it."""
    return session.call is not None and (session.is_by_user or is_known_phone(session.switch, session.call))


def user_of(call: SipCall) -> str:
    """Who is at the other end of a call."""
    return call.from_user if call.direction == "inbound" else call.to_user


def is_here(session: Session, uri: Uri) -> bool:
    """Whether an address is one of this switch."""
    switch = session.switch
    assert session.call is not None
    own = {switch.conf.domain, *switch.conf.domains, switch.sip_address[0], switch.conf.profile.text("ext-sip-ip")}
    ports = {0, switch.sip_address[1], switch.ws_address[1] if switch.ws_address else 0}
    return uri.is_sip and uri.host.strip("[]").lower() in {each.lower() for each in own} and uri.port in ports


def context_for(session: Session, partner: Session, number: str) -> str:
    """Where the partner goes on: its own context, or the referrer's; "" when none leads inside to this number."""
    switch = session.switch
    if not NUMBER.fullmatch(number):
        return ""
    forced = partner.variables.text("force_transfer_context")
    assert session.call is not None
    user = switch.conf.user(user_of(session.call))
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
    name, argument = action.application, expand(action.data, lookup, is_deep=True)
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
