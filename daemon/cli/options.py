"""Options that many verbs share, and the configuration they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from daemon.config import Loaded, find_config, load_config
from daemon.errors import MissingError

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
    str, typer.Option("--symbols", help="Tickers with commas, for example SPY,QQQ.")
]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def load(config: Path | None, state: Path | None) -> Loaded:
    """The configuration of a verb; without any file the defaults hold."""
    return load_config(find_config(config), state)


def names(text: str) -> tuple[str, ...]:
    """`A,B C` as ("A", "B", "C"), each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """MissingError where a file or folder that the owner named cannot be written."""
    try:
        yield
    except OSError as error:
        raise MissingError(
            f"cannot write {target}: {error.strerror}; expected a place with room that is writable"
        ) from error
