"""An agent's picture on channels whose provider fetches it at our address, or takes it beside its words."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from provider_desk import AGENT, Desk, opened

from eslapp.demo.providers.base import PNG

pytestmark = pytest.mark.slow
BASE = "http://desk.example.com"  # a browser of the tests has no TLS
FETCHING = ("line", "whatsapp_twilio", "generic")


def picture(desk: Desk, interaction: str, content: bytes = PNG) -> Any:
    client = desk.house.sign_in(AGENT)
    path = f"/api/interactions/{interaction}/files?name=a.png&client_id=picture-{len(content)}"
    return client.ask("POST", path, data=content, headers={"Content-Type": "image/png", **client.headers})


def noisy(pixels: int) -> bytes:
    """A PNG that no compression makes small."""
    av = pytest.importorskip("av")
    numpy = pytest.importorskip("numpy")
    frame = av.VideoFrame.from_ndarray(
        numpy.random.default_rng(6).integers(0, 255, (pixels, pixels, 3), dtype="uint8"), format="rgb24"
    )
    encoder = av.CodecContext.create("png", "w")
    encoder.width, encoder.height, encoder.pix_fmt = pixels, pixels, "rgb24"
    encoder.time_base = Fraction(1)
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


@pytest.mark.parametrize("name", FETCHING)
def test_a_provider_that_fetches_gets_an_address_of_ours(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(name, tmp_path, monkeypatch, base=BASE) as desk:
        interaction = desk.with_agent()
        assert picture(desk, interaction).status_code == 200
        shown = desk.house.until(lambda: [one for one in desk.provider.shown if one.url], "the picture")[0]
        assert shown.kind == "image" and shown.url.startswith(f"{BASE}/files/")
        found = desk.house.client().get(urlsplit(shown.url).path)
        assert (found.status_code, found.content, found.headers["Content-Type"]) == (200, PNG, "image/png")
        desk.house.clock.pass_s(8 * 86400)  # the address ends
        assert desk.house.client().get(urlsplit(shown.url).path).status_code == 404


def test_line_gets_a_picture_as_small_as_its_preview_must_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = noisy(700)
    assert len(large) > 1_400_000
    with opened("line", tmp_path, monkeypatch, base=BASE) as desk:
        interaction = desk.with_agent()
        assert picture(desk, interaction, large).status_code == 200
        shown = desk.house.until(lambda: [one for one in desk.provider.shown if one.url], "the picture")[0]
        found = desk.house.client().get(urlsplit(shown.url).path)
        assert found.status_code == 200 and found.headers["Content-Type"] == "image/jpeg"
        assert found.content.startswith(b"\xff\xd8\xff") and len(found.content) <= 1024 * 1024
        forged = urlsplit(shown.url).path.replace("-as-sent.", ".")
        assert desk.house.client().get(forged).status_code == 404


@pytest.mark.parametrize("name", FETCHING)
def test_without_a_public_address_it_is_refused_at_once(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(name, tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        refused = picture(desk, interaction)
        assert (refused.status_code, refused.json()["error"]) == (409, "not-supported")


def test_messenger_takes_it_beside_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened("messenger", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()
        message = picture(desk, interaction).json()["message"]
        desk.house.until(lambda: desk.provider.shown[-1].content, "the picture")
        assert (desk.provider.shown[-1].kind, desk.provider.shown[-1].content) == ("image", PNG)
        assert desk.all("out")[-1].id == message["id"] and desk.settled(desk.all("out")[-1]).provider_id
