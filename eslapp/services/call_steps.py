"""The steps of ``ivr.call_effects`` carried out: which file performs which effect.

Owns: putting those files together. Not here: what each does (``voicemails``, ``transfers``, ``hearing_words``, ...).
"""

from __future__ import annotations

from dataclasses import dataclass

from eslapp.services import call_recording
from eslapp.services.hearing_words import HearingWords
from eslapp.services.performers import CallPerformers, ChatPerformers, OnCall
from eslapp.services.promises import Promises
from eslapp.services.recorder import Recorder
from eslapp.services.transfers import Transfers
from eslapp.services.voicemails import Voicemails
from ivr import call_effects as wanted
from ivr.waits import Happening, Performed


@dataclass(frozen=True, slots=True)
class CallSteps:
    """One per daemon."""

    recorder: Recorder
    voicemails: Voicemails
    transfers: Transfers
    hearing: HearingWords
    promises: Promises

    def on_calls(self) -> CallPerformers:
        return {
            wanted.AnswerCall: answer,
            wanted.Listen: self.hearing.perform,
            wanted.TakeMessage: self.voicemails.take,
            wanted.PlayTake: self.voicemails.play,
            wanted.KeepMessage: self.voicemails.keep,
            wanted.Transfer: self.transfers.perform,
            wanted.RecordCall: lambda call, effect: call_recording.perform(self.recorder, call, effect),
            wanted.RequestCallback: lambda call, effect: self.promises.make(call.interaction, effect),
        }

    def on_chats(self) -> ChatPerformers:
        return {wanted.RequestCallback: lambda chat, effect: self.promises.make(chat.interaction, effect)}


def answer(call: OnCall, effect: wanted.AnswerCall) -> Happening:
    """Off the hook, where it is not already."""
    call.leg.answer()
    return Performed("answered")
