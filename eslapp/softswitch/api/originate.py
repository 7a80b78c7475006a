"""``originate``: ring somebody and run an application or an extension on the leg that answers."""

from __future__ import annotations

import re

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.apps.play_and_get_digits import split_words
from eslapp.softswitch.dialplan import Action
from eslapp.softswitch.numbers import whole
from eslapp.softswitch.originate import Dialing
from eslapp.softswitch.outgoing import announce_again
from eslapp.softswitch.session import Session
from eslapp.softswitch.states import State

USAGE = (
    "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>]"
    " [<timeout_sec>]\n"
)
MOST_WORDS = 6
APPLICATION = re.compile(r"^&(\w+)(?:\((.*)\))?$", re.DOTALL)


async def originate(call: ApiCall) -> str:
    """``+OK <uuid>`` when it was answered (or early media was enough), else ``-ERR <cause>``."""
    url, words = split_arguments(call.text)
    if not url or not 0 < len(words) <= MOST_WORDS:
        return USAGE
    words += [""] * (6 - len(words))
    target, dialplan, context, name, number, timeout = words[:6]
    dialing = Dialing(
        call.switch,
        caller_name=plain(name),
        caller_number=plain(number),
        timeout_s=whole(timeout),
    )
    session = await dialing.dial(url)
    if session is None:
        return f"-ERR {dialing.cause}\n"
    if not dialing.is_forked:
        announce_again(session)
    _send_on(session, target, plain(dialplan), plain(context))
    return f"+OK {session.uuid}\n"


def plain(word: str) -> str:
    """FreeSWITCH takes ``undef`` for nothing."""
    return "" if word in ("undef", "_undef_") else word


def split_arguments(text: str) -> tuple[str, list[str]]:
    """The dial string and the words behind it; ``&app(a b)`` is one word.

    As in FreeSWITCH a blank ends the dial string, in brackets too, unless it stands in ``'quotes'``.
    """
    match = re.match(r"((?:'[^']*'|\\.|\S)+)\s*(.*)", text.strip(), re.DOTALL)
    return (match[1], split_target(match[2])) if match is not None else ("", [])


def split_target(text: str) -> list[str]:
    """``&app(args with blanks)`` first, then words."""
    if text.startswith("&") and "(" in text.split(None, 1)[0]:
        end = text.rfind(")")
        if end > 0:
            return [text[: end + 1], *split_words(text[end + 1 :])]
    return split_words(text)


def _send_on(session: Session, target: str, dialplan: str, context: str) -> None:
    """The leg goes on as the caller of the application: names are flipped, as FreeSWITCH does."""
    session.variables.set("call_uuid", session.call_uuid)
    match = APPLICATION.match(target)
    if match is None:
        session.transfer(target, dialplan or "XML", context or "default")
        return
    session.flip_caller_id()
    session.hit_dialplan = True
    session.actions.clear()
    session.actions.append(Action(match[1], match[2] or ""))
    session.set_state(State.EXECUTE)


COMMANDS = {"originate": originate}
