"""Carries out what flows ask of services (``ivr.service_calls.ServiceCall``), alike on calls and in conversations.

Owns: the table from effect to service, the boundary around each, and a caller who hangs up meanwhile.
Not here: the services (``lookups``, ``flow_tickets``, ...), one file each.

    services = FlowServices({AskSystem: lookups.ask})
    VoiceCalls(..., performers=services.on_calls())
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gevent

from eslapp.log import get_log, spawn
from eslapp.services.performers import CallPerformers, ChatPerformers, OnCall, OnChat
from ivr.service_calls import ServiceCall
from ivr.waits import Failed, Happening

log = get_log("flow_services")

QUIET_S = 2.0  # of a caller's silence while a service works

# What a service is given: the interaction's id and the effect.
Service = Callable[[str, Any], Happening]


class FlowServices:
    """One per daemon."""

    def __init__(self, services: Mapping[type[ServiceCall], Service]) -> None:
        self._services = dict(services)

    def on_calls(self) -> CallPerformers:
        return {kind: self._on_call for kind in self._services}

    def on_chats(self) -> ChatPerformers:
        return {kind: self._on_chat for kind in self._services}

    def _on_call(self, call: OnCall, effect: ServiceCall) -> Happening:
        """A caller who hangs up is let go at once; what was asked for is still done. Who waits longer hears that."""
        work = spawn(self._done, call.interaction, effect)
        either = [work, call.leg.gone]
        if not gevent.wait(either, timeout=QUIET_S, count=1):
            call.leg.hold_music(None)  # the soft beep: silence would be taken for a dead line
            gevent.wait(either, count=1)
        if call.leg.gone.is_set():
            raise call.leg.lost()
        if call.leg.has_music:
            call.leg.interrupt()
        happening: Happening = work.get()
        return happening

    def _on_chat(self, chat: OnChat, effect: ServiceCall) -> Happening:
        return self._done(chat.interaction, effect)

    def _done(self, interaction: str, effect: ServiceCall) -> Happening:
        try:
            return self._services[type(effect)](interaction, effect)
        except Exception as error:  # the boundary of one asking: the step goes its ``fails`` way
            log.exception("service-failed", interaction=interaction, effect=effect.type)
            return Failed(type(error).__name__)
