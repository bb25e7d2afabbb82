"""The text frames of Tradovate's sockets, read and written.

The server sends `o` (open), `h` (heartbeat), `a[...]` (items) and `c[code,"reason"]` (close); a
client sends `[]` (heartbeat) and requests of four lines: endpoint, number, query, body.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from daemon.plugin.retry import TryAgain

HEARTBEAT: Final = "[]"
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame. kind: o, h, a or c; items: of an `a`; reason: of a `c`."""

    kind: str
    items: tuple[Item, ...] = ()
    reason: str = ""


def read_frame(text: str | bytes) -> Frame:
    """The frame of a message. TryAgain where it is none: the line is out of step."""
    words = text if isinstance(text, str) else text.decode("utf-8", "replace")
    kind, body = words[:1], words[1:]
    if kind in ("o", "h") and not body:
        return Frame(kind)
    items = _list(body)
    if kind == "a" and items is not None and all(isinstance(item, dict) for item in items):
        return Frame(kind, items=tuple(items))
    if kind == "c" and items is not None:
        return Frame(kind, reason=" ".join(str(item) for item in items))
    raise TryAgain(
        f"tradovate: expected a frame o, h, a[...] or c[...], found {words[:40]!r}; try again later"
    )


def request(endpoint: str, number: int, body: Item | str) -> str:
    """A request as text; a body that is text (a token) is sent as it is."""
    written = body if isinstance(body, str) else json.dumps(body)
    return f"{endpoint}\n{number}\n\n{written}"


def _list(text: str) -> list[Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None
