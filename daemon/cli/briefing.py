"""`briefing`: the newest one, or the one of a night."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from daemon.cli.options import AsJson, Config, State, load


def briefing(
    date: Annotated[str, typer.Option("--date", help="Day it was written, YYYY-MM-DD.")] = "",
    html: Annotated[Path | None, typer.Option("--html", help="Also copy the page here.")] = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Show the morning briefing.

    Example: nightshift briefing --html briefing.html
    """
    import json

    from daemon.cli.output import out, print_json
    from daemon.errors import MissingError
    from daemon.supervisor.bootstrap import open_store

    loaded = load(config, state)
    with open_store(loaded, daemon=False) as store:
        found = store.briefing_of(date) if date else store.briefing()
    if found is None:
        when = f" of {date}" if date else ""
        raise MissingError(f"there is no briefing{when}; `nightshift night` writes one")
    if html is not None:
        shutil.copyfile(found.html_path, html)
    if as_json:
        print_json(json.loads(found.document))
    else:
        out.print(found.text, markup=False)
