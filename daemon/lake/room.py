"""Room for the lake: how much of its budget and of the disk is taken, and waiting for some.

A write that finds no room leaves nothing behind, so it is done again until there is some.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeVar

import pyarrow.compute as pc
from loguru import logger

from daemon.errors import NoRoomError
from daemon.lake.index import load_index
from daemon.lake.layout import Layout

T = TypeVar("T")
_BETWEEN_TRIES_S: Final = 5.0
_GIGABYTE: Final = 1e9


class Usage(Protocol):
    """Bytes of a disk."""

    @property
    def used(self) -> int: ...
    @property
    def free(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Budget:
    """bytes: most that the parts may take, 0 for what the disk has. warn_share: share of it, and
    of the disk, from which on it is time to say so. wait_s: longest wait for room."""

    bytes: int = 0
    warn_share: float = 0.85
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Bytes: of the parts, of their budget (0: none), used and free on the disk of the lake.

    warning: a sentence where little is left, else "".
    """

    parts: int
    budget: int
    used: int
    free: int
    warning: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What room is measured and waited for with. usage: of the disk of a folder."""

    usage: Callable[[Path], Usage] = shutil.disk_usage
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Room:
    """The room that a lake has."""

    def __init__(
        self, layout: Layout, budget: Budget, surroundings: Surroundings | None = None
    ) -> None:
        self._layout = layout
        self._budget = budget
        self._around = surroundings or Surroundings()
        self._telling = threading.Lock()
        self._waiting = 0
        self._watch: Callable[[str], None] = _nobody

    def watched(self, watch: Callable[[str], None]) -> Room:
        """The same room, whose waiting calls this before each try; what it raises ends it."""
        room = Room(self._layout, self._budget, self._around)
        room._watch = watch
        return room

    def taken(self) -> Taken:
        """What is taken now."""
        root = self._layout.root
        folder = next(path for path in (root, *root.parents) if path.is_dir())
        disk = self._around.usage(folder)
        parts = self._parts()
        warning = self._near_budget(parts) or self._near_end(folder, disk)
        return Taken(parts, self._budget.bytes, disk.used, disk.free, warning)

    def check_budget(self) -> None:
        """NoRoomError where the parts take all that they may."""
        most, parts = self._budget.bytes, self._parts() if self._budget.bytes else 0
        if most and parts >= most:
            raise NoRoomError(
                f"{self._layout.root}: the parts take {_gb(parts)} of the {_gb(most)} that "
                "[lake] disk_budget_gb gives them; raise it, or keep fewer days in [lake.retention]"
            )

    def keep_trying(self, write: Callable[[], T]) -> T:
        """What the write gives. Where there is no room it waits, says so, and writes again.

        NoRoomError where there was none all the time that it may wait.
        """
        try:
            return write()
        except NoRoomError as error:
            if not self._budget.wait_s:
                raise
            first = error
        until = self._around.clock() + self._budget.wait_s
        self._told(1, f"{first}; waiting up to {self._budget.wait_s:.0f} s for room")
        try:
            while (left := until - self._around.clock()) > 0:
                self._watch("waiting for room on the disk")
                self._around.sleep(min(left, _BETWEEN_TRIES_S))
                try:
                    return write()
                except NoRoomError as error:
                    first = error
            raise first
        finally:
            self._told(-1, "the waiting for room on the disk is over")

    def _told(self, more: int, sentence: str) -> None:
        """Several may wait at once; it is said when the first begins and the last ends."""
        with self._telling:
            before, self._waiting = self._waiting, self._waiting + more
            if 0 in (before, self._waiting):
                logger.bind(step="lake").warning("{}", sentence)

    def _parts(self) -> int:
        parts = load_index(self._layout).table["parts"].combine_chunks().flatten()
        total: int | None = pc.sum(parts.field("bytes")).as_py()
        return total or 0

    def _near_budget(self, parts: int) -> str:
        most, share = self._budget.bytes, self._budget.warn_share
        if not most or parts < share * most:
            return ""
        return (
            f"The lake takes {_gb(parts)} of its budget of {_gb(most)}; "
            "raise [lake] disk_budget_gb, or keep fewer days in [lake.retention]."
        )

    def _near_end(self, folder: Path, disk: Usage) -> str:
        whole = disk.used + disk.free
        if not whole or disk.used < self._budget.warn_share * whole:
            return ""
        return (
            f"The disk of {folder} is {disk.used / whole:.0%} full, {_gb(disk.free)} are free; "
            "an ingestion stops when it is full, so free some, or keep fewer days in "
            "[lake.retention]."
        )


def _nobody(words: str) -> None:
    """Where nobody watches."""


def _gb(size: int) -> str:
    return f"{size / _GIGABYTE:,.1f} GB" if size >= _GIGABYTE else f"{size / 1e6:,.1f} MB"
