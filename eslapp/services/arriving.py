"""Who calls, by which way, to reach what: read from a new leg's variables, before anything is said.

Owns: whose word about the caller's number counts, the number as an address, the flow that answers. A trunk is known by
its addresses (the dialplan sets ``zj_trunk``); only a trunk's word replaces From (RFC 3325), and a pass of our own
replaces both. A browser's call without a digest needs a pass of the chat page: for the number it dials, used once,
one call of a contact at a time. Not here: the rows (``eslapp.store``), what the flow does (``voice_calls``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eslapp import call_pass
from eslapp.core import commands as ask
from eslapp.core.live_calls import is_live_call
from eslapp.core.model import Contact, Medium
from eslapp.core.phone_numbers import at_home, country_of, e164
from eslapp.services import legs
from eslapp.services.callers import caller_facts, person
from eslapp.store import Store, Tx, contacts, interactions, passes, people
from eslapp.store.places import Place

TEL = "tel"  # the scope of telephone numbers
TRUNK = "zj_trunk"
ASSERTED, PRIVACY, FROM = "sip_P-Asserted-Identity", "sip_Privacy", "sip_from_user"
HIDES = frozenset({"id", "user", "header"})  # RFC 3323, 3325
WITHHELD = "anonymous"
BY, BROWSERS = "sip_via_protocol", frozenset({"ws", "wss"})
CHECKED_S = 3600.0  # a used pass is remembered beyond its end, which is in its seal


class TurnedAway(Exception):
    """A call with a pass that is not good (now): why. Whoever has a true one asks the chat page for another."""


@dataclass(frozen=True, slots=True)
class Caller:
    """``number`` as agents and flows see it; ``address`` in E.164 where it is a number of the world, "" where it is
    withheld. ``contact`` and ``parent`` (an interaction) are known where a pass of ours came along; ``once`` names a
    pass of the chat page, whose callers have no number."""

    number: str
    address: str
    dialled: str
    flow: str
    contact: str = ""
    parent: str = ""
    once: str = ""


def let_in(store: Store, call: Any, site: Any, *, pass_key: str, now: float) -> tuple[Caller, Mapping[str, Any], str]:
    """Who calls, what their flow may know of them, and their language. ``TurnedAway`` where the pass is not good."""
    caller = caller_of(call.variables, call.channel, site, pass_key=pass_key, now=now)
    if caller.once:
        store.write(lambda tx: _use_up(tx, caller, call.uuid, now))
    contact, last_agent = store.read(lambda tx: known(tx, caller, call.uuid))
    language = (contact.language if contact else "") or site.languages[0]
    facts = caller_facts(caller.number, caller.dialled, contact, last_agent, is_known=bool(caller.parent))
    return caller, facts, language


def _use_up(tx: Tx, caller: Caller, leg: str, now: float) -> None:
    used = {"contact": caller.contact, "parent": caller.parent, "by": leg, "now": now, "expires_at": now + CHECKED_S}
    if contacts.get(tx, caller.contact) is None:
        raise TurnedAway("there is no such contact")
    if not passes.spend(tx, digest=passes.digest("", call_pass.ONCE, caller.once), **used):
        raise TurnedAway("the pass was used")
    if any(is_live_call(one) and one.leg != leg for one in interactions.of_contact(tx, caller.contact)):
        raise TurnedAway("the contact is on a call")


def caller_of(
    variables: Mapping[str, str], channel: Mapping[str, Any], site: Any, *, pass_key: str, now: float
) -> Caller:
    """From a leg's variables and its channel's headers. ``TurnedAway``: a browser's pass is false, old, or for another
    number."""
    country = country_of(site.country, site.timezone)
    dialled = variables.get(legs.DIALLED) or str(channel.get("Caller-Destination-Number") or "")
    brought = variables.get(call_pass.VARIABLE, "")
    told = call_pass.opened(pass_key, brought, purpose=call_pass.CALL, now=now)
    once = told.get(call_pass.ONCE, "")
    if (brought and not once and variables.get(BY, "") in BROWSERS) or told.get(call_pass.DIALLED, dialled) != dialled:
        raise TurnedAway("the pass is not for this call")
    trunk = told.get("account") or variables.get(TRUNK, "")
    named = "" if once else _asserted(variables) or e164(_named(variables, channel), country)
    number = at_home(told.get("number") or named, country)
    return Caller(
        number=number,
        address=person(e164(number, country)),
        dialled=dialled,
        flow=_flow(site, dialled, trunk),
        contact=told.get("contact", ""),
        parent=told.get("parent", ""),
        once=once,
    )


def _named(variables: Mapping[str, str], channel: Mapping[str, Any]) -> str:
    return variables.get(FROM) or str(channel.get("Caller-Caller-ID-Number") or "")


def _asserted(variables: Mapping[str, str]) -> str:
    """Whom a trunk says it is; a stranger's assertion is nothing."""
    if not variables.get(TRUNK):
        return ""
    wishes = {one.strip().lower() for one in variables.get(PRIVACY, "").replace(",", ";").split(";")}
    return WITHHELD if wishes & HIDES else variables.get(ASSERTED, "")


def _flow(site: Any, dialled: str, trunk: str) -> str:
    """The number's flow; else the trunk's own; else the site's first."""
    by_number = site.numbers.get(dialled)
    account = site.channels.get(trunk)
    return str(by_number or (account.flow if account is not None else "") or next(iter(site.flows)))


def known(tx: Tx, caller: Caller, leg: str) -> tuple[Contact | None, str]:
    """The contact, where there is one already, and who talked with them last. Withheld numbers share nobody."""
    found = people.person(tx, caller.contact) if caller.contact else None
    found = found or contacts.by_address(tx, TEL, _kept_as(tx, caller) or leg)
    return found, interactions.last_agent(tx, found.id) if found is not None else ""


def contact_for(tx: Tx, caller: Caller, leg: str, *, new_id: str, at: float) -> str:
    """The contact's id, made where there is none. Who comes with a pass is told to have this number, not proved."""
    if caller.contact and contacts.get(tx, caller.contact) is not None:
        if caller.address:
            people.learn(tx, caller.contact, scope=TEL, external_id=caller.address, is_verified=False, at=at)
        return caller.contact
    address = _kept_as(tx, caller) or leg
    return contacts.find_or_create(tx, scope=TEL, external_id=address, new_id=new_id, at=at)[0].id


def _kept_as(tx: Tx, caller: Caller) -> str:
    """The address; as it was written, where somebody is kept under that from before numbers were put in one form."""
    if caller.address == caller.number or contacts.by_address(tx, TEL, caller.address) is not None:
        return caller.address
    return caller.number if contacts.by_address(tx, TEL, caller.number) is not None else caller.address


def opening(
    caller: Caller, place: Place, *, at: float, interaction: str, contact: str, leg: str, flow: str, language: str
) -> ask.OpenInteraction:
    """The router's command, with the place of the chat the call goes on from. The subject is the number as the site's
    people dial it."""
    return ask.OpenInteraction(
        at=at,
        interaction=interaction,
        contact=contact,
        channel="voice",
        medium=Medium.VOICE,
        leg=leg,
        flow=flow,
        language=language,
        subject=caller.number,
        parent=caller.parent,
        stood_in=place.queue,
        stood_since=place.since,
    )
