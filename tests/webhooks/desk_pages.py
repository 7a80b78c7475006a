"""Ways about the workbench in a browser: signing in, fitting the window, pictures of it.

``ZONGJI_SCREENS=FOLDER`` keeps the pictures: both languages, wide and narrow.
"""

from __future__ import annotations

import os
from pathlib import Path

from browser import Screen
from house import House

SIZES = {"wide": (1400, 900), "narrow": (390, 844)}
FITS = "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def sign_in(house: House, screen: Screen, login: str = "1001", language: str = "en") -> None:
    screen.open(f"{house.url}/?lang={language}")
    screen.write("input[name=login]", login)
    screen.write("input[name=password]", house.password(login))
    screen.click(".login-card .primary")
    screen.find(".topbar")


def fits(screen: Screen) -> bool:
    """Nothing is wider than the window."""
    return bool(screen.run(FITS))


def look(screen: Screen, name: str) -> None:
    """The page fits in every size and language; its pictures are kept where they are wanted."""
    folder = os.environ.get("ZONGJI_SCREENS")
    screen.run("document.querySelector('.tab:nth-child(2)')?.click()")  # narrow: the conversation
    for _ in range(2):
        for size, pixels in SIZES.items():
            screen.size(*pixels)
            language = screen.run("return document.documentElement.lang")
            assert screen.until(f"{name} fits {size} in {language}", lambda: screen.driver.execute_script(FITS))
            if folder:
                screen.keep(Path(folder) / f"{name}-{language}-{size}.png")
        screen.run("document.querySelector('.language').click()")  # no pointer: what is open stays open
    screen.size(*SIZES["wide"])
