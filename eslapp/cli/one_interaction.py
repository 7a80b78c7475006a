"""One interaction as people name it at a command: by its id, or by as many of its first letters as are its own."""

from __future__ import annotations

from eslapp.cli.output import fail
from eslapp.store import Store, interactions


def id_of(store: Store, letters: str) -> str:
    """The whole id. Ends the command where no interaction begins so, or several do."""
    found = store.read(lambda tx: interactions.beginning_with(tx, letters)) if letters else []
    if letters in found or len(found) == 1:
        return letters if letters in found else found[0]
    if not found:
        fail(f"{letters}: no such interaction; list them with: zongji interaction ls")
    fail(f"{letters}: several interactions begin so ({', '.join(found)}); write more letters")
