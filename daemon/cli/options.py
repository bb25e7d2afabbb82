"""Options that many verbs share, and the configuration they lead to."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from daemon.config import Loaded, find_config, load_config
from daemon.errors import MissingError, UsageError

Config = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Configuration file; else $NIGHTSHIFT_CONFIG, else ./daemon.toml."
    ),
]
State = Annotated[
    Path | None, typer.Option("--state", help="State folder, instead of the configured one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Symbols = Annotated[
    str | None, typer.Option("--symbols", help="Tickers with commas, for example SPY,QQQ.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
End = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"],
        help="Last day, else the last before the sealed sessions, which a later one reaches.",
    ),
]
Timeframe = Annotated[str, typer.Option(help="1m 5m 15m 30m 1h 1d; else the genome's.")]
Capital = Annotated[float | None, typer.Option(min=1, max=1e12, help="Dollars to start with.")]
FrictionName = Annotated[str, typer.Option(help="A friction profile of daemon.toml.")]
Write = Annotated[
    Path | None, typer.Option("--write", help="A document whose section of this run is replaced.")
]
Report = Annotated[Path | None, typer.Option(help="Folder for a report.")]


def load(config: Path | None, state: Path | None) -> Loaded:
    """The configuration of a verb; without any file the defaults hold. Warnings go to the terminal
    from here on."""
    from daemon.log import start_logging

    start_logging("WARNING", None)
    return load_config(find_config(config), state)


def names(text: str | None) -> tuple[str, ...]:
    """`A,B C` as ("A", "B", "C"), each once; () where the option was not given.

    UsageError where it was given without a name: an empty variable must not mean every symbol.
    """
    if text is None:
        return ()
    found = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if not found:
        raise UsageError(
            "--symbols names no ticker; expected for example SPY,QQQ, or the option left out"
        )
    return found


def parsed_number(text: str, expected: str) -> float:
    """An int where the text is one, else a finite float. UsageError says what was expected."""
    with suppress(ValueError):
        return int(text)
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not math.isfinite(number):
        raise UsageError(f'{expected}, was "{text}"')
    return number


def date_of(moment: datetime | None) -> date | None:
    """The day of an option, if it was given."""
    return None if moment is None else moment.date()


@contextmanager
def spelling(symbols: Iterable[str]) -> Iterator[None]:
    """A MissingError that names a symbol in small letters gets a suggestion."""
    try:
        yield
    except MissingError as error:
        words = set(re.findall(r"[\w.\-]+", str(error)))
        hint = capitals(symbol for symbol in symbols if symbol in words)
        if not hint:
            raise
        raise MissingError(f"{error}; {hint}") from error


def capitals(symbols: Iterable[str]) -> str:
    """A suggestion for those of the symbols that are not in capitals, or an empty text."""
    upper = [symbol.upper() for symbol in symbols if symbol != symbol.upper()]
    return f"did you mean {', '.join(upper)}?" if upper else ""


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """MissingError where a file or folder that the owner named cannot be written."""
    try:
        yield
    except OSError as error:
        raise MissingError(
            f"cannot write {target}: {error.strerror}; expected a place with room that is writable"
        ) from error
