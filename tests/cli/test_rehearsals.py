"""Where nights run on real data, an empty answer says that rehearsals have their own ledger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from daemon.domain.evolution.records import Effects
from daemon.store.store import SqlStore
from daemon.supervisor.places import REHEARSALS
from tests.cli.inside import Command, assert_refused
from tests.domain.briefing.finalist_records import PEEKED, dossier_of
from tests.store.samples import genome


@pytest.fixture
def real(rested: Command, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state of a place with a rehearsal, from now on with real data as the source."""
    monkeypatch.setenv("NIGHTSHIFT_MARKET__SOURCE", "lake")
    assert rested.config is not None
    return rested.config.parent / "state"


def test_before_the_first_real_night_the_rehearsals_are_named(rested: Command, real: Path) -> None:
    for words in (("briefing",), ("graduations", "list")):
        assert_refused(rested(*words), 3, "nothing has run yet in", REHEARSALS)
    (real / "rehearsal.db").rename(real / "elsewhere.db")

    assert_refused(rested("briefing"), 3, "nothing has run yet in")
    assert REHEARSALS not in rested("briefing").err


def test_a_real_ledger_without_a_briefing_names_the_rehearsals_that_have_one(
    rested: Command, real: Path
) -> None:
    SqlStore.open(real / "nightshift.db").close()

    assert_refused(rested("briefing"), 3, "there is no briefing; ", REHEARSALS)
    other = rested("briefing", "--date", "2001-01-01").err
    assert "there is no briefing of 2001-01-01" in other
    assert REHEARSALS not in other


def test_a_real_ledger_without_finalists_names_the_rehearsals_that_had_some(
    rested: Command, real: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SqlStore.open(real / "nightshift.db").close()
    before = rested("graduations", "list")
    store = SqlStore.open(real / "rehearsal.db")
    one = genome("finalist")
    store.commit(Effects(genomes=(one,), dossiers=(replace(dossier_of(one, **PEEKED), night="n"),)))
    store.close()

    after = rested("graduations", "list")

    assert before.out.strip() == "No strategy was put to the tests of the ladder yet."
    assert f"ladder yet. But {REHEARSALS}." in after.out
    monkeypatch.setenv("NIGHTSHIFT_MARKET__SOURCE", "simulated")
    assert "finalist" in rested("graduations", "list").out


def test_a_rehearsal_ledger_that_cannot_be_read_is_named_and_spoils_no_answer(
    rested: Command, real: Path
) -> None:
    SqlStore.open(real / "nightshift.db").close()
    (real / "rehearsal.db").write_bytes(b"no database " * 99)

    answer = rested("graduations", "list")

    assert (answer.code, answer.err) == (0, "")
    assert REHEARSALS in answer.out
