"""The ``--site DIR`` option and how a command reaches a site: its folder, its store, its running daemon."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import requests

from eslapp.cli.output import fail
from eslapp.sitedir import SiteDir
from eslapp.store import Store, StoreError

DEFAULT_SITE = Path("var/demo")

site_option = click.option(
    "--site",
    "site_path",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_SITE,
    show_default=True,
    help="The site's folder (the one with site.yaml).",
)


def open_site(path: Path) -> SiteDir:
    """The site folder, or one clear line where there is none."""
    if not (path / "site.yaml").is_file():
        fail(f"{path}: no site.yaml there; name the site's folder with --site, or make the demo's with: zongji demo")
    return SiteDir(path)


def is_running(site: SiteDir) -> bool:
    """Whether the process that the site's state names is alive."""
    pid = site.state().get("daemon", {}).get("pid")
    return bool(pid) and Path("/proc", str(pid)).exists()


class DaemonApi:
    """The HTTP API of the running daemon, signed in as the site's administrator."""

    def __init__(self, site: SiteDir, login: str = "admin", password: str = "") -> None:
        url = site.state().get("daemon", {}).get("url")
        if not url:
            fail(f"{site.root}: the site is not running; start it with: zongji run --site {site.root}")
        self.url: str = url
        self._session = requests.Session()
        self._session.trust_env = False  # loopback only: a proxy would have no business here
        answer = self.post("/api/login", login=login, password=password or site.secrets().admin_password)
        self._session.headers["X-CSRF-Token"] = answer["csrf"]
        # Said outright: a site behind a TLS proxy marks the cookie Secure, and on loopback we speak plain HTTP.
        self._session.headers["Cookie"] = "; ".join(f"{one.name}={one.value}" for one in self._session.cookies)

    def get(self, path: str, **query: Any) -> Any:
        """GET, as JSON."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, **body: Any) -> Any:
        """POST a JSON body, as JSON."""
        return self._ask("POST", path, json=body)

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._session.request(method, self.url + path, timeout=10, **options)
        except requests.RequestException:
            fail(f"{self.url} does not answer; is the site running? start it with: zongji run")
        if answer.status_code >= 400:
            fail(f"{method} {path}: {answer.status_code} {answer.text.strip()[:200]}")
        return answer.json()


@contextmanager
def open_store(site: SiteDir) -> Iterator[Store]:
    """The site's rows, only to look; works beside a running daemon."""
    store = Store(site.database)
    try:
        store.open_to_read()
        yield store
    except StoreError as error:
        fail(str(error))
    finally:
        store.close()
