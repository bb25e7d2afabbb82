"""The folder of flat files: where the day files and the reference tables lie in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from daemon.domain.market.kinds import KINDS
from daemon.errors import MissingError, UsageError
from daemon.plugin.flatfiles.layout import PREFIXES, day_of
from daemon.plugin.roles import Part, Request

_FLATFILES: Final = "flatfiles"
_ASSETS: Final = tuple(sorted({prefix.split("/")[0] for prefix in PREFIXES.values()}))


def data_files(request: Request) -> Sequence[Part]:
    """The day files of a request's kind and dates, oldest first; key: as in the vendor's bucket."""
    folder = kind_folder(request)
    found = [
        Part(f"{PREFIXES[request.kind]}/{entry.path[len(str(folder)) + 1 :]}", day, _stamp(entry))
        for entry, day in _day_files(folder)
        if (request.start is None or day >= request.start)
        and (request.end is None or day <= request.end)
    ]
    return sorted(found, key=lambda part: (part.day, part.key))


def path_of(part: Part, request: Request) -> Path:
    """The file of a part."""
    return kind_folder(request) / part.key.removeprefix(f"{PREFIXES[request.kind]}/")


def origin_of(kind: str) -> str:
    """Where rows of a kind came from, for the manifest."""
    return f"files {PREFIXES[kind]}"


def kind_folder(request: Request) -> Path:
    """The folder of a kind's day files, from itself, from a child of it or from a parent.

    MissingError where there is none.
    """
    folder = _given(request.folder)
    asset, name = PREFIXES[request.kind].split("/")
    places = _asset_folders(folder, asset)
    if not places and folder.name == name and folder.parent.name not in _ASSETS:
        return folder
    for place in places:
        if (place / name).is_dir():
            return place / name
    if places:
        raise MissingError(
            f"{places[0] / name}: no such folder, so there are no {KINDS[request.kind].words}; "
            f"expected day files below it, as in {name}/2024/01/2024-01-02.csv.gz"
        )
    raise MissingError(
        f"{folder}: expected {_FLATFILES}/{asset}/{name} or a part of that path in it, "
        "found none; name the folder of flat files with --path"
    )


def reference_file(folder: Path | None, name: str) -> Path:
    """The reference table of that name beside, above or in the folder of flat files."""
    base = _given(folder)
    inside = [place for asset in _ASSETS for place in _asset_folders(base, asset)]
    for place in (*inside, base, base / _FLATFILES, *base.parents[:3]):
        path = place / "reference" / name
        if path.is_file():
            return path
    raise MissingError(
        f"{base}: no reference/{name} in it or above it, so these events are unknown; "
        "put the table there and ingest again"
    )


def _given(folder: Path | None) -> Path:
    if folder is None:
        raise UsageError("source files needs a folder of flat files; name it with --path FOLDER")
    if not folder.is_dir():
        raise MissingError(f"{folder}: no such folder; name the folder of flat files with --path")
    return folder


def _asset_folders(folder: Path, asset: str) -> list[Path]:
    """Where the types of an asset lie, seen from a folder in, at or above them."""
    types = {prefix.split("/")[1] for prefix in PREFIXES.values()}
    below = (folder / asset, folder / _FLATFILES / asset)
    found = [place for place in below if place.is_dir()]
    for place in (folder, folder.parent):
        if place.name == asset:
            found.append(place)
        elif place.name in _ASSETS and (place.parent / asset).is_dir():
            found.append(place.parent / asset)
    if not found and any((folder / name).is_dir() for name in types) and asset == _ASSETS[-1]:
        found.append(folder)
    return found


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
