"""``bind_digit_action realm,digits|~expression,exec:app|api:name|name,value[,self|peer|both[,self|peer|both]]``."""

from __future__ import annotations

from eslapp.softswitch.keybinding import Action, bind_action
from eslapp.softswitch.session import Session

TARGETS = ("self", "peer", "both")


async def run(session: Session, data: str) -> None:
    """See the module; whose keys (the fifth word): only this leg's are heard."""
    words = [*data.split(",", 5), "", "", "", "", ""]
    realm, digits, what, value, _whose, target = words[:6]
    if realm and digits and what:
        bind_action(session, realm, digits, Action(what, value, target if target in TARGETS else "self"))
