"""A headless Chromium for the page tests: fresh profile, no network of its own, quick to find things.

Owns: starting it and waiting with deadlines. Every call to the driver is made in a thread: the pages are served by
this thread's hub. Not here: the pages' tests.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clients import aside
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

WIDE = (1440, 900)
NARROW = (390, 844)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--mute-audio",
)


class Screen:
    """One browser window."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        aside(self.driver.get, url)

    def size(self, width: int, height: int) -> None:
        """The page's own size, also below the window's least width."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        aside(self.driver.execute_cdp_cmd, "Emulation.setDeviceMetricsOverride", metrics)

    def until(self, what: str, holds: Callable[[], Any], timeout: float = 15.0) -> Any:
        """Wait until ``holds()`` is true; says ``what`` was waited for otherwise."""
        wait = WebDriverWait(self.driver, timeout, poll_frequency=0.05)
        return aside(wait.until, lambda _: _quietly(holds), what)

    def find(self, css: str, timeout: float = 15.0) -> WebElement:
        return self.until(css, lambda: self._shown(css), timeout)

    def all(self, css: str) -> list[WebElement]:
        """Every match; only inside what ``until`` is given."""
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def text(self, css: str) -> str:
        return self.until(css, lambda: (one := self._shown(css)) and one.text)

    def sees(self, css: str, text: str, timeout: float = 15.0) -> None:
        """Wait until an element of ``css`` shows ``text``."""
        self.until(f"{css} with {text!r}", lambda: any(text in one.text for one in self.all(css)), timeout)

    def lacks(self, css: str) -> None:
        self.until(f"no {css}", lambda: not any(one.is_displayed() for one in self.all(css)))

    def click(self, css: str, text: str = "") -> None:
        def press() -> bool:
            for one in self.all(css):
                if one.is_displayed() and one.is_enabled() and text in one.text:
                    one.click()
                    return True
            return False

        self.until(f"{css} {text!r} to press", press)

    def write(self, css: str, text: str) -> None:
        """Type over what is there, as people do: the driver's own ``clear`` tells the page of no input."""

        def type_it() -> bool:
            field = self._shown(css)
            if field is None:
                return False
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(Keys.DELETE)
            field.send_keys(text)
            return True

        self.until(f"{css} to write in", type_it)

    def press(self, css: str, *keys: str) -> None:
        """Press keys in an element."""
        self.until(f"{css} to press keys in", lambda: (one := self._shown(css)) and (one.send_keys(*keys) or True))

    def run(self, script: str, *args: Any) -> Any:
        """The value of a script run in the page."""
        return aside(self.driver.execute_script, script, *args)

    def keep(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside(self.driver.save_screenshot, str(path))

    def complaints(self) -> list[str]:
        """What the page complained about: script errors, refused resources, violated policies."""
        logged = aside(self.driver.get_log, "browser")
        return [entry["message"] for entry in logged if entry["level"] == "SEVERE"]

    def _shown(self, css: str) -> WebElement | None:
        return next((one for one in self.all(css) if one.is_displayed()), None)


def _quietly(holds: Callable[[], Any]) -> Any:
    """False while the page is still changing under our hands."""
    try:
        return holds()
    except Exception as error:
        if type(error).__module__.startswith("selenium"):
            return False
        raise


@contextmanager
def chromium(profile: Path, *, language: str = "en", forgetful: str = "") -> Iterator[Screen]:
    """A running browser; ``profile`` is an empty folder of its own. ``forgetful``: an origin that may store nothing."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--lang={language}"):
        options.add_argument(flag)
    if forgetful:
        rule = {f"{forgetful},*": {"setting": 2}}
        options.add_experimental_option("prefs", {"profile.content_settings.exceptions.cookies": rule})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    driver = aside(webdriver.Chrome, options=options, service=service)
    try:
        screen = Screen(driver)
        screen.size(*WIDE)
        yield screen
    finally:
        aside(driver.quit)
