"""Briefings as files: written whole or not at all, and the newest under a stable name."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

from daemon.domain.evolution.records import BriefingFiles
from daemon.errors import MissingError
from daemon.plugin.roles import Alert

SUFFIXES = (".html", ".md", ".json")


class FilesMessenger:
    """Keeps `latest.html`, `latest.md` and `latest.json` equal to the newest briefing."""

    name = "files"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def deliver(self, briefing: BriefingFiles) -> None:
        """Replaces the three files; delivering twice changes nothing."""
        page = await asyncio.to_thread(Path(briefing.html_path).read_text, encoding="utf-8")
        texts = {".html": page, ".md": briefing.markdown, ".json": briefing.document}
        await asyncio.to_thread(write_all, self._folder, "latest", texts)

    async def alert(self, alert: Alert) -> None:
        """Leaves `alert-KEY.txt` beside the briefings."""
        text = f"{alert.title}\n{alert.at:%Y-%m-%d %H:%M} UTC\n\n{alert.text}\n"
        stem = f"alert-{alert.key}"
        await asyncio.to_thread(write_all, self._folder, stem, {".txt": text})


def write_all(folder: Path, stem: str, texts: dict[str, str]) -> None:
    """Writes `stem` + suffix for each text, each by an atomic replace. MissingError: no room."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, text in texts.items():
            _replace(folder / f"{stem}{suffix}", text)
    except OSError as error:
        raise MissingError(
            f"cannot write the briefing to {folder}: {error.strerror}; "
            "expected a writable folder with room"
        ) from error


def remove_old(folder: Path, nights: Iterable[str]) -> None:
    """Removes the files of the given nights, where they are still there."""
    for night in nights:
        for suffix in SUFFIXES:
            (folder / f"{night}{suffix}").unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
