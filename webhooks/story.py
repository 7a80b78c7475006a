"""The whole story of one interaction: events, texts, recordings, words, the way through the flow.

Owns: gathering it in one transaction. Not here: rights (``rights``), the form of each part (``shapes``).
"""

from __future__ import annotations

import json
from typing import Any

from eslapp.core.model import Interaction
from eslapp.core.plain import to_plain
from eslapp.store import (
    Tx,
    events,
    flow_sessions,
    identities,
    messages,
    people,
    recordings,
    surveys,
    tickets,
    transcripts,
)

from . import shapes, thread_shapes
from .ports import SiteView


def tell(tx: Tx, one: Interaction, site: SiteView) -> dict[str, Any]:
    """Everything there is to show of ``one``."""
    contact = people.person(tx, one.contact)
    return {
        "interaction": shapes.interaction_shape(one, site, contact),
        "events": [
            {"sequence": sequence, "type": type(event).__name__, **to_plain(event)}
            for sequence, event in events.of_interaction(tx, one.id)
        ],
        "messages": thread_shapes.shown(tx, messages.of_interaction(tx, one.id), site),
        "recordings": [shapes.recording_shape(recording) for recording in recordings.of_interaction(tx, one.id)],
        "transcripts": [shapes.transcript_shape(transcript) for transcript in transcripts.of_interaction(tx, one.id)],
        "tickets": [shapes.ticket_shape(ticket, site) for ticket in tickets.listing(tx, interaction=one.id)],
        "surveys": to_plain(surveys.listing(tx, interaction=one.id)),
        "verified": to_plain(identities.of_interaction(tx, one.id)),
        "path": _path(tx, one.id),
    }


def _path(tx: Tx, interaction: str) -> list[str]:
    """The places passed in the flow, e.g. ``main.menu.menu 1``; empty where the flow has left no trace."""
    session = flow_sessions.load(tx, interaction)
    if session is None:
        return []
    try:
        trail = json.loads(session.body).get("trail", [])
    except (ValueError, AttributeError):
        return []
    return [str(place) for place in trail]
