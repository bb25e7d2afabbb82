"""`benchmark planted`: what it prints and writes, and the code it ends with."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from daemon.cli import measure_view
from daemon.cli.planted_view import arm_rows, contest_sentences, print_planted
from daemon.config import load_config
from daemon.supervisor.measured import promises
from tests.cli.inside import Command, assert_refused
from tests.supervisor.measured.answers import answer

WORDS = ("benchmark", "planted", "--seeds", "4", "--seed", "2")
DOCUMENT = """# Page

<!-- planted reversal seed=2: begin -->
<!-- planted reversal seed=2: end -->

After.
"""


@pytest.fixture
def measuring(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture(autouse=True)
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What every answer says otherwise."""
    changes: dict[str, Any] = {}

    async def answers(jobs: Sequence[Any], at_once: int, done: Any) -> list[dict[str, Any]]:
        for place, job in enumerate(jobs):
            done(place, job)
        return [answer(job, **changes) for job in jobs]

    monkeypatch.setattr(promises, "run_all", answers)
    return changes


def test_one_command_tells_both_promises_and_the_seconds_and_writes_them(
    measuring: Command, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(DOCUMENT)

    done = measuring(*WORDS, "--state", str(tmp_path), "--write", str(page), "--json")

    assert done.code == 0
    assert done.document["ok"] is True
    assert done.document["arms"]["search"]["evaluations_to_75"] == [100, 101, 102, 103]
    written = page.read_text()
    assert "    nightshift benchmark planted --kind reversal --seeds 4 --seed 2 --eval" in written
    assert "| search | 102 | 100 to 103 | 100% | 0.80 | 0% |" in written
    said = " ".join(written.split())
    assert "takes 4.0 times as many evaluations (95 %: 4.0 to 4.0). At least 3 times" in said
    assert "stayed silent in 4 of 4 worlds, after 250 trials" in said
    assert "it spoke in 4 of 4" in said
    assert "| random | 8.1 | 8.0 to 8.2 |" in written
    assert "MISSED" not in written
    assert written.endswith("<!-- planted reversal seed=2: end -->\n\nAfter.\n")


def test_a_rule_that_is_not_silent_ends_the_command_with_code_one(
    measuring: Command, told: dict[str, Any], tmp_path: Path
) -> None:
    told["evident"] = True

    done = measuring(*WORDS, "--state", str(tmp_path))

    assert done.code == 1
    assert "silent in 0 of 4 worlds" in done.out
    assert missed(done.out) == ["THE GOAL IS MISSED that the strict rule stays silent at z = 4."]


@pytest.mark.parametrize(
    ("goals", "words"),
    [
        ((), ()),
        (("random_over_search",), ("at most 1/3 of the evaluations",)),
        (("silent",), ("stays silent at z = 4",)),
        (("heard",), ("speaks of an oracle of z = 9",)),
        (
            ("random_over_search", "silent", "heard"),
            ("at most 1/3 of the", "stays silent at z = 4", "speaks of an oracle of z = 9"),
        ),
    ],
)
def test_each_goal_that_is_missed_has_a_line_of_its_own(
    capsys: pytest.CaptureFixture[str], goals: Sequence[str], words: Sequence[str]
) -> None:
    course = promises.Course("reversal", 4, 2, 400, 1000)
    done: list[int] = []
    found = asyncio.run(
        promises.planted_benchmark(load_config(None), course, lambda place, _: done.append(place))
    )
    for name in goals:
        found["goals"][name]["met"] = False

    print_planted(found)

    lines = missed(capsys.readouterr().out)
    assert len(lines) == len(words)
    assert all(word in line for word, line in zip(words, lines, strict=True))


def missed(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if "MISSED" in line]


@pytest.mark.parametrize(("word", "shown"), [("--json", False), ("--seed=2", True)])
def test_progress_is_shown_on_standard_error_and_none_beside_json(
    measuring: Command, monkeypatch: pytest.MonkeyPatch, word: str, shown: bool, tmp_path: Path
) -> None:
    terminal = Console(stderr=True, force_terminal=True)
    monkeypatch.setattr(measure_view, "err", terminal)

    done = measuring(*WORDS, word, "--state", str(tmp_path))

    assert ("campaigns" in done.err) == shown
    assert "campaigns" not in done.out
    assert shown or done.document["ok"] is True


def test_one_strength_alone_has_a_section_of_its_own_and_no_word_of_silence(
    measuring: Command, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    page.write_text(DOCUMENT)

    done = measuring(*WORDS, "--z", "6", "--state", str(tmp_path), "--write", str(page))

    assert done.code == 0
    assert "silent" not in done.out
    assert "asked for" not in done.out
    assert "<!-- planted reversal z=6 seed=2: begin -->" in page.read_text()


def test_an_edge_that_is_unknown_is_refused(measuring: Command, tmp_path: Path) -> None:
    done = measuring(*WORDS, "--kind", "momentums", "--state", str(tmp_path))

    assert_refused(done, 2, 'did you mean "momentum"?')


@pytest.mark.parametrize(
    ("search", "random", "words"),
    [
        (1.0, 0.6, "it takes 3.0 times"),
        (0.6, 0.5, "at least 3.0 times"),
        (0.5, 1.0, "nothing follows"),
    ],
)
def test_runs_that_never_got_there_are_no_number_of_evaluations(
    search: float, random: float, words: str
) -> None:
    found = {
        "arms": {"search": {"reached": search}, "random": {"reached": random}},
        "random_over_search": 3.0 if search > 0.5 else None,
        "random_over_search_interval": [2.0, 4.0],
        "goals": {},
    }

    assert words in next(contest_sentences(found))


@pytest.mark.parametrize(
    ("reached", "words"), [(1.0, "61"), (0.6, "61"), (0.5, "more than 61"), (0.0, "more than 61")]
)
def test_a_median_is_whole_evaluations_and_a_least_where_half_never_got_there(
    reached: float, words: str
) -> None:
    arm = {"median": 61.0, "interval": [30.0, 61.0], "reached": reached, "evident": 0.5}

    (row,) = arm_rows({"arms": {"search": arm | {"median_final_ratio": 0.8123}}})

    assert row == ("search", words, "30 to 61", f"{reached:.0%}", "0.81", "50%")
