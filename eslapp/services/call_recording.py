"""What a flow says about the recording of its call, and whether later talks are recorded.

Owns: the performer of ``RecordCall`` and the question of the recorder. Not here: recording (``recorder``), the rule
(``ivr.recording_policy``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eslapp.services.flow_runs import FlowRuns
from eslapp.services.performers import OnCall
from eslapp.services.recorder import Recorder
from ivr.call_effects import RecordCall
from ivr.recording_policy import OFF, ON, PAUSED, VARIABLE, is_recorded
from ivr.site import Site
from ivr.waits import Happening, Performed


def perform(recorder: Recorder, call: OnCall, effect: RecordCall) -> Happening:
    """Do it and say how it stands."""
    leg = call.leg.leg
    if effect.action == "start":
        recorder.begin(call.interaction, leg)
    elif effect.action == "pause":
        is_paused = recorder.mask(call.interaction, leg)
        return Performed(PAUSED if is_paused and recorder.is_running(call.interaction) else OFF)
    elif effect.action == "resume":
        recorder.unmask(call.interaction, leg)
    else:
        recorder.stop(call.interaction, leg)
    return Performed(ON if recorder.is_running(call.interaction) else OFF)


def is_wanted(flows: FlowRuns, world: Callable[[], Any], site: Callable[[], Site], interaction: str) -> bool:
    """Whether a talk of this interaction is recorded: the flow's word, else the queue's rule."""
    session = flows.load(interaction)
    found = world().interaction(interaction)
    settings = site().queues.get(found.queue) if found is not None else None
    rule = settings.record if settings is not None else "yes"
    return is_recorded(rule, session.variables.get(VARIABLE) if session is not None else None)
