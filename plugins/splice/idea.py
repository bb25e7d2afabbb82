"""The idea sentence of a child: its parent's, continued by a clause that says what changed."""

from __future__ import annotations

import re
import textwrap
from typing import Final

CLAUSES: Final = 3
LONGEST: Final = 240
BASE: Final = 140
EARLIER: Final = "after earlier changes"


def continued(docstring: str, clause: str) -> str:
    """The first sentence with the clause added: "Buy weakness; only while volatility is low."

    A clause that begins with the same three words takes the earlier one's place. The oldest
    clauses give way to "after earlier changes" beyond three, or beyond 240 characters.
    """
    words = " ".join(docstring.split())
    sentence = re.split(r"[.!?](?:\s|$)", words, maxsplit=1)[0].replace('"', "'").replace("\\", "/")
    base, *clauses = (part.strip() for part in sentence.split(";"))
    shortened = EARLIER in clauses
    kept = [c for c in clauses if c != EARLIER and _topic(c) != _topic(clause)] + [clause]
    while len(kept) > CLAUSES or (len(kept) > 1 and len(_joined(base, kept, True)) > LONGEST):
        kept, shortened = kept[1:], True
    return _joined(base, kept, shortened)


def _topic(clause: str) -> list[str]:
    return clause.split()[:3]


def _joined(base: str, clauses: list[str], shortened: bool) -> str:
    base = textwrap.shorten(base, BASE, placeholder=" ...") or "An idea without words"
    return "; ".join([base, *([EARLIER] if shortened else []), *clauses]) + "."
