"""A prompt file that is not in the site's folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ivr.check import Check
from ivr.fields import is_file
from ivr.graph import Survey
from ivr.problems import Place, Problem, did_you_mean, quote
from ivr.steps.play import Play
from ivr.steps.queue import Queue


class MissingFile(Check):
    """Every .wav named in the site must lie in ``prompts``, and be one."""

    code = "missing_file"
    chinese: ClassVar[dict[str, str]] = {
        "there is no file {} in prompts": "prompts 里没有文件 {}",
        "put it at prompts/{}": "请放到 prompts/{}",
        "the file {} holds no sound that can be played": "文件 {} 里没有能播放的声音",
        "save it as WAV: 8000 Hz, 16 bits, mono": "请存成 WAV：8000 Hz、16 位、单声道",
    }

    def find(self, survey: Survey) -> Iterator[Problem]:
        present = survey.site.prompt_files
        for place, file in self._named(survey):
            if file not in present:
                mend = did_you_mean(file, present, f"put it at prompts/{file}")
                yield self.problem(place, f"there is no file {quote(file)} in prompts", mend)
            elif file in survey.site.unplayable:
                text = f"the file {quote(file)} holds no sound that can be played"
                yield self.problem(place, text, "save it as WAV: 8000 Hz, 16 bits, mono")

    def _named(self, survey: Survey) -> Iterator[tuple[Place, str]]:
        site = survey.site
        for name, queue in site.queues.items():
            if queue.music:
                yield site.place("queues", name, "music"), queue.music
            for code, file in queue.whisper.root.items() if queue.whisper is not None else ():
                if is_file(file):
                    place = ("queues", name, "whisper") if code == "*" else ("queues", name, "whisper", code)
                    yield site.place(*place), file
        for _, step in survey.written():
            for loc, text in step.texts():
                yield from ((step.place(*loc, code), file) for code, file in text.spoken.items() if is_file(file))
            if isinstance(step, Play):
                yield from ((step.place("file", code), file) for code, file in step.file.items())
            elif isinstance(step, Queue) and step.music:
                yield step.place("music"), step.music
