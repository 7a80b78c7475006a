"""``export [nolocal:]name=value``: a variable that the legs bridged from here on get too."""

from __future__ import annotations

from eslapp.softswitch.session import Session

RUNS_AFTER_HANGUP = True


async def run(session: Session, data: str) -> None:
    """See the module."""
    name, _, value = data.partition("=")
    is_local = not name.startswith("nolocal:")
    plain = name.removeprefix("nolocal:").strip()
    if not plain:
        return
    if not value:  # unset, and nothing to hand on
        session.variables.set(plain, None)
        return
    if is_local:
        session.variables.assign(plain, value)
    else:
        session.variables.assign(name, value)
    known = [each for each in session.variables.text("export_vars").split(",") if each]
    if name not in known:
        session.variables.set("export_vars", ",".join([*known, name]))
