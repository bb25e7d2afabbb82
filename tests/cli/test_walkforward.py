"""`benchmark walkforward` and what the measuring commands write into a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from daemon.cli.evidence_view import command, tribunal_section, walk_section
from daemon.cli.walk_view import walk_sentences
from daemon.lake.ingest import ingest
from daemon.lake.lake import Lake
from daemon.plugin.roles import Request
from daemon.supervisor.measured.past import PastSource
from tests.acceptance.nights import place
from tests.cli.inside import Command, assert_refused
from tests.supervisor.measured.real import real_market

DOCUMENT = """# Page

<!-- walkforward 1900-1901 seed=1: begin -->
<!-- walkforward 1900-1901 seed=1: end -->

After.
"""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place whose lake holds 640 sessions of three symbols; nobody changes it."""
    folder = tmp_path_factory.mktemp("walked")
    here = place(folder / "here", "[quality]\nminimum = 0.8\n[sandbox]\nslots = 1\n")
    lake = Lake(here.folder / "state" / "lake", cache=here.folder / "state" / "cache")
    ingest(lake, PastSource(real_market(lake.sessions, 640, 3)), Request("day"))
    return here.folder


@pytest.fixture
def walking(
    held: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    return Command(monkeypatch, capsys, held / "daemon.toml")


def test_a_walk_over_real_bars_measures_every_genome_and_writes_its_section(
    walking: Command, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(DOCUMENT)
    asked = ("--windows", "1", "--evaluations", "20", "--write", str(page))

    done = walking("benchmark", "walkforward", *asked, "--json")

    assert done.code == 0, done.err
    found = done.document
    (period,) = found["periods"]
    assert (found["symbols"], period["trials"], period["failed"]) == (3, 20, 0)
    assert period["train_until"] < period["test_from"] <= period["test_until"] == found["last"]
    assert (period["trained"], period["tested"]) == (460, 160)
    assert 10 <= period["judged"] <= 20
    assert -1.0 <= period["rank_correlation"] <= 1.0
    assert found["rank_correlation"]["interval"] is None
    section = walk_section(
        found, command("benchmark walkforward", {"windows": 1, "evaluations": 20, "seed": 1})
    )
    old = "<!-- walkforward 1900-1901 seed=1: end -->"
    assert page.read_text() == DOCUMENT.replace(old, f"{old}\n\n{section.text}")


def test_a_history_too_short_for_the_windows_says_so(walking: Command) -> None:
    done = walking("benchmark", "walkforward", "--windows", "5", "--end", "2010-05-01", "--json")

    assert_refused(done, 3, "too few to walk through 5 windows", "--windows")


def test_an_unwritable_document_is_told_before_the_work_begins(
    walking: Command, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Nothing\n")

    for verb in ("benchmark walkforward", "benchmark planted", "tribunal"):
        done = walking(*verb.split(), "--write", str(page))
        assert_refused(done, 3, f"no section of {verb.split()[-1]}", "begin -->")
    assert_refused(walking("tribunal", "--write", str(tmp_path / "none.md")), 3, "cannot read")


def walked(mean: float, interval: list[float] | None) -> dict[str, Any]:
    told = {"mean": mean, "interval": interval, "of_windows": []}
    period = {"failed": 2}
    return {
        "rank_correlation": told,
        "rank_correlation_beside_market": None,
        "rank_correlation_random": told | {"interval": [-0.5, 0.5]},
        "matched": 0.5,
        "over_random": told,
        "archive": told,
        "winner": told | {"mean": 0.4},
        "held": told | {"mean": 0.35},
        "tested": 63,
        "periods": [period] * 4,
    }


@pytest.mark.parametrize(
    ("mean", "interval", "words"),
    [
        (0.3, None, "says nothing of the search"),
        (0.1, [-0.1, 0.3], "does not show"),
        (0.2, [0.1, 0.3], "did better"),
        (-0.2, [-0.3, -0.1], "did worse"),
    ],
)
def test_a_walk_says_what_its_interval_allows(
    mean: float, interval: list[float] | None, words: str
) -> None:
    said = list(walk_sentences(walked(mean, interval)))

    assert words in said[0]
    assert "to ±2.0 (one standard error), all 4 together to ±1.0" in " ".join(said)
    assert said[-1].startswith("8 genomes")


def test_a_walk_is_put_beside_random_genomes_and_buy_and_hold() -> None:
    unclear = " ".join(walk_sentences(walked(0.1, [-0.1, 0.3])))
    clear = " ".join(walk_sentences(walked(0.2, [0.1, 0.3])))

    assert "does not show that selection bred better ones (50% of them" in unclear
    assert "earned +0.20 (+0.10 to +0.30) more of Sharpe ratio than those bred without" in clear
    assert "does not show" not in clear
    assert "Over genomes bred without selection it is +0.20 (−0.50 to +0.50)." in clear
    assert "Buy and hold had +0.35; one of the two did better" in clear


def test_a_walk_in_which_nothing_could_be_ranked_says_so() -> None:
    assert "nothing was measured" in next(
        walk_sentences(walked(0.0, None) | {"rank_correlation": None})
    )


def test_a_section_tells_the_command_and_nothing_of_the_machine_or_the_day() -> None:
    verdict = {
        "worlds": [
            {"kind": "garch", "seed": 1000, "evaluations": 9, "finalists": 3, "graduates": []}
        ],
        "graduates": 0,
        "campaigns": 1,
        "evaluations": 9,
        "upper_95": 0.95,
        "leaks": [],
        "oracles": 0,
        "history": "made up",
        "seed": 1,
        "seconds": 123.456,
    }

    trial = tribunal_section(verdict, command("tribunal", {"campaigns": 1, "seed": 1}))

    assert (trial.kind, trial.name) == ("tribunal", "seed=1")
    assert "    nightshift tribunal --campaigns 1 --seed 1\n" in trial.body
    assert "| garch | 1000 | 9 | 3 | 0 |" in trial.body
    assert "123" not in trial.body
