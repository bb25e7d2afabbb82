"""The vocabulary of `ta`: every indicator, entered by importing its family, and its listing."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from daemon.domain.market.indicators import (  # noqa: F401 - each import enters its family
    averages,
    channels,
    conditions,
    dispersion,
    momentum,
    oscillators,
    panel,
    rolling,
    sessions,
    volume,
)
from daemon.domain.market.indicators.registry import REGISTRY, Entry

INDICATORS: Final = MappingProxyType(dict(sorted(REGISTRY.items())))
"""Every entry by its name."""


def vocabulary() -> tuple[Entry, ...]:
    """All entries, sorted by name."""
    return tuple(INDICATORS.values())


def listing() -> str:
    """The vocabulary as the Markdown page `docs/vocabulary.md`."""
    lines = [
        "# The vocabulary of `ta`",
        "",
        "Generated from the registry of indicators; a test fails where it is out of date.",
        "Arrays come first, of one value a bar, (T,) or (T, N). Memory: bars before the current",
        "one that can change a value by more than 1e-9, for the defaults (20 where there is none).",
        "",
        "| written | what it is | kind | family | memory | source |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_row(entry) for entry in vocabulary()]
    return "\n".join(lines) + "\n"


def _row(entry: Entry) -> str:
    windows = {a.name: a.default or 20 for a in entry.arguments if a.role == "window"}
    memory = str(entry.memory(**windows))
    if entry.sessions:
        memory += f" + {entry.sessions} session{'s' if entry.sessions > 1 else ''}"
    sentence = entry.sentence.replace("|", "\\|")
    cells = (f"`ta.{entry.signature}`", sentence, entry.kind, entry.family, memory, entry.source)
    return f"| {' | '.join(cells)} |"
