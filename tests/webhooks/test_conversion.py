"""Files made into what a channel or a browser takes: real decoders on real files, bombs and rubbish among them."""

from __future__ import annotations

import io
import struct
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from clients import aside

from eslapp.store import media
from eslapp.store.media import Media
from webhooks.channels import CHANNELS
from webhooks.channels.base import OutboundFile, Takes
from webhooks.conversion import NotConvertible, fitting, for_browser
from webhooks.outgoing import Written, post_agent_message
from webhooks.sniffing import sniff

av = pytest.importorskip("av")
np = pytest.importorskip("numpy")
from provider_desk import opened  # noqa: E402

pytestmark = pytest.mark.slow
TAKES = {"image": Takes(frozenset({"image/jpeg"}), 60_000, "image/jpeg"), "video": Takes(frozenset({"video/mp4"}), 10)}


def drawn(codec: str, form: str, size: tuple[int, int] = (640, 480)) -> bytes:
    """A noisy picture."""
    noise = np.random.default_rng(7).integers(0, 255, (size[1], size[0], 4), dtype="uint8")
    frame = av.VideoFrame.from_ndarray(noise, format="rgba").reformat(format=form)
    coder = av.CodecContext.create(codec, "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = *size, form, Fraction(1, 25)
    frame.pts = 0
    return b"".join(bytes(one) for one in (*coder.encode(frame), *coder.encode(None)))


def spoken(form: str, codec: str, rate: int, seconds: float = 1.0) -> bytes:
    """A tone."""
    told = io.BytesIO()
    with av.open(told, "w", format=form) as target:
        out = target.add_stream(codec, rate=rate)
        out.layout = "mono"
        wave = (8000 * np.sin(np.arange(int(rate * seconds)) * 440 * 2 * np.pi / rate)).astype("int16")
        resampler = av.AudioResampler(format=out.format.name, layout="mono", rate=rate, frame_size=out.frame_size or 0)
        frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate
        for piece in (*resampler.resample(frame), *resampler.resample(None)):
            target.mux(out.encode(piece))
        target.mux(out.encode(None))
    return told.getvalue()


def file(content: bytes, kind: str = "image") -> OutboundFile:
    return OutboundFile(kind=kind, name=f"a.{kind}", content_type="", content=content)


def bomb() -> bytes:
    """A PNG of some kilobytes that unfolds to 900 million points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    rows = zlib.compress(b"\0" * (30_000 // 8 + 1) * 30_000, 9)
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(("codec", "form"), [("png", "rgba"), ("libwebp", "yuva420p"), ("bmp", "bgra")])
def test_a_picture_becomes_a_jpeg_that_fits(codec: str, form: str) -> None:
    made = fitting(file(drawn(codec, form)), TAKES)
    assert sniff(made.content, "") == made.content_type == "image/jpeg" and len(made.content) <= 60_000
    assert made.name == "a.jpg"
    with av.open(io.BytesIO(made.content)) as shown:
        assert next(shown.decode(video=0)).width >= 64


def test_what_fits_goes_as_it_is() -> None:
    small = drawn("mjpeg", "yuvj420p", (64, 64))
    assert fitting(file(small), TAKES).content is small
    assert fitting(file(b"%PDF-", "file"), TAKES).content == b"%PDF-"


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + b"\0" * 2000, b"", b"RIFF\0\0\0\0WEBPVP8 "])
def test_rubbish_is_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(NotConvertible, match=r".+"):
        fitting(file(content), TAKES)


def test_a_bomb_is_refused_with_a_reason() -> None:
    with pytest.raises(NotConvertible, match=r".+"):
        fitting(file(bomb()), TAKES)


def test_a_video_too_large_is_not_made_smaller() -> None:
    with pytest.raises(NotConvertible, match="no such video"):
        fitting(file(b"\0\0\0\x18ftypmp42" + b"\0" * 100, "video"), TAKES)


def test_a_voice_message_is_heard_in_the_browser_and_an_agents_on_the_telephone() -> None:
    amr = spoken("amr", "libopencore_amrnb", 8000)
    assert sniff(amr, "") == "audio/amr"
    wav, kind = for_browser(amr, "audio/amr")
    assert kind == sniff(wav, "") == "audio/wav" and len(wav) > 25_000
    assert for_browser(b"#!AMR\nnonsense", "audio/amr")[1] == "audio/amr"  # kept as it came, to be downloaded
    for name in ("wechat", "wecom_kf", "whatsapp_meta"):
        takes = CHANNELS[name].capabilities.takes
        made = fitting(file(spoken("wav", "pcm_s16le", 16_000), "audio"), takes)
        assert sniff(made.content, "") in takes["audio"].types


def test_an_agents_picture_reaches_the_provider_as_jpeg_and_a_broken_one_is_shown_as_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened("wechat", tmp_path, monkeypatch) as desk:
        interaction = desk.with_agent()

        def send(content: bytes) -> Any:
            name = f"m{len(content)}"
            (desk.house.deps.media / name).write_bytes(content)
            row = {"message": "", "channel": "", "account": "", "direction": "out", "kind": "image", "added_at": 1.0}
            one = Media(id=name, name="a.webp", content_type="image/webp", path=name, state="ready", **row)
            shown = {"kind": "image", "media": name, "name": "a.webp", "facts": {}}
            written = Written(client_id=f"client-{name}", attachments=(shown,), files=(one,))
            about = {"interaction": interaction, "agent": "1001", "written": written}
            return post_agent_message(desk.house.deps, {"wechat": CHANNELS["wechat"]}, **about)

        desk.settled(send(drawn("libwebp", "yuva420p")), "sent")
        uploads = [one.body for one in desk.provider.calls if one.path.endswith("/media/upload")]
        assert len(uploads) == 1 and b"\xff\xd8\xff" in uploads[0] and b'filename="a.jpg"' in uploads[0]
        failed = desk.settled(send(b"RIFF\0\0\0\0WEBPVP8 broken"), "failed")
        assert failed.error == "not-convertible"
        assert aside(lambda: len(desk.house.store.read(lambda tx: media.of_message(tx, failed.id)))) == 1
