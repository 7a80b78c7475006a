"""``say module[:language] kind method [gender] text``: numbers, digits, dates and times out of recorded words.

The language's ``sound-prefix`` in the configuration says where the words lie; without such a language nothing is said.
"""

from __future__ import annotations

from eslapp.softswitch import say
from eslapp.softswitch.playing import play, terminator
from eslapp.softswitch.separating import separate
from eslapp.softswitch.session import Session

NEEDS_MEDIA = False


async def run(session: Session, data: str) -> None:
    """See the module."""
    words = separate(data)
    if len(words) not in (4, 5):
        return
    session.variables.set("playback_terminator_used", None)
    module, _, language = words[0].partition(":")
    found = session.switch.conf.language(language or module)
    spoken = say.language(found.say_module) if found is not None else None
    if found is None:
        return
    before = session.get("sound_prefix")
    if found.sound_prefix:
        session.variables.set("sound_prefix", found.sound_prefix)
    if spoken is not None:
        zone, now_s = session.variables.text("timezone"), session.switch.now() // 1_000_000
        names = spoken.files(words[1].lower(), words[2].lower(), words[-1], zone, now_s)
        await _play(session, names, is_one_file=spoken.IS_ONE_FILE)
    session.variables.set("sound_prefix", before if before is not None else session.variables.get("sound_prefix"))


async def _play(session: Session, names: list[str], *, is_one_file: bool) -> None:
    if is_one_file and names:
        files = [name if "://" in name and index else f"{name}.wav" for index, name in enumerate(names)]
        await play(session, "file_string://" + "!".join(files), terminator(session))
        return
    for name in names:
        played = await play(session, f"{name}.wav", terminator(session))
        if not played.is_complete or not session.is_ready:
            return
