"""The trial ledger: the database refuses changes, and verify tells of those made around it."""

from __future__ import annotations

import fcntl
import math
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from daemon.domain.evolution.lineage import Cost, Lineage
from daemon.domain.evolution.records import Claim, Effects, Event, Step, Trial
from daemon.domain.evolution.tiers import Tier
from daemon.errors import BadDataError, FencedError, MissingError
from daemon.store import guards
from daemon.store.chain import Link, link
from daemon.store.head import Head
from daemon.store.store import SqlStore
from tests.store.samples import NIGHT, digest, evaluation, genome, metrics, mutation, trial

MANY = 8
ODD = (-0.0, 1e-320, math.nan, math.inf)


def numbered(n: int) -> Trial:
    return trial(params={"n": n}, evaluation=evaluation(seed=n))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with trials 1 to MANY, written in two commits; nobody changes it."""
    path = tmp_path_factory.mktemp("written") / "nightshift.db"
    store, half = SqlStore.open(path), MANY // 2
    store.open_night(NIGHT)
    store.commit(Effects((genome(),), trials=tuple(map(numbered, range(half)))))
    store.commit(Effects(trials=tuple(map(numbered, range(half, MANY)))))
    store.close()
    return path.parent


@contextmanager
def stranger(store: SqlStore) -> Iterator[sqlite3.Connection]:
    """Another program, on its own terms: no recursive triggers, no foreign keys."""
    connection = sqlite3.connect(store.database.path, isolation_level=None)
    yield connection
    connection.close()


def forced(store: SqlStore, *statements: str) -> None:
    """Changes behind triggers that are put back afterwards."""
    drops = [f"DROP TRIGGER {name}" for name in guards.expected()]
    with stranger(store) as connection:
        for statement in ("BEGIN", *drops, *statements, *guards.expected().values(), "COMMIT"):
            connection.execute(statement)


def rows(store: SqlStore) -> list[tuple[object, ...]]:
    with stranger(store) as connection:
        return connection.execute("SELECT * FROM trial ORDER BY number").fetchall()


def test_what_was_written_is_whole(full: SqlStore) -> None:
    kept = Head.of(full.database.path).read()

    assert full.verify() == ()
    assert full.verify(newest=3) == ()
    assert kept is not None
    assert kept.number == MANY


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trial SET selection = 9.0 WHERE number = 3",
        "UPDATE trial SET number = 99 WHERE number = 8",
        "DELETE FROM trial WHERE number = 8",
        "DELETE FROM trial",
        "INSERT OR REPLACE INTO trial SELECT * FROM trial WHERE number = 3",
        "INSERT INTO trial SELECT * FROM trial WHERE number = 3 "
        "ON CONFLICT DO UPDATE SET selection = 9.0",
        "UPDATE OR REPLACE trial SET number = 4 WHERE number = 3",
        "UPDATE series SET content = X'00'",
        "DELETE FROM series",
        "INSERT OR REPLACE INTO series SELECT hash, X'00' FROM series",
        "INSERT OR REPLACE INTO event SELECT * FROM event",
        "DELETE FROM instance",
    ],
)
def test_no_program_may_change_what_is_written(full: SqlStore, statement: str) -> None:
    before = rows(full)

    with stranger(full) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)

    assert rows(full) == before
    assert full.verify() == ()


@pytest.mark.parametrize("number", ["NULL", "0", "-1", "8", "10", "99"])
def test_a_number_that_does_not_follow_the_last_is_refused(full: SqlStore, number: str) -> None:
    names = _columns_but(full, "number", "night")

    with stranger(full) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(
            f"INSERT INTO trial (number, night, {names}) "
            f"SELECT {number}, 'n9', {names} FROM trial WHERE number = 1"
        )

    assert len(rows(full)) == MANY


def test_a_second_trial_of_the_same_key_takes_nobodys_place(full: SqlStore) -> None:
    names = _columns_but(full, "number", "selection")
    second = (
        f"INSERT OR REPLACE INTO trial (number, selection, {names}) "
        f"SELECT 9, 9.0, {names} FROM trial WHERE number = 2"
    )

    with stranger(full) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(second)

    assert len(rows(full)) == MANY


def _columns_but(store: SqlStore, *names: str) -> str:
    with stranger(store) as connection:
        every = [row[1] for row in connection.execute("PRAGMA table_info(trial)")]
    return ", ".join(name for name in every if name not in names)


CHANGED = "trial: number 3 was changed or put in after it was written (or number 2 was, together"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trial SET selection = 9.0 WHERE number = 3",
        "UPDATE trial SET selection = NULL WHERE number = 3",
        "UPDATE trial SET failure = 'x' WHERE number = 3",
        "UPDATE trial SET tier = 'train' WHERE number = 3",
        "UPDATE trial SET at = '2020-01-01 00:00:00.000000' WHERE number = 3",
        "UPDATE trial SET params = '{\"n\": 5}' WHERE number = 3",
        "UPDATE trial SET behaviour = 'another' WHERE number = 3",
        "UPDATE trial SET wall_s = 1.0 WHERE number = 3",
        "UPDATE trial SET session_returns = market_returns WHERE number = 3",
    ],
)
def test_a_change_by_force_is_told_with_its_number(full: SqlStore, statement: str) -> None:
    forced(full, statement)

    (problem,) = full.verify()

    assert problem.startswith(CHANGED)


def test_a_change_with_its_link_made_anew_is_told_one_row_later(full: SqlStore) -> None:
    forced(full, "UPDATE trial SET selection = 9.0 WHERE number = 2")
    _link_anew(full, 2)

    (problem,) = full.verify()

    assert problem.startswith(CHANGED)


def _link_anew(store: SqlStore, *numbers: int) -> None:
    for number in numbers:
        with stranger(store) as connection:
            connection.row_factory = sqlite3.Row
            (before,) = connection.execute(f"SELECT chain FROM trial WHERE number = {number - 1}")
            (row,) = connection.execute(f"SELECT * FROM trial WHERE number = {number}")
        made = link(before["chain"], dict(row))
        forced(store, f"UPDATE trial SET chain = '{made}' WHERE number = {number}")


def test_a_ledger_written_anew_to_its_end_is_not_the_one_the_head_knew(full: SqlStore) -> None:
    forced(full, "UPDATE trial SET selection = 9.0 WHERE number = 6")
    _link_anew(full, 6, 7, 8)

    assert full.verify() == ("trial: number 8 is not the one that nightshift.db.head knew",)
    with pytest.raises(BadDataError, match="lost trials or was rewritten"):
        full.commit(Effects(trials=(numbered(20),)))


def test_without_its_head_a_start_of_the_daemon_knows_the_ledger(full: SqlStore) -> None:
    path = full.database.path
    SqlStore.open(path).close()
    forced(full, "UPDATE trial SET selection = 9.0 WHERE number = 6")
    _link_anew(full, 6, 7, 8)
    Head.of(path).path.unlink()

    lost, rewritten = full.verify()

    assert "is missing, so that nobody can tell" in lost
    assert rewritten == "trial: number 8 is not the one that start 2 of the daemon knew"


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ("number = 3", "trial: number 3 was taken out of the ledger"),
        ("number IN (3, 4)", "trial: numbers 3 to 4 were taken out of the ledger"),
        ("number = 1", "trial: number 1 was taken out of the ledger"),
        (
            "number > 6",
            "trial: numbers 7 to 8 were cut off the end of the ledger; nightshift.db.head knew it",
        ),
        (
            "number > 0",
            "trial: numbers 1 to 8 were cut off the end of the ledger; nightshift.db.head knew it",
        ),
    ],
)
def test_trials_taken_out_by_force_are_told_by_number(full: SqlStore, gone: str, told: str) -> None:
    forced(full, f"DELETE FROM trial WHERE {gone}")

    assert full.verify() == (told,)


def test_a_ledger_whose_end_was_cut_off_takes_no_further_trial(full: SqlStore) -> None:
    forced(full, "DELETE FROM trial WHERE number > 6")

    with pytest.raises(BadDataError, match=r"remembers number 8, and the newest .* number 6"):
        full.commit(Effects(trials=(numbered(20),)))

    full.commit(Effects(events=(Event("other", "work"),)))
    assert len(rows(full)) == 6


def test_rows_that_changed_places_are_told(full: SqlStore) -> None:
    forced(
        full,
        "UPDATE trial SET number = -3 WHERE number = 3",
        "UPDATE trial SET number = 3 WHERE number = 5",
        "UPDATE trial SET number = 5 WHERE number = -3",
    )

    problems = full.verify()

    told = [
        int(match[1]) for p in problems if (match := re.match(r"trial: number (\d+) was ch", p))
    ]
    assert told == [3, 4, 5, 6]


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (0, "trial: number 0 was put into the ledger by hand"),
        (9, "trial: number 9 was changed or put in after it was written"),
    ],
)
def test_a_row_put_in_by_force_is_told(full: SqlStore, number: int, told: str) -> None:
    names = _columns_but(full, "number", "night")
    forced(
        full,
        f"INSERT INTO trial (number, night, {names}) "
        f"SELECT {number}, 'n9', {names} FROM trial WHERE number = 8",
    )

    (problem,) = full.verify()

    assert problem.startswith(told)


def test_returns_changed_together_with_their_hash_are_told(full: SqlStore) -> None:
    forced(
        full,
        "UPDATE series SET hash = 'x' WHERE hash = "
        "(SELECT session_returns FROM trial WHERE number = 3)",
        "UPDATE trial SET session_returns = 'x' WHERE number = 3",
    )

    problems = full.verify()

    assert any("the returns kept as x are not" in problem for problem in problems)
    assert any(problem.startswith(CHANGED) for problem in problems)


def test_triggers_that_were_dropped_or_weakened_are_told(full: SqlStore) -> None:
    with stranger(full) as connection:
        connection.execute("DROP TRIGGER trial_in_order")
        connection.execute("DROP TRIGGER series_no_delete")
        connection.execute(
            "CREATE TRIGGER series_no_delete BEFORE DELETE ON series "
            "WHEN OLD.hash = 'x' BEGIN SELECT RAISE(ABORT, 'series is append-only'); END"
        )

    problems = full.verify()

    assert {re.split("[ ,]", problem)[1] for problem in problems} == {
        "trial_in_order",
        "series_no_delete",
    }


def test_each_trigger_of_the_database_is_looked_for(full: SqlStore) -> None:
    with stranger(full) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {row[0] for row in found.fetchall()}
        for name in names:
            connection.execute(f"DROP TRIGGER {name}")

    told = {re.split("[ ,]", problem)[1] for problem in full.verify()}

    assert told == names
    assert {name.partition("_")[0] for name in names} >= {"trial", "series", "event", "instance"}


@pytest.mark.parametrize("table", ["genome", "event", "instance"])
def test_rows_taken_out_of_other_numbered_tables_are_told(full: SqlStore, table: str) -> None:
    full.commit(Effects((genome("two"),)))
    SqlStore.open(full.database.path).close()
    key = "epoch" if table == "instance" else "number"
    forced(full, f"DELETE FROM {table} WHERE {key} = 1")

    told = [problem for problem in full.verify() if problem.startswith(f"{table}: rows are")]

    assert told == [f"{table}: rows are missing from the sequence of numbers"]


def test_the_quick_check_sees_the_newest_trials_and_the_head(full: SqlStore) -> None:
    forced(full, "UPDATE trial SET selection = 9.0 WHERE number IN (2, 7)")

    (problem,) = full.verify(newest=3)

    assert problem.startswith("trial: number 7 was changed")
    assert len(full.verify()) == 2


def test_a_lost_head_is_told_until_the_next_trial_and_stays_in_the_journal(full: SqlStore) -> None:
    head = Head.of(full.database.path)
    head.path.unlink()

    (problem,) = full.verify()
    full.commit(Effects(trials=(numbered(20),)))

    assert problem.startswith(f"trial: {head.path} is missing")
    assert full.verify() == ()
    kept = head.read()
    assert kept is not None
    assert kept.number == MANY + 1
    (told,) = [e for _, e in full.journal() if e.kind == "ledger_head_lost"]
    assert told.detail == {"newest": MANY}


def test_the_head_is_read_and_written_by_one_at_a_time(full: SqlStore) -> None:
    head = Head.of(full.database.path)
    before = head.path.read_bytes()
    newer = Link(MANY + 1, digest("newer"))
    writer = Thread(target=head.keep, args=(newer,))

    with head.path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_SH)
        writer.start()
        writer.join(0.2)
        meanwhile = head.path.read_bytes()
    writer.join()

    assert meanwhile == before
    assert head.read() == newer


def test_a_start_of_the_daemon_makes_no_head_where_one_was_lost(full: SqlStore) -> None:
    path = full.database.path
    Head.of(path).path.unlink()

    SqlStore.open(path).close()

    assert Head.of(path).read() is None
    assert len(full.verify()) == 1


def test_a_head_that_lags_behind_a_crash_is_fine_and_catches_up(full: SqlStore) -> None:
    head = Head.of(full.database.path)
    older = head.path.read_bytes()
    full.commit(Effects(trials=(numbered(20), numbered(21))))
    head.path.write_bytes(older)

    assert full.verify() == ()
    full.commit(Effects(trials=(numbered(22),)))

    kept = head.read()
    assert kept is not None
    assert kept.number == MANY + 3


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize(("point", "many"), [("before_commit", MANY), ("after_commit", MANY + 2)])
def test_a_death_around_the_commit_leaves_ledger_and_head_in_step(
    full: SqlStore, monkeypatch: pytest.MonkeyPatch, point: str, many: int
) -> None:
    def die(name: str) -> None:
        if name == point:
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("daemon.store.store.fault_point", die)
        with pytest.raises(Killed):
            full.commit(Effects(trials=(numbered(20), numbered(21))))

    assert full.verify() == ()
    assert len(rows(full)) == many
    full.commit(Effects(trials=(numbered(20), numbered(21))))
    full.commit(Effects(trials=(numbered(22),)))
    assert full.verify() == ()
    assert len(rows(full)) == MANY + 3


NONE = f"{0:020d} {digest('none')}\n".encode()


@pytest.mark.parametrize("content", [b"torn", b"00000000000000000008 zz\n", b"\0" * 86, b"", NONE])
def test_a_head_without_sense_is_told_and_stops_the_ledger(full: SqlStore, content: bytes) -> None:
    Head.of(full.database.path).path.write_bytes(content)

    (problem,) = full.verify()

    assert "does not hold the newest link" in problem
    with pytest.raises(BadDataError, match="does not hold the newest link"):
        full.commit(Effects(trials=(numbered(20),)))


def test_an_emptied_head_hides_no_trials_that_were_cut_off(full: SqlStore) -> None:
    forced(full, "DELETE FROM trial WHERE number > 0")
    Head.of(full.database.path).path.write_bytes(b"")

    (problem,) = full.verify()

    assert "does not hold the newest link" in problem
    with pytest.raises(BadDataError, match="does not hold the newest link"):
        full.commit(Effects(trials=(numbered(20),)))


def test_the_first_head_has_its_record_before_its_name(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, head, first = SqlStore.open(path), Head.of(path), Link(1, digest("first"))
    seen: list[tuple[bytes, bool]] = []

    def die(part: Path, made: Path) -> None:
        seen.append((part.read_bytes(), made.exists()))
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("daemon.store.head.os.link", die)
        with pytest.raises(Killed):
            head.keep(first)
    before = head.read()
    head.keep(first)

    assert seen == [(head.path.read_bytes(), False)]
    assert (before, head.read()) == (None, first)
    assert not list(path.parent.glob("*.new-*"))
    store.close()


def test_what_a_killed_process_left_of_the_first_head_goes_at_the_next_start(path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from daemon.store.chain import Link\n"
        "from daemon.store.head import Head\n"
        "os.link = lambda *names: os._exit(9)\n"
        "Head.of(pathlib.Path(sys.argv[1])).keep(Link(1, 'a' * 64))\n"
    )
    SqlStore.open(path).close()
    assert subprocess.run([sys.executable, "-c", program, str(path)], check=False).returncode == 9
    assert len(list(path.parent.glob(f"{path.name}.new-*"))) == 1

    SqlStore.open(path).close()

    assert [left.name for left in path.parent.glob(f"{path.name}*")] == [path.name]


def test_a_program_that_another_one_overtakes_at_the_first_head_goes_on_from_there(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head, other, made = Head.of(path), Head(path.with_name("other")), os.link
    other.keep(Link(1, digest("first")))

    def overtaken(part: Path, name: Path) -> None:
        other.path.rename(name)
        made(part, name)

    monkeypatch.setattr("daemon.store.head.os.link", overtaken)
    head.keep(Link(2, digest("second")))

    assert head.read() == Link(2, digest("second"))


def test_steps_without_a_trial_make_no_head(store: SqlStore) -> None:
    lost = Step(Effects(trials=(trial(),)), Claim(99, "evaluate", digest("one"), {}, 1))

    written, error = store.commit_all([lost])

    assert written == 0
    assert isinstance(error, FencedError)
    assert not store.head.path.exists()


def test_the_head_never_goes_back(full: SqlStore) -> None:
    head = Head.of(full.database.path)
    kept = head.read()
    assert kept is not None

    head.keep(Link(kept.number - 1, digest("older")))

    assert head.read() == kept
    assert head.path.stat().st_mode & 0o777 == 0o600


def test_a_database_that_is_gone_does_not_begin_anew_beside_its_head(full: SqlStore) -> None:
    path = full.database.path
    full.close()
    aside = path.rename(path.with_name("aside"))

    with pytest.raises(MissingError, match=r"is gone but nightshift\.db\.head is still there"):
        SqlStore.open(path)

    aside.rename(path)


def test_an_emptied_head_too_keeps_a_database_that_is_gone_from_beginning_anew(
    full: SqlStore,
) -> None:
    path = full.database.path
    full.close()
    aside = path.rename(path.with_name("aside"))
    Head.of(path).path.write_bytes(b"")

    with pytest.raises(MissingError, match=r"is gone but nightshift\.db\.head is still there"):
        SqlStore.open(path)

    aside.rename(path)


def test_a_copy_put_back_without_the_newest_trials_is_told(full: SqlStore, tmp_path: Path) -> None:
    backup = tmp_path / "backup.db"
    with sqlite3.connect(backup) as target, stranger(full) as connection:
        connection.backup(target)
    target.close()
    full.commit(Effects(trials=(numbered(20),)))
    full.close()
    os.replace(backup, full.database.path)

    again = SqlStore.open(full.database.path)

    assert again.verify() == (
        "trial: number 9 was cut off the end of the ledger; nightshift.db.head knew it",
    )
    again.close()


def test_a_trial_keeps_lineage_tier_and_cost_of_its_time(store: SqlStore) -> None:
    child = genome("two", parents=(genome().hash,), operator="jitter", seed=2**64 - 1)
    cost = Cost(wall_s=1.5, cpu_s=0.5)
    made = trial(child.hash, tier=Tier.SEALED, cost=cost)
    store.commit(Effects((genome(), child), mutations=(mutation(),), trials=(made,)))
    with store.database.writing() as session:
        session.execute(text("UPDATE genome SET operator = 'x', behaviour = 'x', seed = ''"))

    (read,) = store.trials()

    assert read.lineage == Lineage(child.behaviour, "jitter", (genome().hash,), 2**64 - 1)
    assert (read.tier, read.cost) == (Tier.SEALED, cost)


def test_programs_that_write_at_once_make_one_chain(full: SqlStore) -> None:
    beside = SqlStore.open(full.database.path, daemon=False)
    faults: list[Exception] = []
    seen: list[tuple[str, ...]] = []

    def work(of: SqlStore, first: int) -> None:
        try:
            for n in range(first, first + 15):
                of.commit(Effects(trials=(trial(params={"n": n}, evaluation=None),)))
        except Exception as error:
            faults.append(error)

    threads = [Thread(target=work, args=(of, 100 * n)) for n, of in enumerate((full, beside), 1)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.append(tuple(full.verify()))
    for thread in threads:
        thread.join()
    beside.close()

    assert not faults
    assert set(seen) <= {()}
    assert full.verify() == ()
    kept = Head.of(full.database.path).read()
    assert kept is not None
    assert kept.number == MANY + 30


values = st.none() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3)


@settings(deadline=None, max_examples=60)
@given(st.dictionaries(st.text(min_size=1, max_size=3), values, min_size=1), st.data())
def test_any_change_of_a_row_changes_its_link(row: dict[str, object], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(row)))
    other = data.draw(values.filter(lambda value: repr(value) != repr(row[name])))

    turned = dict(reversed(list(row.items())))

    assert link("a", turned) == link("a", row)
    assert link("b", row) != link("a", row)
    assert name == "chain" or link("a", row | {name: other}) != link("a", row)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """One store for all examples."""
    store = SqlStore.open(tmp_path_factory.mktemp("ledger") / "nightshift.db")
    yield store
    store.close()


@settings(deadline=None, max_examples=30)
@given(
    selection=st.floats() | st.none(),
    figures=st.lists(st.sampled_from(ODD) | st.floats(), min_size=3, max_size=3),
    capital=st.floats(1.0, 1e12) | st.integers(1, 10**9),
    failure=st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
def test_whatever_is_written_fits_its_link(
    kept: SqlStore, selection: float | None, figures: list[float], capital: float, failure: str
) -> None:
    odd = metrics(**dict(zip(("sharpe", "fees", "sortino"), figures, strict=True)))
    found = evaluation(selection=selection, metrics=odd)
    made = trial(evaluation=found, capital=capital, failure=failure, night=digest(failure))

    kept.commit(Effects((genome(),), trials=(made,)))

    assert kept.verify(newest=1) == ()
