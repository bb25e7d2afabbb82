"""Where things lie for a configuration: the lake, the databases, the seeds; and their opening."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from daemon.config import Loaded
from daemon.domain.market.supply import SourceOrder
from daemon.errors import MissingError, NightShiftError
from daemon.lake.lake import Lake
from daemon.lake.room import Budget
from daemon.store.store import SqlStore
from daemon.supervisor.configured import checked_plugins

REHEARSALS: Final = (
    "rehearsals have a ledger of their own: NIGHTSHIFT_MARKET__SOURCE=simulated before the command "
    "shows it"
)


def open_lake(loaded: Loaded, order: SourceOrder | None = None) -> Lake:
    """The lake of the configuration, with its hot copies in the state folder.

    order: of the sources; without it plugins are loaded for it when it is first needed.
    """
    table = loaded.settings.lake
    budget = Budget(round(table.disk_budget_gb * 1e9), table.disk_warn_share, table.disk_wait_s)
    hot, cache = loaded.state / "hot", loaded.state / "cache"
    lake = Lake(loaded.lake, hot=hot, cache=cache, budget=budget)
    lake.ordering = partial(_ordering, loaded, order)
    return lake


def _ordering(loaded: Loaded, order: SourceOrder | None) -> SourceOrder:
    return order or checked_plugins(loaded).source_order(loaded.tables)


def rehearsing(loaded: Loaded, lake: Lake) -> bool:
    """True where nights run on the simulated market: asked for, or there is nothing real."""
    source = loaded.settings.market.source
    return source == "simulated" or (source == "auto" and not lake.symbols(simulated=False))


def database_path(loaded: Loaded, rehearsal: bool | None = None) -> Path:
    """The ledger of rehearsals is a file of its own: made-up trials never count as evidence."""
    if rehearsal is None:
        rehearsal = rehearsing(loaded, open_lake(loaded))
    return loaded.state / ("rehearsal.db" if rehearsal else "nightshift.db")


@contextmanager
def open_store(
    loaded: Loaded, rehearsal: bool | None = None, daemon: bool = True
) -> Iterator[SqlStore]:
    """The database, of rehearsals or of real nights; `daemon`: the one that works on jobs."""
    store = SqlStore.open(database_path(loaded, rehearsal), daemon=daemon)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def reading_store(loaded: Loaded) -> Iterator[SqlStore]:
    """The database for a command that only looks. MissingError where there is none yet."""
    path = database_path(loaded)
    if not path.exists():
        raise MissingError(
            f"nothing has run yet in {loaded.state} (there is no {path.name}); "
            "`nightshift night` begins, --state names another folder"
            f"{hint(rehearsals(loaded, lambda store: store.nights()))}"
        )
    with open_store(loaded, daemon=False) as store:
        yield store


def rehearsals(loaded: Loaded, held: Callable[[SqlStore], object]) -> str:
    """Where to look when nights run on real data and nothing is found; "" where nothing is.

    held: what a ledger holds of that which was asked for; the one of rehearsals is asked. Where
    that one cannot be read it is named too: the command that looks into it says why.
    """
    path = database_path(loaded, rehearsal=True)
    if not path.exists() or path == database_path(loaded):
        return ""
    try:
        with open_store(loaded, rehearsal=True, daemon=False) as store:
            return REHEARSALS if held(store) else ""
    except NightShiftError:
        return REHEARSALS


def hint(words: str) -> str:
    """Words as the end of a message; "" where there are none."""
    return f"; {words}" if words else ""


def seed_folder(loaded: Loaded) -> Path:
    """genomes/seeds beside daemon.toml, else the seeds that came with the package."""
    own = loaded.folder / "genomes" / "seeds"
    if own.is_dir():
        return own
    package = Path(__file__).resolve().parent.parent
    packed = package / "data" / "genomes" / "seeds"
    return packed if packed.is_dir() else package.parent / "genomes" / "seeds"
