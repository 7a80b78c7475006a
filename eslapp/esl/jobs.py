"""Background jobs of one connection: ``bgapi`` sent with our own id, its result found again by that id.

Owns: who waits for which job. Not here: the connection (``link``).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from gevent.event import AsyncResult

from .codec import Event
from .commands import refusal
from .messages import job_message


@dataclass(frozen=True, slots=True)
class JobResult:
    """What a ``bgapi`` command answered in the end."""

    job: str
    text: str

    @property
    def ok(self) -> bool:
        return not refusal(self.text)


class JobControl:
    """Mixin before ``Reliable``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._jobs: dict[str, AsyncResult] = {}
        super().__init__(*args, **kwargs)

    def start_job(self, line: str) -> tuple[str, AsyncResult]:
        """Send ``bgapi`` and return at once: the job's id and where its ``JobResult`` will arrive."""
        job = str(uuid.uuid4())
        result = self._jobs[job] = AsyncResult()
        try:
            self.post(job_message(line, job))
        except BaseException:
            self._jobs.pop(job, None)
            raise
        return job, result

    def forget_job(self, job: str) -> None:
        self._jobs.pop(job, None)

    def received(self, event: Event) -> None:
        if event.name == "BACKGROUND_JOB":
            job = event.get("Job-UUID")
            waiting = self._jobs.pop(job, None)
            if waiting is not None:
                waiting.set(JobResult(job, event.body))

    def on_failed(self) -> None:
        jobs, self._jobs = self._jobs, {}
        for waiting in jobs.values():
            waiting.set_exception(self.lost())
