"""What parts in quarantine held: a note of each, until the lake holds its days again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from daemon.domain.market.kinds import ACTION_KINDS, BAR_KINDS, BESIDE_KINDS, KINDS
from daemon.errors import BadDataError
from daemon.lake.files import write_whole
from daemon.lake.layout import Layout, folder_name
from daemon.lake.manifest import load_manifest

_NOTE: Final = ".note"
_DATES: Final = ("start", "end")


@dataclass(frozen=True, slots=True)
class Lost:
    """What a part in quarantine held: so many exchange dates, given by these origins. start, end:
    the first and the last of them, None where they are not known."""

    kind: str
    symbol: str
    file: str
    period: str
    days: int
    origins: tuple[str, ...]
    start: date | None = None
    end: date | None = None


def lost_parts(layout: Layout) -> tuple[Lost, ...]:
    """What is in quarantine and has not come back, by kind, symbol and file."""
    return tuple(lost for lost in noted(layout) if not is_back(layout, lost))


def sentence_of(lost: Lost) -> str:
    """What is missing, and where it came from."""
    origins = ", ".join(lost.origins) or "nobody knows whom"
    return (
        f"{lost.days} days of {lost.period} are in quarantine and not back yet; they came from "
        f"{origins}, `nightshift lake repair` asks the sources for them"
    )


def is_back(layout: Layout, lost: Lost) -> bool:
    try:
        manifest = load_manifest(layout.manifest(lost.kind, lost.symbol))
    except BadDataError:
        return False
    held = () if manifest is None else manifest.parts
    folder = layout.folder(lost.kind, lost.symbol)
    if lost.kind in BESIDE_KINDS and lost.origins:  # a part for each origin
        held = tuple(part for part in held if part.origins[0].text in lost.origins)
    return any(
        part.period == lost.period and part.days >= lost.days and (folder / part.file).exists()
        for part in held
    )


def incomplete(layout: Layout) -> dict[str, str]:
    """The symbols that markets would show less of than was there, and why: some of their bars,
    splits or dividends are in quarantine and not back."""
    lost = {(one.kind, one.symbol): sentence_of(one) for one in lost_parts(layout)}
    for kind, symbol, file in names(layout):
        if (kind, symbol) not in lost and _unsettled(layout, kind, symbol, file):
            lost[kind, symbol] = f"{file} is in quarantine, until the next writer has settled it"
    kinds = (*BAR_KINDS, *ACTION_KINDS)
    return {symbol: f"{kind}: {why}" for (kind, symbol), why in lost.items() if kind in kinds}


def _unsettled(layout: Layout, kind: str, symbol: str, file: str) -> bool:
    """True if the manifest still names what is set aside, or is itself."""
    try:
        manifest = load_manifest(layout.manifest(kind, symbol))
    except BadDataError:
        return True
    named = manifest is not None and any(part.file == file for part in manifest.parts)
    return named and not (layout.folder(kind, symbol) / file).exists()


def noted(layout: Layout) -> Iterator[Lost]:
    for path in sorted(layout.quarantine.glob(f"*{_NOTE}")):
        with suppress(ValueError, TypeError, FileNotFoundError):
            told: Mapping[str, Any] = json.loads(path.read_bytes())
            dates = {name: date.fromisoformat(told[name]) for name in _DATES if told.get(name)}
            yield Lost(**{**told, **dates, "origins": tuple(told["origins"])})


def write_note(layout: Layout, lost: Lost) -> None:
    path = note(layout, lost.kind, lost.symbol, lost.file)
    text = json.dumps(asdict(lost), sort_keys=True, default=str) + "\n"
    write_whole(path, text.encode(), layout.temporary)


def names(layout: Layout) -> Iterator[tuple[str, str, str]]:
    """(kind, symbol, file) of everything in quarantine."""
    for path in sorted(layout.quarantine.glob("*-*-*")):
        kind, folder, file = path.name.split("-", 2)
        if kind in KINDS and path.suffix != _NOTE:
            yield kind, unquote(folder), file


def place(layout: Layout, kind: str, symbol: str, file: str) -> Path:
    return layout.quarantine / f"{kind}-{folder_name(symbol)}-{file}"


def note(layout: Layout, kind: str, symbol: str, file: str) -> Path:
    return place(layout, kind, symbol, file + _NOTE)
