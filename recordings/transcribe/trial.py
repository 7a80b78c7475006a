"""Loads a model once in a child process: only that shows that it works, and only there may it crash."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .engine import Found
from .messages import encode
from .process import LOAD_WITHIN_S, WORKER


@dataclass(frozen=True, slots=True)
class Trial:
    """``problem`` is empty where the model loaded."""

    load_s: float = 0.0
    problem: str = ""


def try_model(language: str, engine: str, folder: Path | str, *, within_s: float = LOAD_WITHIN_S) -> Trial:
    """Starts a worker with this model, reads its first line and lets it go."""
    found = Found(engine, language, f"{engine} {Path(folder).name}", str(folder))
    try:
        done = subprocess.run(
            WORKER, input=encode(found.as_json()), capture_output=True, timeout=within_s, check=False
        )
    except subprocess.TimeoutExpired:
        return Trial(problem=f"not loaded within {within_s:.0f} s")
    first = done.stdout.splitlines()[:1]
    if not first:
        return Trial(problem=f"the engine ended with code {done.returncode} while loading")
    answer = json.loads(first[0])
    if answer.get("ready") is not True:
        return Trial(problem=str(answer.get("error", "no reason given")))
    return Trial(load_s=float(answer["load_s"]))
