"""What the fakes of Meta's products share: the app's words, the handshake, the signature over the raw bytes.

Not here: the messages and errors of WhatsApp and Messenger (``providers.whatsapp_meta``, ``providers.messenger``).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from eslapp.demo.providers.base import Call, Provider, Reply, Signed

APP_SECRET, TOKEN, VERIFY = "meta-app-secret", "meta-access-token", "meta-verify-token"
CHALLENGE = b"1158201444"


class MetaFake(Provider):
    """``opened``: when each contact wrote last; ``sent``: what was taken and not told of yet (id, whose, when).
    ``IDS`` are its own words in ``site.yaml``, ``TOKEN_WORD`` the environment's name of its token."""

    can_picture = True
    IDS: ClassVar[tuple[str, ...]] = ()
    TOKEN_WORD: ClassVar[str] = "META_TOKEN"

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.opened: dict[str, float] = {}
        self.sent: list[tuple[str, str, float]] = []

    def options(self) -> dict[str, Any]:
        secret = {"app_secret": "META_APP_SECRET", "token": self.TOKEN_WORD, "verify_token": "META_VERIFY_TOKEN"}
        told = {name: self.words[name] for name in self.IDS} | {key: f"$(env.{word})" for key, word in secret.items()}
        return told | {"api": self.url}

    def secrets(self) -> dict[str, str]:
        return {
            "META_APP_SECRET": self.words["app_secret"],
            self.TOKEN_WORD: self.words["token"],
            "META_VERIFY_TOKEN": self.words["verify_token"],
        }

    def is_proof_wrong(self, call: Call) -> bool:
        """Whether a call has a proof by the app's secret that is not one."""
        proof = hmac.new(self.words["app_secret"].encode(), self.words["token"].encode(), hashlib.sha256).hexdigest()
        return call.query.get("appsecret_proof", proof) != proof

    def handshake(self) -> tuple[Signed, bytes]:
        asked = f"hub.mode=subscribe&hub.verify_token={self.words['verify_token']}&hub.challenge={CHALLENGE.decode()}"
        return Signed(b"", suffix=f"?{asked}", method="GET"), CHALLENGE


def signed(told: dict[str, Any], secret: str) -> Signed:
    """A delivery with Meta's signature."""
    body = json.dumps(told).encode()
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Signed(body, {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={digest}"})


def refused(code: int, sub: int = 0) -> Reply:
    """The Graph API's error."""
    error = {"message": "as asked", "type": "OAuthException", "code": code, "error_subcode": sub}
    return Reply(401 if code == 190 else 400, json.dumps({"error": error}).encode())
