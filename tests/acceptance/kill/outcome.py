"""What nights that were killed again and again left behind, held against undisturbed ones."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psutil

from daemon.store.store import SqlStore
from tests.acceptance.kill import nights
from tests.acceptance.kill.harness import forked, run_to_the_end
from tests.acceptance.nights import content

WITHIN_SECONDS = 240.0
CLOSING_SECONDS = 5.0
TEMPORARY = ("*.part", "*.migrating*", "*.new-*", "*-journal", "*-wal", "*-shm", "*.tmp*")
LEDGER = "SELECT genome, night, params_hash, settings_hash, market_hash, count(*) FROM trial"
JOBS = "SELECT kind, key, payload, state, faults, error FROM job"
EVENTS = "SELECT kind, subject, json_remove(detail, '$.evidence') FROM event"
"""A dossier's evidence names a link of the ledger, and links hold the wall clock."""


def as_undisturbed(harried: Path, broken: str = "") -> tuple[str, ...]:
    """Ends the nights there in peace; in what they then differ from undisturbed ones, () if not."""
    start = forked(nights.work, harried, 0, broken)
    code = run_to_the_end(start, harried / "end-marks", WITHIN_SECONDS)
    said = (harried / "output").read_text()[-400:] if code != 0 else ""
    calm = harried.with_name(f"{harried.name}-calm")
    shutil.copytree(harried / "later", nights.place(calm) / "later", dirs_exist_ok=True)
    many = len(_briefings(harried))
    calm_code = run_to_the_end(forked(nights.work, calm, many), calm / "end-marks", WITHIN_SECONDS)
    assert calm_code == 0, (calm / "output").read_text()[-2000:]
    failed = (f"the last start ended with {code}: {said}",) if code != 0 else ()
    return (*failed, *differences(harried, calm), *blemishes(harried))


def differences(harried: Path, calm: Path) -> tuple[str, ...]:
    """Rows, best lists and briefings that are not the same, one sentence each."""
    wanted, found = content(calm / "state"), content(harried / "state")
    for name, query in (("job", JOBS), ("event", EVENTS)):
        wanted[name], found[name] = _rows(calm, query), _rows(harried, query)
    for name, look in (("best list", _best), ("briefing", _briefings)):
        wanted[name], found[name] = look(calm), look(harried)
    wrong = [_counted(name, wanted[name], found[name]) for name in wanted]
    return tuple(sentence for sentence in wrong if sentence)


def blemishes(folder: Path) -> tuple[str, ...]:
    """What may not be left in a state folder: damage, doubled trials, open jobs, loose files."""
    wrong = [*_store(folder, SqlStore.verify)]
    wrong += [
        f"doubled: {row}" for row in _rows(folder, f"{LEDGER} GROUP BY 1,2,3,4,5") if row[-1] > 1
    ]
    wrong += [f"not done: {row}" for row in _rows(folder, f"{JOBS} WHERE state = 'running'")]
    wrong += [f"left: {name}" for name in loose_files(folder)]
    pages = {path.stem for path in (folder / "state" / "briefings").glob("*.json")} - {"latest"}
    written = {night for night, _ in _briefings(folder)}
    return (*wrong, *(f"page without night: {name}" for name in pages ^ written))


def loose_files(folder: Path) -> list[str]:
    """Temporary files that nobody will ever rename or read.

    SQLite leaves the journals of a database that somebody still has open to the last who closes it:
    they are loose where nobody comes to have it open no more, or where closing it leaves them.
    """
    database = folder / "state" / "rehearsal.db"
    deadline = time.monotonic() + CLOSING_SECONDS
    while (holders := _holders(database)) and time.monotonic() < deadline:
        time.sleep(0.05)
    if not holders and database.exists():
        _rows(folder, "SELECT 1 FROM sqlite_master")
    names = [str(p.relative_to(folder / "state")) for p in _temporary(folder / "state")]
    return [*sorted(names), *(f"open: {holder}" for holder in holders)]


def _temporary(state: Path) -> list[Path]:
    return [path for glob in TEMPORARY for path in state.rglob(glob)]


def _holders(database: Path) -> list[str]:
    """Processes that have the database or a journal of it open, by pid and name."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            links = [os.readlink(one) for one in Path(f"/proc/{process.pid}/fd").iterdir()]
            if any(link.startswith(str(database)) for link in links):
                found.append(f"{process.pid} {process.name()}")
    return found


def _counted(name: str, wanted: list[Any], found: list[Any]) -> str:
    if wanted == found:
        return ""
    before, after = (Counter(map(repr, rows)) for rows in (wanted, found))
    lost, more = (before - after).total(), (after - before).total()
    return f"{name}: {lost} rows lost, {more} rows more" if lost or more else f"{name}: other order"


def _rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "state" / "rehearsal.db")) as connection:
        return connection.execute(query).fetchall()


def _store(folder: Path, look: Any) -> Any:
    store = SqlStore.open(
        folder / "state" / "rehearsal.db", daemon=False, shapes=nights.shapes(folder)
    )
    try:
        return look(store)
    finally:
        store.close()


def _best(folder: Path) -> list[list[tuple[Any, ...]]]:
    def look(store: SqlStore) -> list[list[tuple[Any, ...]]]:
        lists = [store.best_of_night(night.id, 10) for night in store.nights()]
        return [[(e.genome.hash, e.trial.evaluation.selection) for e in one] for one in lists]

    return _store(folder, look)


def _briefings(folder: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every briefing without its clock; that of the store and that of the file are the same."""
    found = []
    for night, text in _rows(folder, "SELECT night, document FROM briefing ORDER BY night"):
        file = folder / "state" / "briefings" / f"{night}.json"
        assert file.read_text(encoding="utf-8") == text, f"{file} is not what the store holds"
        document = json.loads(text)
        del document["clock"]
        found.append((night, document))
    return found
