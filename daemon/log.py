"""Log sinks: lines for people on standard error, JSON lines in the state folder, secrets hidden."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from loguru import logger

if TYPE_CHECKING:
    from loguru import Record

_LINE = "<dim>{time:HH:mm:ss}</dim> <level>{level: <7}</level> {extra[step]: <9} {message}"


class Secret:
    """A value that never shows itself; `reveal` is the only way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, to be handed to the service that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


def start_logging(level: str, folder: Path | None) -> None:
    """Replaces every sink: standard error for people, and a rotated JSON file if asked for."""
    logger.remove()
    logger.configure(extra={"step": "-"}, patcher=_single_line)
    logger.add(sys.stderr, level=level, format=_LINE, diagnose=False, backtrace=False)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        logger.add(
            folder / "nightshift.jsonl",
            level="DEBUG",
            serialize=True,
            rotation="20 MB",
            retention=10,
            diagnose=False,
        )


def _single_line(record: Record) -> None:
    """Text from strangers must not forge lines or colours."""
    message = record["message"]
    record["message"] = "".join(c if c.isprintable() else " " for c in message)
