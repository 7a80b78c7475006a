"""What a scenario may ask a phone to do, by its verb. Not here: the phone itself (``phone``), when (``play``)."""

from __future__ import annotations

from collections.abc import Callable

from tests.conformance.phone import Phone
from tests.conformance.scenario import Do


def carry_out(phone: Phone, step: Do, fill: Callable[[str], str]) -> None:
    """``fill`` puts this run's ids and places into a text."""
    args = dict(step.args)
    call = phone.dialogs[args.pop("call")] if "call" in args else None
    if step.verb == "invite":
        args["extra"] = tuple((name, value) for name, value in args.pop("extra", []))
        phone.invite(**args)
    elif step.verb == "register":
        phone.registered = 0
        phone.register(args.get("expires", 300), contact=fill(args.get("contact", "")), to=args.get("to", ""))
    elif step.verb in ("press", "tone"):
        phone.ear.press(args["digit"], args["ms"]) if step.verb == "press" else setattr(phone.ear, "tone", args["hz"])
    elif step.verb == "mute":
        phone.ear.muted = args["on"]
    elif step.verb == "raw":
        phone.raw(fill(args["text"]))
    elif step.verb == "refer":
        replaced = phone.dialogs[args["replaces"]] if "replaces" in args else None
        phone.refer(fill(args["to"]), call, replaced)
    elif step.verb in ("bye", "cancel"):
        {"bye": phone.bye, "cancel": phone.cancel}[step.verb](call)
    elif step.verb == "hold":
        phone.reinvite(args["direction"], call)
    elif step.verb == "info":
        phone.request("INFO", call or phone.dialog, (("Content-Type", args["type"]),), args["body"])
    else:
        getattr(phone, step.verb)(**args)
