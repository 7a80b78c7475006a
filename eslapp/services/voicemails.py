"""Messages that contacts leave: recorded on the call, kept as work of their own, whatever happens in between.

Owns: takes (a recording that is not yet, or never becomes, an interaction) and the interaction of a kept one. Each
take is a row (a job) before the first sample, so that a message survives the contact's hang-up and our crash: what was
spoken is kept unless the contact said otherwise. Not here: the questions (``ivr.steps.voicemail``), routing (``core``).

    TakeMessage -> row, beep, recording
    KeepMessage, or the end of the call -> the recording's row, OpenInteraction (with its queue: in line at once)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import gevent
from gevent import get_hub

from eslapp.bus import Bus
from eslapp.clock import Clock
from eslapp.core import commands as ask
from eslapp.core.callbacks import VOICEMAIL
from eslapp.core.model import Medium
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.services.ear import Ear, levels_of
from eslapp.services.performers import OnCall
from eslapp.services.prompts import Prompts
from eslapp.services.recorder import Recorder
from eslapp.store import Store, StoreError, interactions, jobs
from ivr.call_effects import KeepMessage, PlayTake, TakeMessage
from ivr.waits import Happening, Performed, PlayEnded
from recordings.layout import recording_path, relative_path
from recordings.utterance import Utterance, speech_of

log = get_log("voicemails")

JOB = "voicemail"  # the kind of the row of a take
BEEP = "tone_stream://%(350,0,950)"
BEGIN_WITHIN_S = 8.0
SHORTEST_S = 0.8  # of speech; less is a cough
OPENED = "interaction-exists"  # refused because it was done before
AGAIN_S = 5.0  # after the rows could not be written
FOR_EVER_S = 10 * 365 * 86_400.0  # no worker claims these rows: they are notes


@dataclass(frozen=True, slots=True)
class Take:
    """What must be known to keep a message, by its id."""

    id: str
    parent: str
    contact: str
    queue: str
    number: str
    flow: str
    language: str
    started_at: float


class Voicemails:
    """One per daemon."""

    def __init__(
        self,
        *,
        bus: Bus,
        store: Store,
        recorder: Recorder,
        prompts: Prompts,
        folder: Path,
        world: Callable[[], Any],
        clock: Clock,
        ids: IdSource,
    ) -> None:
        self._bus = bus
        self._store = store
        self._recorder = recorder
        self._prompts = prompts
        self._folder = folder
        self._world = world
        self._clock = clock
        self._ids = ids
        self._takes: dict[str, Take] = {}

    # --- on the call ---------------------------------------------------------------------------------------------

    def take(self, call: OnCall, effect: TakeMessage) -> Happening:
        """Say the prompt, beep, and record until a key, silence or the limit."""
        leg = call.leg
        for earlier in [one for one in self._takes.values() if one.parent == call.interaction]:
            leg.stop_recording(str(self.path(earlier)))  # still running, where we died in the middle of it
            self._forget(earlier)
        leg.play([*self._prompts.paths(effect.speech), BEEP])
        leg.forget_digits()
        take = self._note(call, effect)
        rule = Utterance(pause_s=effect.silence_s, first_s=BEGIN_WITHIN_S, longest_s=effect.longest_s)
        with Ear(leg, self.path(take), is_stereo=False) as ear:
            ended = ear.until_over(rule, effect.ends)
            seconds = ear.spoken_s
        log.info("message-taken", interaction=call.interaction, take=take.id, ended=ended, spoken_s=round(seconds, 1))
        if seconds < SHORTEST_S:
            self._forget(take)
            return Performed("empty")
        return Performed("taken", {"take": take.id, "seconds": round(seconds, 1)})

    def play(self, call: OnCall, effect: PlayTake) -> Happening:
        """Let the contact hear it."""
        take = self._takes.get(effect.take)
        if take is not None:
            call.leg.play([str(self.path(take))])
        return PlayEnded()

    def keep(self, call: OnCall, effect: KeepMessage) -> Happening:
        """The contact has sent it. Done already (asked again after a crash): content."""
        take = self._takes.get(effect.take)
        if take is not None:
            self._keep(take)
        return Performed("kept")

    def path(self, take: Take) -> Path:
        """Where its sound lies: as any recording, named by the interaction it becomes."""
        return recording_path(self._folder, take.id, take.started_at)

    # --- what happens besides -------------------------------------------------------------------------------------

    def call_over(self, interaction: str) -> None:
        """The call has ended: what was spoken and not thrown away is a message; tried until it is kept."""
        try:
            self._keep_spoken(interaction)
        except StoreError as error:
            log.warning("message-not-kept-yet", parent=interaction, error=str(error), again_in_s=AGAIN_S)
            spawn(self._keep_later, interaction)

    def _keep_later(self, interaction: str) -> None:
        gevent.sleep(AGAIN_S)
        self.call_over(interaction)

    def _keep_spoken(self, interaction: str) -> None:
        for take in [one for one in self._takes.values() if one.parent == interaction]:
            levels = get_hub().threadpool.apply(levels_of, (self.path(take),))
            if speech_of(levels)[2] >= SHORTEST_S:
                self._keep(take)
            else:
                self._forget(take)

    def recover(self) -> None:
        """After a start: know the takes of calls that are still up, keep those of calls that ended meanwhile."""
        for note in self._store.read(lambda tx: jobs.waiting(tx, JOB)):
            self._takes[note.key] = Take(**note.body)
        for parent in {one.parent for one in self._takes.values()}:
            if self._world().interaction(parent) is None:
                self.call_over(parent)

    # --- rows ----------------------------------------------------------------------------------------------------

    def _note(self, call: OnCall, effect: TakeMessage) -> Take:
        now = self._clock()
        parent = self._world().interaction(call.interaction)
        take = Take(
            id=self._ids(),
            parent=call.interaction,
            contact=parent.contact if parent is not None else "",
            queue=effect.queue,
            number=effect.number,
            flow=call.session.flow,
            language=call.language,
            started_at=now,
        )
        note = {"kind": JOB, "key": take.id, "body": asdict(take), "at": now, "due_at": now + FOR_EVER_S}
        self._store.write(lambda tx: jobs.add(tx, **note))
        self._takes[take.id] = take
        return take

    def _forget(self, take: Take) -> None:
        """Thrown away, with its sound."""
        self._settle(take)
        self.path(take).unlink(missing_ok=True)

    def _settle(self, take: Take) -> None:
        self._store.write(lambda tx: jobs.settle(tx, JOB, take.id, at=self._clock()))
        self._takes.pop(take.id, None)

    def _keep(self, take: Take) -> None:
        """An interaction of its own, in line from its first moment, with its recording. Each step may be done again."""
        self._recorder.adopt(take.id, str(relative_path(take.id, take.started_at)), take.started_at, take.language)
        if self._store.read(lambda tx: interactions.get(tx, take.id)) is None:
            answer = self._bus.submit(self._opening(take))
            if isinstance(answer, ask.Refused) and answer.code != OPENED:
                log.error("message-not-kept", parent=take.parent, take=take.id, refused=repr(answer))
                return  # the note stays: the next start asks again
        log.info("message-kept", interaction=take.id, parent=take.parent, queue=take.queue)
        self._settle(take)

    def _opening(self, take: Take) -> ask.OpenInteraction:
        return ask.OpenInteraction(
            at=self._clock(),
            interaction=take.id,
            contact=take.contact,
            channel=VOICEMAIL,
            medium=Medium.TEXT,
            leg=take.id,
            flow=take.flow,
            language=take.language,
            subject=take.number,
            parent=take.parent,
            queue=take.queue,
        )
