"""Records as the JSON that pages, command line and tests read.

Owns: the shapes. Keys are the names of ``eslapp.core.model`` fields; what is added is shown beside them.
Not here: who may see what (``rights``), events (``eslapp.core.plain``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eslapp.core.model import Contact, Interaction, Offer
from eslapp.core.plain import to_plain
from eslapp.store.messages import Message
from eslapp.store.recordings import Recording
from eslapp.store.tickets import Comment, Ticket
from eslapp.store.transcripts import Transcript

from .ports import SiteView
from .presets import LANGUAGES

Json = dict[str, Any]


def agent_name(site: SiteView, agent: str) -> str:
    """The name to show for an agent's id; the id where the site does not know it (any more)."""
    entry = site.agents.get(agent)
    return str(entry.name) if entry is not None and entry.name else agent


def site_names(site: SiteView) -> Json:
    """How the house is called, in the languages of the pages."""
    return {language: site.name_in(language) for language in LANGUAGES}


def queue_label(site: SiteView, queue: str) -> Json:
    """The queue's names by language; empty where the site does not know it (any more)."""
    settings = site.queues.get(queue)
    return {language: settings.label_in(language, queue) for language in site.languages} if settings else {}


def interaction_shape(one: Interaction, site: SiteView, contact: Contact | None) -> Json:
    """An interaction with its contact's name and the agent's name."""
    return {
        **to_plain(one),
        "agent_name": agent_name(site, one.agent) if one.agent else "",
        "queue_label": queue_label(site, one.queue),
        "person": contact_shape(contact) if contact else None,
    }


def contact_shape(contact: Contact) -> Json:
    """A contact with their addresses."""
    return {
        "id": contact.id,
        "name": contact.name,
        "level": contact.level,
        "language": contact.language,
        "addresses": [list(address) for address in contact.addresses],
    }


def offer_shape(offer: Offer, interaction: Interaction | None, site: SiteView, contact: Contact | None) -> Json:
    """An offer with what the agent needs to decide."""
    shape: Json = to_plain(offer)
    if interaction is not None:
        shape |= {
            "channel": interaction.channel,
            "queue": interaction.queue,
            "queue_label": queue_label(site, interaction.queue),
            "queued_at": interaction.queued_at,
            "reply_by": interaction.reply_by,
            "subject": interaction.subject,
            "language": interaction.language,
            "person": contact_shape(contact) if contact else None,
        }
    return shape


def message_shape(message: Message, site: SiteView) -> Json:
    """A message as the workbench shows it."""
    is_agent = message.author in site.agents
    return {
        "id": message.id,
        "seq": message.number,
        "direction": message.direction,
        "author": message.author,
        "author_name": agent_name(site, message.author) if is_agent else "",
        "text": message.text,
        "options": [list(option) for option in message.options],
        "state": message.state,
        "error": message.error,
        "kind": message.kind,
        "attachments": [dict(one) for one in message.attachments],
        "client_id": message.client_id,
        "at": message.created_at,
        "said_at": min(message.created_at, message.provider_at or message.created_at),  # senders' clocks are anything
    }


def recording_shape(recording: Recording) -> Json:
    """A recording without its path: the media come from ``recording.wav``."""
    return {
        "id": recording.id,
        "part": recording.part,
        "state": recording.state,
        "started_at": recording.started_at,
        "seconds": recording.seconds,
        "channels": recording.channels,
    }


def ticket_shape(ticket: Ticket, site: SiteView, comments: Sequence[Comment] | None = None) -> Json:
    """A ticket with the assignee's name, and its comments where they were asked for."""
    shape: Json = {**to_plain(ticket), "assignee_name": agent_name(site, ticket.assignee) if ticket.assignee else ""}
    if comments is not None:
        shape["comments"] = [{**to_plain(one), "author_name": agent_name(site, one.author)} for one in comments]
    return shape


def transcript_shape(transcript: Transcript) -> Json:
    """A transcript with its turns and the engine that heard them."""
    return {
        "recording": transcript.recording,
        "state": transcript.state,
        "engine": transcript.engine,
        "language": transcript.language,
        "error": transcript.error,
        "turns": [to_plain(turn) for turn in transcript.turns],
    }
