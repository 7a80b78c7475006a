"""Listens for words or keys on a call: records what is said, has it recognised, and falls back to keys.

Owns: one try of listening, and which languages have a recogniser now. Nothing native runs here: the transcriber
process does the work, within a time limit; without it, without a model, or when it is slow only keys count (and the
numbers of choices by word are told), so no call ever stops for it.
Not here: which words mean what (``ivr.choices``), when speech is over (``recordings.utterance``).
"""

from __future__ import annotations

from pathlib import Path

from gevent import get_hub

from eslapp.clock import monotonic
from eslapp.ids import IdSource
from eslapp.log import get_log, spawn
from eslapp.services.ear import Ear, keep_from
from eslapp.services.performers import OnCall
from eslapp.services.prompts import Prompts
from ivr.call_effects import Listen
from ivr.waits import Failed, Happening, KeysMissing, KeysPressed, WordsHeard
from recordings.layout import CONTACT_CHANNEL
from recordings.transcribe.client import TranscriberClient
from recordings.transcribe.messages import Job
from recordings.utterance import SILENT, Utterance

log = get_log("hearing_words")

BEFORE_S = 0.5  # of what was heard before speech was noticed: a soft beginning
RECOGNISE_WITHIN_S = 4.0
ASK_AGAIN_S = 30.0  # how long an answer about recognisers is believed
EVERY_KEY = "0123456789*#"


class HearingWords:
    """One per daemon. ``client`` speaks to the transcriber; ``folder`` takes the utterances, deleted after use."""

    def __init__(self, *, client: TranscriberClient, prompts: Prompts, folder: Path, ids: IdSource) -> None:
        self._client = client
        self._prompts = prompts
        self._folder = folder
        self._ids = ids
        self._known: dict[str, tuple[float, bool]] = {}
        for left_behind in folder.glob("*.wav"):  # by a daemon that was killed while somebody spoke
            left_behind.unlink(missing_ok=True)

    def perform(self, call: OnCall, effect: Listen) -> Happening:
        """One try."""
        if not self._has_recogniser(effect.language):
            return self._only_keys(call, effect)
        spawn(self._client.warm, effect.language)  # while the prompt plays: a cold one takes longer than callers wait
        path = self._folder / f"{self._ids()}.wav"
        try:
            return self._listen(call, effect, path)
        finally:
            path.unlink(missing_ok=True)

    def _listen(self, call: OnCall, effect: Listen, path: Path) -> Happening:
        leg = call.leg
        rule = Utterance(pause_s=effect.pause_s, first_s=effect.first_s, longest_s=effect.longest_s)
        leg.forget_digits()
        with Ear(leg, path, is_stereo=True) as ear:
            leg.begin(self._prompts.paths(effect.speech))
            ended = ear.until_over(rule, EVERY_KEY, may_interrupt=effect.may_interrupt)
            leg.hush()
        if ended in EVERY_KEY:
            return self._keys(call, effect, ended)
        if ended == SILENT:
            return KeysMissing()
        get_hub().threadpool.apply(keep_from, (path, max(0.0, ear.since_s - BEFORE_S)))
        return self._words(call, effect, path)

    def _words(self, call: OnCall, effect: Listen, path: Path) -> Happening:
        began = monotonic()
        channels = {"contact": CONTACT_CHANNEL}
        job = Job(path.stem, str(path), effect.language, channels, RECOGNISE_WITHIN_S, effect.phrases, is_live=True)
        found = self._client.transcribe(job, timeout_s=RECOGNISE_WITHIN_S)
        text = " ".join(turn.text for turn in found.turns)
        log.info(
            "words-heard", interaction=call.interaction, engine=found.engine, took_s=round(monotonic() - began, 2),
            reason=found.error, letters=len(text),
        )  # fmt: skip
        if not found.ok:
            self._known.pop(effect.language, None)
        return WordsHeard(text) if text else KeysMissing()

    def _keys(self, call: OnCall, effect: Listen, first: str) -> Happening:
        """The first key was pressed; wait for more only where more could follow."""
        pressed = first
        while any(key.startswith(pressed) and key != pressed for key in effect.keys):
            until = monotonic() + effect.next_s
            following = ""
            while not following and (left := until - monotonic()) > 0:
                call.leg.pause_or_key(left)
                following = call.leg.key(EVERY_KEY)
            if not following:
                break
            pressed += following
        return KeysPressed(pressed)

    def _only_keys(self, call: OnCall, effect: Listen) -> Happening:
        if not effect.keys:
            call.leg.play(self._prompts.paths(effect.instead))
            return Failed(f"no recogniser for {effect.language}, and no keys")
        lengths = [len(key) for key in effect.keys]
        digits = call.leg.ask(
            self._prompts.paths(effect.instead or effect.speech),
            min=min(lengths),
            max=max(lengths),
            ends="",
            first_s=effect.first_s,
            next_s=effect.next_s,
            pattern="[0-9*#]+",
        )
        return KeysPressed(digits) if digits else KeysMissing()

    def _has_recogniser(self, language: str) -> bool:
        asked_at, is_there = self._known.get(language, (-ASK_AGAIN_S, False))
        if monotonic() - asked_at > ASK_AGAIN_S:
            status = self._client.status(timeout_s=1.0)
            about = status.get("languages", {}).get(language, {})
            is_there = bool(about.get("ok"))
            if not is_there:
                reason = about.get("reason") or status.get("error", "no transcriber")
                log.warning("no-recogniser", language=language, reason=reason)
            self._known[language] = (monotonic(), is_there)
        return is_there
