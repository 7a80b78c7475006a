"""``originate``: ring somebody and run an application or an extension on the leg that answers."""

from __future__ import annotations

from eslapp.softswitch.api import ApiCall
from eslapp.softswitch.dialplan import Action
from eslapp.softswitch.numbers import leading_number
from eslapp.softswitch.originate import Dialing
from eslapp.softswitch.outgoing import announce_again
from eslapp.softswitch.session import Session
from eslapp.softswitch.states import State

USAGE = (
    "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] [<context>] [<cid_name>] [<cid_num>]"
    " [<timeout_sec>]\n"
)
MOST_WORDS = 7


async def originate(call: ApiCall) -> str:
    """``+OK <uuid>`` when it was answered (or early media was enough), else ``-ERR <cause>``.

    A blank ends the dial string, in brackets too, and the application's argument, unless it stands in ``'quotes'``.
    """
    words = call.words(10)
    if not 2 <= len(words) <= MOST_WORDS:
        return USAGE
    url, target, dialplan, context, name, number, timeout = [*map(plain, words), *[""] * 5][:7]
    dialing = Dialing(
        call.switch,
        caller_name=name,
        caller_number=number,
        timeout_s=leading_number(timeout),
    )
    session = await dialing.dial(url)
    if session is None:
        return f"-ERR {dialing.cause}\n"
    if not dialing.is_forked:
        announce_again(session)
    send_on(session, target, dialplan, context)
    return f"+OK {session.uuid}\n"


def plain(word: str) -> str:
    """FreeSWITCH takes ``undef`` for nothing."""
    return "" if word.lower() == "undef" else word


def send_on(session: Session, target: str, dialplan: str = "", context: str = "") -> None:
    """The leg goes on as the caller of the application: names are flipped, as FreeSWITCH does."""
    if len(target) < 2 or not target.startswith("&"):
        session.transfer(target, dialplan or "XML", context or "default")
        return
    session.hit_dialplan = True
    session.flip_caller_id()
    session.variables.set("call_uuid", session.call_uuid)
    session.actions.clear()
    application, _, argument = target[1:].partition(")")[0].partition("(")
    session.actions.append(Action(application, argument))
    session.set_state(State.EXECUTE)


COMMANDS = {"originate": originate}
