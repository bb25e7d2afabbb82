"""`briefing`: the newest one, or the one of a night."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from daemon.cli.options import AsJson, Config, State, load, writing

if TYPE_CHECKING:
    from daemon.domain.evolution.records import BriefingFiles
    from daemon.store.store import SqlStore


def briefing(
    date: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day it was written.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also copy the page here.")] = None,
    config: Config = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Show the morning briefing.

    Example: nightshift briefing --html briefing.html
    """
    import json

    from daemon.cli.night_view import terminal_text
    from daemon.cli.output import out, print_json
    from daemon.errors import MissingError
    from daemon.supervisor.places import hint, reading_store, rehearsals

    loaded = load(config, state)
    zone = ZoneInfo(loaded.settings.daemon.timezone)

    def stored(store: SqlStore) -> BriefingFiles | None:
        return store.briefing_of_day(*local_day(date, zone)) if date else store.briefing()

    with reading_store(loaded) as store:
        found = stored(store)
    if found is None:
        when = f" of {date.date()}" if date else ""
        also = hint(rehearsals(loaded, stored))
        raise MissingError(f"there is no briefing{when}; `nightshift night` writes one{also}")
    if html is not None:
        with writing(html):
            shutil.copyfile(found.html_path, html)
    if as_json:
        print_json(json.loads(found.document))
    else:
        out.print(terminal_text(found), markup=False)


def local_day(day: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of a day in a zone, and of the day after."""
    start = day.replace(tzinfo=zone)
    return start, start + timedelta(days=1)
