"""Click-to-call: the agent's phone rings, then the contact's.

POST /api/calls {"number", "queue", "parent"} -> {"interaction"}
     (queue: on whose behalf; parent: the chat or call it follows, whose contact is called: number may be absent then)
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from eslapp.core.commands import CallContact
from eslapp.core.model import Interaction
from eslapp.core.phone_numbers import at_home, e164
from eslapp.store import Tx, contacts, events, interactions, people

from ..guard import Role, allow
from ..outside import number_to_dial, site_country
from ..requests import json_object, text_field
from ..rights import my_agent, read_visible
from ..web import web

blueprint = Blueprint("calls", __name__)
HOUR_S = 3600.0
SCOPE = "tel"


@blueprint.post("/api/calls")
@allow(Role.AGENT, "number", "parent", "queue")
def call() -> Response:
    deps, agent = web().deps, my_agent()
    body = json_object(deps.settings.body_cap)
    parent = text_field(body, "parent", cap=100)
    before = read_visible(parent, lambda tx, one: one) if parent else None
    number = number_to_dial(text_field(body, "number", cap=32).strip() or known_number(before), is_now=True)
    now, country = deps.clock(), site_country()

    def contact_and_count(tx: Tx) -> tuple[str, str, int]:
        address = e164(number, country)
        found, _ = contacts.find_or_create(tx, scope=SCOPE, external_id=address, new_id=deps.ids(), at=now)
        person = before.contact if before is not None else found.id
        return person, found.language, calls_outside(tx, agent, now)

    contact, language, recent = deps.store.write(contact_and_count)
    command = CallContact(
        at=now,
        interaction=deps.ids(),
        agent=agent,
        contact=contact,
        number=number,
        queue=text_field(body, "queue", cap=100) or (before.queue if before is not None else ""),
        language=language,
        parent=parent,
        recent=recent,
    )
    web().ask(command)
    return jsonify({"interaction": command.interaction})


def calls_outside(tx: Tx, agent: str, now: float) -> int:
    """The agent's calls to the outside of the last hour: dialled, consulted, transferred to."""
    return interactions.calls_out(tx, agent, now - HOUR_S) + events.handed_outside(tx, agent, now - HOUR_S)


def known_number(before: Interaction | None) -> str:
    """The contact's telephone number, where we know one."""
    if before is None:
        return ""
    person = web().deps.store.read(lambda tx: people.person(tx, before.contact))
    numbers = [external for scope, external in (person.addresses if person else ()) if scope == SCOPE]
    return at_home(numbers[0], site_country()) if numbers else ""
