"""Where everything of one site lives: the author's files above, the generated ones in ``var/``.

Owns: paths, the generated secrets and the state file that says which ports were chosen.
Not here: the meaning of ``site.yaml`` (``ivr.loader``), the rows (``eslapp.store``).

>>> SiteDir("/srv/zongji/shop").database.name
'zongji.db'
"""

from __future__ import annotations

import json
import os
import secrets as randomness
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSWORD_BYTES = 24  # 32 characters: the floor for the event socket (facts: ESL rules)
READABLE_BYTES = 9  # 12 characters: typed by people, throttled by the workbench


@dataclass(frozen=True, slots=True)
class Secrets:
    """The generated passwords of a site; ``agents`` maps an extension to ``sip_password``/``web_password``."""

    esl_password: str
    session_key: str
    admin_password: str
    agents: dict[str, dict[str, str]]


class SiteDir:
    """Paths of one site folder."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()
        self.var = self.root / "var"
        self.database = self.var / "zongji.db"
        self.secrets_file = self.var / "secrets.json"
        self.state_file = self.var / "state.json"
        self.switch_state_file = self.var / "softswitch.json"
        self.freeswitch = self.var / "freeswitch"
        self.recordings = self.var / "recordings"
        self.media = self.var / "media"
        self.speech = self.var / "speech"
        self.logs = self.var / "log"
        self.models = self.var / "models"
        self.last_good = self.var / "last-good"
        self.transcriber_socket = self.var / "transcriber.sock"

    def make(self) -> None:
        """Create the generated folders, readable by the owner only."""
        for folder in (self.var, self.freeswitch, self.recordings, self.media, self.speech, self.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def secrets(self, extensions: Iterable[str] = ()) -> Secrets:
        """Read the secrets, generating what is missing (first start, a new agent)."""
        stored = read_json(self.secrets_file) or {}
        before = json.dumps(stored, sort_keys=True)
        stored.setdefault("esl_password", randomness.token_urlsafe(PASSWORD_BYTES))
        stored.setdefault("session_key", randomness.token_urlsafe(PASSWORD_BYTES))
        stored.setdefault("admin", {"web_password": randomness.token_urlsafe(READABLE_BYTES)})
        agents = stored.setdefault("agents", {})
        for extension in extensions:
            agent = agents.setdefault(extension, {})
            agent.setdefault("sip_password", randomness.token_urlsafe(PASSWORD_BYTES))
            agent.setdefault("web_password", randomness.token_urlsafe(READABLE_BYTES))
        if json.dumps(stored, sort_keys=True) != before:
            write_json(self.secrets_file, stored)
        return Secrets(
            esl_password=stored["esl_password"],
            session_key=stored["session_key"],
            admin_password=stored["admin"]["web_password"],
            agents=agents,
        )

    def word(self, name: str) -> str | None:
        """The operator's word behind ``$(env.NAME)``: from the environment, else ``"env"`` in ``secrets.json``."""
        found = os.environ.get(name) or (read_json(self.secrets_file) or {}).get("env", {}).get(name)
        return str(found) if found else None

    def state(self) -> dict[str, Any]:
        """What the running site wrote of itself (ports, pids), or ``{}``."""
        return read_json(self.state_file) or {}

    def write_state(self, **facts: Any) -> None:
        """Merge facts into the state file."""
        write_json(self.state_file, {**self.state(), **facts})


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in ``path``, or ``None`` where there is no such file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict):
            raise ValueError("not an object in braces")
        return found
    except FileNotFoundError:
        return None
    except ValueError as error:
        text = f"zongji: {path}: not readable as JSON ({error}); restore it from a backup or remove it"
        raise SystemExit(text) from None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace ``path`` atomically, readable by the owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=2, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
