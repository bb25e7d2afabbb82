"""The folder of flat files: where the day files and the reference tables lie in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from daemon.errors import MissingError, UsageError
from daemon.plugin.flatfiles.layout import PREFIXES, day_of
from daemon.plugin.roles import Part, Request

STOCKS: Final = "us_stocks_sip"
FOLDERS: Final = {kind: prefix.split("/")[1] for kind, prefix in PREFIXES.items()}


def data_files(request: Request) -> Sequence[Part]:
    """The day files of the request's kind and dates, oldest first; key: path below the asset."""
    stocks = stocks_folder(request.folder)
    folder = stocks / FOLDERS[request.kind]
    if not folder.is_dir():
        raise MissingError(
            f"{folder}: no such folder, so there are no {request.kind} bars; "
            f"expected day files below it, as in {folder.name}/2024/01/2024-01-02.csv.gz"
        )
    found = [
        Part(f"{STOCKS}/{entry.path[len(str(stocks)) + 1 :]}", day, _stamp(entry))
        for entry, day in _day_files(folder)
        if (request.start is None or day >= request.start)
        and (request.end is None or day <= request.end)
    ]
    return sorted(found, key=lambda part: (part.day, part.key))


def path_of(part: Part, request: Request) -> Path:
    """The file of a part."""
    return stocks_folder(request.folder) / part.key.split("/", 1)[1]


def origin_of(kind: str) -> str:
    """Where bars of a kind came from, for the manifest."""
    return f"files {PREFIXES[kind]}"


def stocks_folder(folder: Path | None) -> Path:
    """The folder that holds minute_aggs_v1 and day_aggs_v1, from itself, a child or a parent."""
    if folder is None:
        raise UsageError("source files needs a folder of flat files; name it with --path FOLDER")
    if not folder.is_dir():
        raise MissingError(f"{folder}: no such folder; name the folder of flat files with --path")
    if folder.name in FOLDERS.values():
        return folder.parent
    for below in ("", STOCKS, f"flatfiles/{STOCKS}"):
        if any((folder / below / name).is_dir() for name in FOLDERS.values()):
            return folder / below
    raise MissingError(
        f"{folder}: expected flatfiles/{STOCKS}/{FOLDERS['minute']} or a part of that path in it, "
        "found none; name the folder of flat files with --path"
    )


def reference_file(folder: Path | None, name: str) -> Path:
    """The reference table of that name beside, above or in the folder of flat files."""
    stocks = stocks_folder(folder)
    for place in (stocks, stocks.parent, stocks.parent.parent):
        path = place / "reference" / name
        if path.is_file():
            return path
    raise MissingError(
        f"{stocks.parent}: no reference/{name} in it or above it, so these events are unknown; "
        "put the table there and ingest again"
    )


def _day_files(folder: Path) -> Iterator[tuple[os.DirEntry[str], date]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _day_files(Path(entry.path))
            elif day := day_of(entry.name):
                yield entry, day


def _stamp(entry: os.DirEntry[str]) -> str:
    status = entry.stat()
    return f"{status.st_size}-{status.st_mtime_ns}"
