"""Turns one file into what a channel or a browser takes, in a process of its own: ``python -m webhooks.convert_child``.

    python -m webhooks.convert_child image/jpeg 5242880 < in.webp > out.jpg

The file comes from strangers and native code reads it: memory, time and picture size are bounded, nothing is written
but stdout, and a file that breaks the decoder breaks this process only. Exit 0: done; 3: it cannot be done, why on
stderr.
Owns: the decoding and encoding (PyAV). Not here: when (``conversion``).
"""

from __future__ import annotations

import io
import resource
import sys
from fractions import Fraction
from typing import Any

MEMORY, CPU_S = 1536 * 1024 * 1024, 20
PIXELS = 50_000_000  # of a picture, decoded
SIDE = 4096  # of the picture that comes out
SOUND_S = 600.0
SMALLER = 0.7  # of the sides, where it is still too large
QUALITIES = (3, 6, 10)  # of MJPEG, 2 the best
SOUNDS = {
    "audio/wav": ("wav", "pcm_s16le", 16_000),
    "audio/mpeg": ("mp3", "libmp3lame", 24_000),
    "audio/amr": ("amr", "libopencore_amrnb", 8_000),
}


class Impossible(Exception):
    """This file cannot be made into that; the text says why."""


def main(words: list[str]) -> int:
    """Convert stdin to stdout."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # stdout is a pipe
    wanted, most = words[0], int(words[1])
    content = sys.stdin.buffer.read()
    try:
        made = picture(content, most) if wanted == "image/jpeg" else sound(content, wanted, most)
    except Impossible as error:
        print(error, file=sys.stderr)
        return 3
    except Exception as error:  # the boundary: whatever a stranger's file does to the decoder
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 3
    sys.stdout.buffer.write(made)
    return 0


def picture(content: bytes, most: int) -> bytes:
    """A JPEG of at most ``most`` bytes: smaller and coarser until it fits. Of moving pictures the first."""
    frame = _first_frame(content)
    width, height = frame.width, frame.height
    scale = min(1.0, SIDE / max(width, height))
    while True:
        size = (max(2, round(width * scale)) & ~1, max(2, round(height * scale)) & ~1)
        for quality in QUALITIES:
            made = _jpeg(frame, size, quality)
            if len(made) <= most:
                return made
        scale *= SMALLER
        if min(size) < 64:
            raise Impossible(f"it cannot be made smaller than {most} bytes")


def _first_frame(content: bytes) -> Any:
    import av

    with av.open(io.BytesIO(content)) as source:
        pictures = source.streams.video
        if not pictures:
            raise Impossible("there is no picture in it")
        if len(pictures) > 1:
            raise Impossible("it is put together from tiles, as some telephones do; send it as JPEG")
        stream = pictures[0]
        if stream.width * stream.height > PIXELS:
            raise Impossible(f"{stream.width} x {stream.height} points are too many")
        for frame in source.decode(stream):
            if frame.width * frame.height > PIXELS:
                raise Impossible(f"{frame.width} x {frame.height} points are too many")
            return _on_white(frame) if "a" in frame.format.name.replace("gray", "") else frame
    raise Impossible("there is no picture in it")


def _on_white(frame: Any) -> Any:
    """What shines through is white in a JPEG, not black."""
    import av

    points = frame.to_ndarray(format="rgba").astype("uint32")
    shares = points[..., 3:4]
    mixed = (points[..., :3] * shares + 255 * (255 - shares)) // 255
    return av.VideoFrame.from_ndarray(mixed.astype("uint8"), format="rgb24")


def _jpeg(frame: Any, size: tuple[int, int], quality: int) -> bytes:
    import av

    shrunk = frame.reformat(width=size[0], height=size[1], format="yuvj420p")
    coder = av.CodecContext.create("mjpeg", "w")
    coder.width, coder.height, coder.pix_fmt = size[0], size[1], "yuvj420p"
    coder.time_base = Fraction(1, 25)
    coder.options = {"qmin": str(quality), "qmax": str(quality)}
    shrunk.pts = 0
    return b"".join(bytes(packet) for packet in (*coder.encode(shrunk), *coder.encode(None)))


def sound(content: bytes, wanted: str, most: int) -> bytes:
    """The same sound, one channel, as ``wanted``; no longer than ten minutes."""
    import av

    form, codec, rate = SOUNDS[wanted]
    told = io.BytesIO()
    with av.open(io.BytesIO(content)) as source, av.open(told, "w", format=form) as target:
        if not source.streams.audio:
            raise Impossible("there is no sound in it")
        out = target.add_stream(codec, rate=rate)
        out.layout = "mono"
        if wanted == "audio/amr":
            out.bit_rate = 12_200
        resampler = av.AudioResampler(format=out.format.name, layout="mono", rate=rate, frame_size=out.frame_size or 0)
        samples = 0
        for frame in source.decode(source.streams.audio[0]):
            for piece in resampler.resample(frame):
                samples += piece.samples
                if samples > SOUND_S * rate:
                    raise Impossible(f"it is longer than {SOUND_S:.0f} s")
                target.mux(out.encode(piece))
        for piece in resampler.resample(None):
            target.mux(out.encode(piece))
        target.mux(out.encode(None))
        if not samples:
            raise Impossible("there is no sound in it")
    made = told.getvalue()
    if len(made) > most:
        raise Impossible(f"it is {len(made)} bytes, and only {most} are taken")
    return made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
