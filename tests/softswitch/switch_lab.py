"""The laboratory: the switch with the golden traces' configuration, an app server, phones. All on free ports."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Literal

from esl_controller import AppServer, Controller

from eslapp.softphone.phone import Phone
from eslapp.softswitch.confdir import load
from eslapp.softswitch.session import Session
from eslapp.softswitch.switch import Switch

DATA = Path(__file__).parent / "data"
PASSWORD = "lab-secret"
MONITORED = (
    "CHANNEL_CREATE CHANNEL_ORIGINATE CHANNEL_PROGRESS CHANNEL_PROGRESS_MEDIA CHANNEL_ANSWER CHANNEL_BRIDGE"
    " CHANNEL_UNBRIDGE CHANNEL_HOLD CHANNEL_UNHOLD CHANNEL_PARK CHANNEL_UNPARK CHANNEL_EXECUTE CHANNEL_EXECUTE_COMPLETE"
    " CHANNEL_HANGUP CHANNEL_HANGUP_COMPLETE CHANNEL_DESTROY DTMF RECORD_START RECORD_STOP PLAYBACK_START PLAYBACK_STOP"
)

ALSO = "CHANNEL_HOLD CHANNEL_UNHOLD PLAYBACK_START PLAYBACK_STOP RECORD_START RECORD_STOP"  # what myevents leaves out


class Lab:
    """``async with Lab(tmp_path) as lab``: ``lab.call("9003")`` gives (phone call, controller)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.apps = AppServer()
        self.second_apps = AppServer()
        self.switch: Switch
        self.uuid = ""  # of the call taken over last
        self.more = ""  # events that a taken call's controller hears besides its own
        self.phones: list[Phone] = []
        self._answering: list[asyncio.Future[None]] = []

    async def __aenter__(self) -> Lab:
        ports = {"8084": await self.apps.start(), "8085": await self.second_apps.start()}
        text = (DATA / "lab-freeswitch.xml").read_text()
        for given, chosen in ports.items():
            text = text.replace(f"127.0.0.1:{given}", f"127.0.0.1:{chosen}")
        text = text.replace("/fs/", f"{DATA}/").replace("20000", "0").replace("40000", "0")
        path = self.folder / "freeswitch.xml"
        path.write_text(text)
        self.switch = Switch(load(path))
        await self.switch.start(sip_port=0, esl_port=0)
        return self

    async def __aexit__(self, *_: object) -> None:
        for answering in self._answering:
            answering.cancel()
        for phone in self.phones:
            await phone.stop()
        await self.switch.stop()
        await self.apps.stop()
        await self.second_apps.stop()

    async def phone(
        self,
        user: str = "1000",
        password: str = "",
        *,
        is_registered: bool = False,
        transport: Literal["udp", "tcp", "ws"] = "udp",
    ) -> Phone:
        """A started phone."""
        where = self.switch.ws_address if transport == "ws" else self.switch.sip_address
        assert where is not None
        domain = self.switch.sip_address[0]
        phone = Phone(where, user, password, name="Lab Caller", transport=transport, domain=domain)
        await phone.start()
        self.phones.append(phone)
        if is_registered:
            await phone.register()
        return phone

    async def agent(self, user: str, transport: Literal["udp", "tcp", "ws"] = "udp") -> Phone:
        """A registered phone of the lab's directory."""
        return await self.phone(user, f"lab{user}", is_registered=True, transport=transport)

    async def target(self, *, accepts: bool = False) -> str:
        """A dial string for a phone of its own; it answers by itself if asked to."""
        phone = await self.phone("3001")
        if accepts:
            self._answering.append(asyncio.ensure_future(accept_next(phone)))
        return f"sofia/internal/3001@127.0.0.1:{phone.sip_port}"

    @property
    def legs(self) -> list[Session]:
        """The switch's channels, oldest first."""
        return list(self.switch.sessions.values())

    async def control(self) -> Controller:
        """An authenticated inbound connection."""
        return await Controller.connect(self.switch.esl_address, PASSWORD)

    async def monitor(self, events: str = MONITORED) -> Controller:
        """An inbound connection that hears what the golden traces' monitor heard."""
        controller = await self.control()
        await controller.command(f"event plain {events}")
        return controller

    async def call(self, number: str = "9003", user: str = "1000"):  # type: ignore[no-untyped-def]
        """A caller dials a socket extension: (the call on the phone, the controller's connection)."""
        phone = await self.phone(user)
        dialing = asyncio.ensure_future(phone.dial(number))
        controller = await self.apps.next()
        return await dialing, controller

    async def taken_call(self, number: str = "9003"):  # type: ignore[no-untyped-def]
        """A caller whose call the controller has taken over, not answered: (PhoneCall, Controller)."""
        phone = await self.phone()
        call = await phone.dial(number)
        controller = await self.apps.next()
        self.uuid = (await controller.take_over())["Unique-ID"]
        if self.more:
            await controller.command(f"event plain {self.more}")
        return call, controller

    async def answered_call(self, number: str = "9003"):  # type: ignore[no-untyped-def]
        """The same, taken over and answered."""
        call, controller = await self.taken_call(number)
        await controller.execute("answer")
        await controller.complete("answer")
        await call.answered(timeout=5)
        return call, controller


async def accept_next(phone: Phone) -> None:
    """Answer the next call."""
    await (await phone.next_call(timeout=20)).accept()


def in_lab(scenario: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make a test of ``async def scenario(lab, ...)``: a fresh laboratory for each, half a minute at most."""

    def test(tmp_path: Path, **given: Any) -> None:
        async def run() -> None:
            async with Lab(tmp_path) as lab:
                lab.more = ALSO
                await asyncio.wait_for(scenario(lab, **given), 30)

        asyncio.run(run())

    parameters = [each for name, each in inspect.signature(scenario).parameters.items() if name != "lab"]
    first = inspect.Parameter("tmp_path", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    test.__signature__ = inspect.Signature([first, *parameters])  # type: ignore[attr-defined]
    test.__name__, test.__doc__ = scenario.__name__, scenario.__doc__
    test.pytestmark = getattr(scenario, "pytestmark", [])  # type: ignore[attr-defined]
    return test
