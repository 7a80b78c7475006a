"""Twilio as documented at twilio.com/docs: one account, its SMS webhooks and Messages API.

Owns: the signature over address and parameters, Messages.json and its errors, media.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl, urlencode

from eslapp.demo.redelivery import TWILIO

from .base import PNG, Call, Fault, Provider, Reply, Shown, Signed

SID = "AC" + "0123456789abcdef" * 2
TOKEN = "twilio-auth-token-of-the-demonstration"
NUMBER = "+15005550006"
CODES = {Fault.RATE: (429, 20429), Fault.BLOCKED: (400, 21610), Fault.TOKEN: (401, 20003), Fault.WINDOW: (400, 63016)}


class SmsTwilioFake(Provider):
    """``states`` makes the callback for a message of ours."""

    type = "sms_twilio"
    WORDS = {"sid": SID, "token": TOKEN, "number": NUMBER}
    address = "+14155550100"
    can_picture = True
    retries = TWILIO
    scheme = ""
    hook_field = "sms_url"  # where the number's account says what is asked

    def __init__(self, words: Mapping[str, str] | None = None) -> None:
        super().__init__(words)
        self.made: list[dict[str, str]] = []  # what Twilio's list says
        self.sent: list[str] = []  # taken, with an address to tell their states at

    def options(self) -> dict[str, Any]:
        return {
            "sid": self.words["sid"],
            "token": "$(env.TWILIO_TOKEN)",
            "number": self.words["number"],
            "api": self.url,
        }

    def secrets(self) -> dict[str, str]:
        return {"TWILIO_TOKEN": self.words["token"]}

    def say(self, text: str, *, address: str = "", number: int = 0, at: float | None = None) -> Signed:
        return self._signed(self._told(address, number) | {"Body": text})

    def picture(self, *, address: str = "", number: int = 0) -> Signed:
        media = {
            "Body": "look",
            "NumMedia": "1",
            "MediaUrl0": f"{self.url}/2010-04-01/Accounts/{self.words['sid']}/Media/ME1",
            "MediaContentType0": "image/png",
        }
        return self._signed(self._told(address, number) | media)

    def unknown(self, *, number: int = 0) -> Signed:
        return self._signed(self._told("", number) | {"HologramUrl": "x"})

    def state(self, sid: str, state: str, error: str = "") -> Signed:
        """A status callback."""
        told = {
            "AccountSid": self.words["sid"],
            "MessageSid": sid,
            "MessageStatus": state,
            "To": self.scheme + self.address,
        }
        return self._signed(told | ({"ErrorCode": error} if error else {}))

    def receipts(self, *states: str) -> list[Signed]:
        told = [self.state(sid, state) for sid in self.sent for state in states]
        self.sent.clear()
        return told

    def _told(self, address: str, number: int) -> dict[str, str]:
        return {
            "AccountSid": self.words["sid"],
            "MessageSid": f"SM{number:032x}",
            "From": self.scheme + (address or self.address),
            "To": self.scheme + self.words["number"],
            "NumMedia": "0",
            "Body": "",
        }

    def _signed(self, fields: dict[str, str]) -> Signed:
        whole = self.hook + "".join(name + fields[name] for name in sorted(fields))
        digest = hmac.new(self.words["token"].encode(), whole.encode(), hashlib.sha1).digest()
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": base64.b64encode(digest).decode(),
        }
        return Signed(urlencode(fields).encode(), headers)

    def api(self, call: Call, fault: Fault | None) -> Reply:
        wanted = "Basic " + base64.b64encode(f"{self.words['sid']}:{self.words['token']}".encode()).decode()
        if fault in CODES:
            return _failed(*CODES[fault])
        if call.headers.get("authorization") != wanted:
            return _failed(401, 20003)
        if "/Media/" in call.path:
            return Reply(200, PNG, "image/png")
        if call.path.endswith("/IncomingPhoneNumbers.json"):
            number = {"phone_number": self.words["number"], "sms_url": "", "voice_url": "", self.hook_field: self.hook}
            return Reply(200, json.dumps({"incoming_phone_numbers": [number]}).encode())
        if not call.path.endswith("/Messages.json"):
            return _failed(404, 20404)
        if call.method == "GET":
            found = [one for one in self.made if one["to"] == call.query.get("To")]
            return Reply(200, json.dumps({"messages": found[::-1]}).encode())
        return self._send(dict(parse_qsl(call.body.decode(), keep_blank_values=True)))

    def _send(self, form: dict[str, str]) -> Reply:
        if not form["To"].startswith(f"{self.scheme}+"):
            return _failed(400, 21211)
        if form.get("From") != self.scheme + self.words["number"] and not form.get("MessagingServiceSid"):
            return _failed(400, 21606)
        if not form["Body"] and not form.get("ContentSid") and "MediaUrl" not in form:
            return _failed(400, 21602)
        if len(form["Body"]) > 1600:
            return _failed(400, 21617)
        kind, url = ("image" if "MediaUrl" in form else "text"), form.get("MediaUrl", "")
        self.shown.append(Shown(form["To"].removeprefix(self.scheme), form["Body"], kind, url=url))
        sid = f"SM{0xFFFF + len(self.shown):032x}"
        made = formatdate(self.clock())
        self.made.append({"sid": sid, "to": form["To"], "body": form["Body"], "status": "sent", "date_created": made})
        if form.get("StatusCallback"):
            self.sent.append(sid)
        return Reply(201, json.dumps({"sid": sid, "status": "queued"}).encode())


def _failed(status: int, code: int) -> Reply:
    return Reply(status, json.dumps({"code": code, "message": "as asked", "status": status}).encode())
