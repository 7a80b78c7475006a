"""``zongji call``: a test call from the terminal."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import click

from eslapp.cli.addresses import HOST_PORT, shown
from eslapp.cli.output import console, fail
from eslapp.cli.site_option import open_site, site_option
from eslapp.sitedir import SiteDir
from eslapp.softphone import CallFailed, Phone, PhoneCall, PhoneError
from eslapp.softswitch.sip.own_hosts import OwnHosts

QUESTION_WITHIN_S = 30.0
QUIET_S = 1.0
NOT_PUBLIC = "anybody may call only the numbers of site.yaml (numbers:) / 只有 site.yaml 中 numbers: 的号码可以直接拨打"
UNHEARD = (
    "the flow was elsewhere than these keys expect, perhaps it knew this caller: give --as another number, or listen "
    "with --save / 流程走到了别处，也许认出了这个来电人：用 --as 换一个号码，或用 --save 录下来听"
)
NOBODY = "does a SIP switch listen there? / 请检查该地址上是否有 SIP 交换机"
DIALLED = re.compile(r"[0-9A-Za-z+*#._-]{1,64}")
KEYS = re.compile(r"[0-9*#A-Da-d, ]*")
MEND = "see 'zongji doctor' / 请运行 zongji doctor"
MENDS = {
    401: NOT_PUBLIC,
    403: NOT_PUBLIC,
    404: NOT_PUBLIC,
    407: NOT_PUBLIC,
    486: "the other side is busy / 对方忙",
    503: "does the switch run there, at this address? / 请检查该地址上的交换机是否在运行",
}


@click.command(
    epilog="""\b
Examples / 例子:
  zongji call 1000 --site ./shop                      dial in, listen for ten seconds
  zongji call 1000 --site ./shop --press 2,1          press 2 after the first question, 1 after the second
  zongji call 1000 --server 192.0.2.7:5060 --as 13800138000 --save heard.wav
"""
)
@click.argument("number")
@site_option
@click.option("--server", type=HOST_PORT, help="Where the switch is, if it is not the site's own.")
@click.option("--as", "caller", default="13900139000", show_default=True, help="The number that calls.")
@click.option("--press", default="", help="Keys, separated by commas: each is pressed when the voice falls silent.")
@click.option("--say", type=click.Path(exists=True, dir_okay=False), help="A WAV file to speak after the last key.")
@click.option("--seconds", default=10.0, show_default=True, help="How long to listen after the last key.")
@click.option("--save", type=click.Path(dir_okay=False, path_type=Path), help="Write what was heard to this WAV file.")
def command(
    number: str,
    site_path: Path,
    server: tuple[str, int] | None,
    caller: str,
    press: str,
    say: str | None,
    seconds: float,
    save: Path | None,
) -> None:
    """Place a test call with a small SIP phone.  拨打测试电话。"""
    check_words(number, caller, press, save)
    address = server or address_of(open_site(site_path))
    keys = [key.strip() for key in press.split(",") if key.strip()]
    try:
        asyncio.run(place(address, number, caller, keys, say, seconds, save))
    except CallFailed as error:
        fail(f"{error}; {MENDS.get(error.status, MEND)}")
    except PhoneError as error:
        fail(f"{error}; {mend_of(str(error))}")
    except OSError as error:
        fail(f"{shown(address)}: {error}")


def mend_of(problem: str) -> str:
    """What to do about what the phone could not do."""
    if "was not heard" in problem:
        return UNHEARD
    return NOBODY if "not answered" in problem else MEND


def check_words(number: str, caller: str, press: str, save: Path | None) -> None:
    """What is dialled and pressed, before anything is sent: one line for each mistake, exit code 2."""
    for text, what in ((number, "NUMBER"), (caller, "--as")):
        if not DIALLED.fullmatch(text):
            raise click.BadParameter(f"{text!r} cannot be dialled; digits, letters, + * # . _ -", param_hint=what)
    if not KEYS.fullmatch(press):
        raise click.BadParameter(f"{press!r}: write keys 0-9 * # with commas between them: 2,1", param_hint="--press")
    if save is not None and not save.resolve().parent.is_dir():
        raise click.BadParameter(f"there is no folder {save.parent} to save it in", param_hint="--save")


def address_of(site: SiteDir) -> tuple[str, int]:
    """Where the running site's switch listens."""
    text = site.state().get("sip_address", "")
    if not text:
        fail("the site is not running here; start it with: zongji run, or name a switch with --server host:port")
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


async def place(
    address: tuple[str, int],
    number: str,
    caller: str,
    keys: list[str],
    say: str | None,
    seconds: float,
    save: Path | None,
) -> None:
    """Dial, press, speak, listen, hang up."""
    async with Phone(address, caller, host=OwnHosts().towards(address[0])) as phone:
        call = await phone.dial(number)
        await call.answered(timeout=15)
        console.print(f"{number} answered / 已接通")
        try:
            await talk(call, keys, say, seconds)
        finally:
            if save is not None:
                call.heard.save(str(save))
                console.print(f"heard {call.heard.seconds:.1f} s, saved to {save}")
        await call.hang_up()
        console.print("hung up / 已挂机")


async def talk(call: PhoneCall, keys: list[str], say: str | None, seconds: float) -> None:
    """Press each key when the question before it is over, speak, listen."""
    for key in keys:
        await call.heard.sound(timeout=QUESTION_WITHIN_S)
        await call.heard.silence(timeout=QUESTION_WITHIN_S, for_s=QUIET_S)
        await call.press(key)
        console.print(f"pressed {key} / 按键")
    if say:
        await call.play(say)
    try:
        ending = await call.ended(timeout=seconds)
        console.print(f"the other side hung up (cause {ending.q850}) / 对方挂机")
    except PhoneError:
        pass  # still up, as it should be
