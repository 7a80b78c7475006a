"""Hands finished recordings to the transcriber process and keeps the words it hears.

Owns: working off the transcription jobs; each is a row, so a crash on either side repeats and loses nothing.
Not here: the recogniser (``recordings.transcribe``). A missing model makes a failed transcript, never a failed call.
"""

from __future__ import annotations

from pathlib import Path

import gevent
from gevent.event import Event as Wake

from eslapp.clock import Clock
from eslapp.core.events import TranscriptReady
from eslapp.log import get_log, spawn
from eslapp.services.recorder import TRANSCRIBE
from eslapp.store import Store, StoreError, Tx, events, jobs, transcripts
from recordings.layout import CHANNELS, CONTACT_CHANNEL
from recordings.transcribe.client import TranscriberClient
from recordings.transcribe.messages import Job, Transcript

log = get_log("transcripts")

LOOK_EVERY_S = 5.0
RETRY_S = 10.0
JOB_WITHIN_S = 900.0
RENEW_EVERY_S = jobs.LEASE_S / 3


class Transcriptions:
    """One per daemon; ``wake`` is called when a recording has finished."""

    def __init__(
        self, *, store: Store, client: TranscriberClient, folder: Path, clock: Clock, languages: tuple[str, ...]
    ) -> None:
        self._store = store
        self._client = client
        self._folder = folder
        self._clock = clock
        self._default_language = languages[0] if languages else "en"
        self._woken = Wake()

    def wake(self) -> None:
        """There is a new job."""
        self._woken.set()

    def run(self) -> None:
        """Work until killed."""
        while True:
            try:
                if self._work_once():
                    continue
            except StoreError as error:
                log.error("transcripts-store", reason=str(error))
            except Exception:  # the boundary of one job: its lease runs out and it is tried again
                log.exception("transcript-failed")
            self._woken.wait(LOOK_EVERY_S)
            self._woken.clear()

    def _work_once(self) -> bool:
        job = self._store.write(lambda tx: jobs.claim(tx, kind=TRANSCRIBE, worker="daemon", now=self._clock()))
        if job is None:
            return False
        language = job.body["language"] or self._default_language
        path = str(self._folder / job.body["path"])
        keeper = spawn(self._keep_lease, job)
        try:
            asked = Job(job.key, path, language, channels=sides(job.body.get("channels", 2)))
            found = self._client.transcribe(asked, timeout_s=JOB_WITHIN_S)
        finally:
            keeper.kill()
        self._store.write(lambda tx: self._settle(tx, job, found, language))
        log.info("transcript", recording=job.key, engine=found.engine, turns=len(found.turns), reason=found.error)
        return True

    def _keep_lease(self, job: jobs.Job) -> None:
        while True:
            gevent.sleep(RENEW_EVERY_S)
            self._store.write(lambda tx: jobs.renew(tx, job.number, token=job.token, now=self._clock()))

    def _settle(self, tx: Tx, job: jobs.Job, found: Transcript, language: str) -> None:
        now = self._clock()
        if not found.ok:
            retry_at = now + RETRY_S if found.retryable else None
            jobs.fail(tx, job.number, token=job.token, error=found.error, now=now, retry_at=retry_at)
            if retry_at is None or job.tries >= job.max_tries:
                transcripts.failed(tx, recording=job.key, error=found.error, at=now)
            return
        if not jobs.finish(tx, job.number, token=job.token, result={"engine": found.engine}, now=now):
            return
        turns = [transcripts.Turn(turn.side, turn.text, turn.start_s, turn.end_s) for turn in found.turns]
        transcripts.ready(tx, recording=job.key, engine=found.engine, turns=turns, at=now, language=language)
        interaction = job.body["interaction"]
        events.append(
            tx,
            TranscriptReady(
                at=now,
                interaction=interaction,
                recording=job.key,
                engine=found.engine,
                turns=len(turns),
            ),
        )


def sides(channels: int) -> dict[str, int]:
    """Who is heard in which channel: a message has only its contact."""
    return dict(CHANNELS) if channels > 1 else {"contact": CONTACT_CHANNEL}
