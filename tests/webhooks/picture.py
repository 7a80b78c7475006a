"""Takes the README's picture of the workbench: .venv/bin/python tests/webhooks/picture.py docs/img/workbench.png [zh]

The house is the tests' one: real store, dispatcher and server; only the people are invented.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2])]

from browser import Screen, chromium  # noqa: E402
from house import Clock, House  # noqa: E402

from eslapp.core import commands as c  # noqa: E402
from eslapp.core.model import Presence  # noqa: E402

MENU = (("1", "Orders"), ("2", "Repairs"), ("0", "Talk to a person"))
DAY_S = 86_400.0


def earlier(house: House, clock: Clock) -> None:
    """What Lena and we had to do with each other before."""
    clock.now = time.time() - 12 * DAY_S
    past = (
        ("orders", "resolved", "Changed the delivery address of ML-19544."),
        ("orders", "follow_up", "Wants the steel kettle, not in stock before the 20th. Told her we would write."),
    )
    for queue, disposition, notes in past:
        house.available("1001")
        one = house.chat_interaction(queue=queue, name="Lena Fischer", address="v-lena")
        clock.pass_s(9)
        house.connect(one)
        clock.pass_s(240)
        house.ask(c.EndTalk, interaction=one, by="contact")
        house.ask(c.FinishWrapUp, interaction=one, agent="1001", disposition=disposition, notes=notes)
        clock.pass_s(7 * DAY_S)
    clock.now = time.time() - 400


def now(house: House, clock: Clock) -> None:
    """Two chats, a call that rings, and a line behind it."""
    house.ask(c.SetPresence, agent="1001", presence=Presence.BREAK)
    house.ask(c.SetPresence, agent="1001", presence=Presence.AVAILABLE)
    lena = house.chat_interaction(name="Lena Fischer", address="v-lena")
    house.say(lena, "Good morning! My kettle arrived today and the lid is broken.")
    house.say(lena, "How can we help you?\n1 Orders\n2 Repairs\n0 Talk to a person", author="flow", options=MENU)
    clock.pass_s(14)
    house.say(lena, "1")
    clock.pass_s(1)
    house.connect(lena)
    clock.pass_s(20)
    house.say(lena, "Good morning, Lena! I am sorry about that. Could you give me your order number?", author="1001")
    clock.pass_s(40)
    house.say(lena, "Of course, it is ML-20931")
    wang = house.chat_interaction(name="王小明")
    house.say(wang, "你好，我的订单还没有发货，能帮我查一下吗？")
    house.connect(wang)
    clock.pass_s(60)
    house.say(lena, "Thank you. A new lid leaves our warehouse today, free of charge.", author="1001")
    clock.pass_s(30)
    house.say(lena, "That was quick, thank you! Can I still use the kettle meanwhile?")
    house.ask(c.SetPresence, agent="1001", presence=Presence.BREAK)
    clock.now = time.time() - 45
    house.call_interaction(number="+86 138 0013 8000")
    clock.pass_s(12)
    for name in ("Amara Diallo", "陈静"):
        house.chat_interaction(queue="repairs", name=name)
    clock.now = time.time() - 6
    house.ask(c.SetPresence, agent="1001", presence=Presence.AVAILABLE)


def take(screen: Screen, house: House, path: Path, language: str) -> None:
    screen.open(f"{house.url}/?lang={language}")
    screen.write("input[name=login]", "1001")
    screen.write("input[name=password]", house.password("1001"))
    screen.click(".login-card .primary")
    screen.sees(".offer", "138")
    screen.click(".item", "Lena")
    screen.sees(".bubble", "meanwhile")
    screen.find(".history li")
    arriving = "return document.querySelector('.offer').getAnimations().length"
    screen.until("the end of the arrival", lambda: not screen.driver.execute_script(arriving))
    screen.keep(path)


def main() -> None:
    path = Path(sys.argv[1])
    language = sys.argv[2] if len(sys.argv) > 2 else "en"
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        house = House(Path(folder) / "site", clock=clock)
        earlier(house, clock)
        now(house, clock)
        house.clock.__class__.__call__ = lambda self: time.time()  # type: ignore[method-assign]
        with chromium(Path(folder) / "profile") as screen:
            take(screen, house, path, language)
        house.close()


if __name__ == "__main__":
    main()
