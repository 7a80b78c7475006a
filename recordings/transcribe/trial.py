"""Loads a model once in a child process: only that shows that it works, and only there may it crash."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .engine import EngineError, Found
from .process import EngineProcess, WorkerLost


@dataclass(frozen=True, slots=True)
class Trial:
    """``problem`` is empty where the model loaded."""

    load_s: float = 0.0
    problem: str = ""


def try_model(language: str, engine: str, folder: Path | str) -> Trial:
    """Starts a worker with this model and lets it go."""
    process = EngineProcess(Found(engine, language, f"{engine} {Path(folder).name}", str(folder)))
    try:
        return Trial(load_s=process.load())
    except (EngineError, WorkerLost) as error:
        return Trial(problem=str(error))
    finally:
        process.stop()
