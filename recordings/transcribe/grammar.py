"""Makes a Vosk grammar that cannot kill the process. Pure.

A grammar that is not JSON, or ``[]``, is a SIGSEGV in vosk 0.3.45, and words outside the model's vocabulary are
dropped with a warning only: so they are looked up first and an empty grammar is refused here.

>>> guarded_grammar(["yes", "no", "xyzzy"], lambda word: word != "xyzzy")
'["yes", "no", "[unk]"]'
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

UNKNOWN = "[unk]"  # lets the recogniser say "none of these", where the vocabulary has it
MOST_PHRASES = 1_000


def guarded_grammar(phrases: Sequence[str], has_word: Callable[[str], bool]) -> str:
    """The JSON list of the phrases the model knows. Raises ValueError where nothing usable is left."""
    known = [clean for phrase in phrases[:MOST_PHRASES] if (clean := _clean(phrase)) and _is_known(clean, has_word)]
    if not known:
        raise ValueError("none of the phrases can be recognised: the model does not know their words")
    ending = [UNKNOWN] if has_word(UNKNOWN) else []
    return json.dumps([*dict.fromkeys(known), *ending], ensure_ascii=False)


def _clean(phrase: str) -> str:
    return " ".join("".join(c for c in phrase.lower() if c.isprintable()).split())


def _is_known(phrase: str, has_word: Callable[[str], bool]) -> bool:
    return all(has_word(word) for word in phrase.split(" "))
