"""Every verb: help with an example, and one JSON document from each that reads."""

from __future__ import annotations

import json
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer
from rich.console import Console
from rich.text import Text

from daemon.cli import genomes_view
from daemon.cli.app import app
from daemon.domain.evolution.records import Effects, Stage, StageChange
from daemon.store.store import SqlStore
from tests.acceptance.nights import Place
from tests.cli.conftest import TEXT
from tests.cli.inside import Command

ROOT: Any = typer.main.get_command(app)
WRITERS = {"init", "run", "genomes export"}


def verbs() -> Iterator[tuple[str, Any]]:
    """Every verb with its command."""
    for name, command in ROOT.commands.items():
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        for below, nested in (inner or {}).items():
            yield f"{name} {below}", nested


VERBS = dict(verbs())


def options(verb: str) -> set[str]:
    return {name for p in VERBS[verb].params for name in (*p.opts, *p.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_a_sentence_an_example_and_words_for_each_option(verb: str) -> None:
    text = VERBS[verb].help
    sentence, _, example = text.partition("\n\n")

    assert sentence.strip().endswith(".")
    assert example.strip().startswith(f"Example: nightshift {verb}")
    assert_parses(shlex.split(example.partition("Example: ")[2].splitlines()[0])[1:])
    for parameter in VERBS[verb].params:
        undocumented = parameter.name in {"start", "end", "date"}
        assert undocumented or parameter.help, f"{verb} {parameter.name}"


def assert_parses(words: list[str]) -> None:
    """The verb exists and takes these options; nothing is run."""
    verb = " ".join(words[:2]) if " ".join(words[:2]) in VERBS else words[0]
    rest = words[len(verb.split()) :]
    if rest == ["--help"]:
        return
    VERBS[verb].make_context(verb, rest, resilient_parsing=False)


@pytest.mark.parametrize("verb", sorted(set(VERBS) - WRITERS))
def test_every_verb_that_reads_takes_json(verb: str) -> None:
    assert "--json" in options(verb)


def test_every_verb_takes_the_configuration_and_the_state() -> None:
    without = {verb for verb in VERBS if not {"--config", "--state"} <= options(verb)}

    assert without <= {"init", "benchmark engine", "benchmark ingest"}


READING = (
    "config check",
    "config show",
    "doctor",
    "plugins",
    "verify",
    "status",
    "briefing",
    "genomes list",
    "lake inventory",
    "lake gaps",
    "lake verify",
)


@pytest.mark.parametrize("verb", READING)
def test_a_reading_verb_prints_one_document_or_words_for_people(rested: Command, verb: str) -> None:
    told = rested(*verb.split())
    documented = rested(*verb.split(), "--json")

    assert (documented.code, told.code) == (0, 0), documented.err
    assert documented.err == ""
    assert json.loads(documented.out) is not None
    assert documented.out.count("\n") == 1
    assert told.out.strip()
    with pytest.raises(json.JSONDecodeError):
        json.loads(told.out)


def test_the_genomes_of_a_night_can_be_browsed(rested: Command, tmp_path: Path) -> None:
    listed = rested("genomes", "list", "--json").document
    first, second = listed[0], listed[1]
    keys = {"id", "hash", "parents", "operator", "stage", "fitness", "source"}

    assert keys <= set(first)
    tested = [row for row in listed if row["fitness"] is not None]
    assert tested
    assert listed[: len(tested)] == tested
    alive = [row for row in tested if row["stage"] not in {"failed", "rejected", "retired"}]
    assert tested[: len(alive)] == alive
    fitness = [row["fitness"] for row in alive]
    assert fitness == sorted(fitness, reverse=True)
    assert rested("genomes", "show", first["id"], "--json").document == first
    assert rested("genomes", "lineage", first["id"], "--json").document[0] == first
    changed = rested("genomes", "diff", first["id"], second["id"], "--json").document
    assert (changed["a"], changed["b"]) == (first["hash"], second["hash"])
    assert any(line.startswith("+") for line in changed["diff"])
    assert rested("genomes", "export", first["id"], "--to", str(tmp_path / "elite")).code == 0
    exported = (tmp_path / "elite" / f"{first['name']}.py").read_text()
    assert exported == first["source"]
    assert rested("genomes", "show", first["id"]).out.endswith(exported + "\n")


def test_a_quarantined_leak_stands_last_and_is_marked(rested: Command) -> None:
    every = rested("genomes", "list", "--json").document
    best = next(row for row in every if row["fitness"] is not None)
    marked(rested, best["hash"])

    listed = rested("genomes", "list", "--json").document
    told = rested("genomes", "list").out.splitlines()

    assert "suspected_leak" not in listed[0]["flags"]
    assert max(row["fitness"] or 0.0 for row in listed) == 9.0
    last = next(row for row in listed if row["hash"] == best["hash"])
    below = listed[listed.index(last) :]
    assert all("suspected_leak" in row["flags"] for row in below)
    line = next(line for line in told if best["id"] in line)
    assert "failed, suspected leak" in line


def marked(command: Command, genome: str) -> None:
    """A trial of the genome that is too good, and its quarantine."""
    assert command.config is not None
    store = SqlStore.open(command.config.parent / "state" / "rehearsal.db", daemon=False)
    trial = next(t for t in store.trials() if t.genome == genome and t.evaluation is not None)
    assert trial.evaluation is not None
    leak = replace(trial.evaluation, flags=("suspected_leak",), selection=9.0)
    change = StageChange(genome, Stage.FAILED, "quarantined")
    again = replace(trial, evaluation=leak, params={"other": 1}, number=0)
    store.commit(Effects(trials=(again,), stages=(change,)))
    store.close()


@pytest.mark.parametrize("wide", [True, False])
def test_a_genome_takes_two_lines_of_the_list(
    rested: Command, wide: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    ideas = {row["id"]: row["idea"] for row in rested("genomes", "list", "--json").document}
    if not wide:
        monkeypatch.setattr(genomes_view, "out", Console(width=80, force_terminal=True))

    lines = [Text.from_ansi(line).plain for line in rested("genomes", "list").out.splitlines()]

    assert len(lines) == 2 * len(ideas)
    assert wide or max(map(len, lines)) <= 80
    for head, idea in zip(lines[::2], lines[1::2], strict=True):
        whole = " ".join(ideas[head.split()[0]].split())
        assert idea.strip() == whole or (not wide and idea.endswith("…"))


def test_the_times_of_the_status_are_short_and_in_the_configured_zone(rested: Command) -> None:
    assert rested.config is not None
    rested.config.write_text(TEXT + '[daemon]\ntimezone = "Asia/Tokyo"\n')
    at = datetime.now(UTC).replace(microsecond=0)
    later = at.replace(hour=20, minute=30, second=0)
    pulse = {"at": at.isoformat(), "next_runs": {"publisher": later.isoformat()}, "stopped": False}
    (rested.config.parent / "state" / "pulse.json").write_text(json.dumps(pulse))

    told, documented = rested("status").out, rested("status", "--json").document

    assert "times in Asia/Tokyo" in told
    assert f"{later.astimezone(ZoneInfo('Asia/Tokyo')):%d %b %H:%M}" in told
    assert "+00:00" not in told
    assert documented["shifts"][3]["next_run"] == later.isoformat()


def test_a_stage_chooses_among_the_genomes(rested: Command) -> None:
    every = rested("genomes", "list", "--json").document
    failed = rested("genomes", "list", "--stage", "failed", "--json").document

    assert failed == [row for row in every if row["stage"] == "failed"]
    assert failed


def test_the_lake_answers_questions(rested: Command) -> None:
    rows = rested("lake", "sql", "select symbol, count(*) n from day group by 1", "--json").document
    held = rested("lake", "inventory", "--json").document["datasets"]

    assert {row["symbol"] for row in rows} == {"SIMA", "SIMB"}
    assert {d["symbol"]: d["rows"] for d in held if d["kind"] == "day"} == {
        row["symbol"]: row["n"] for row in rows
    }
    assert set(held[0]) >= {"kind", "symbol", "start", "end", "rows", "bytes", "gaps"}


def test_the_night_prints_one_document(
    night: tuple[Place, subprocess.CompletedProcess[str]],
) -> None:
    done = night[1]

    document = json.loads(done.stdout)

    assert done.returncode == 0, done.stderr
    keys = {"night_id", "seed", "evaluations", "accepted", "rejected", "best", "briefing"}
    assert keys <= set(document)
    assert (document["seed"], document["evaluations"]) == (3, 8)


def test_the_briefing_of_a_day_and_its_page(rested: Command, tmp_path: Path) -> None:
    page = tmp_path / "page.html"

    assert rested("briefing", "--html", str(page)).code == 0

    assert page.read_text().startswith("<!doctype html>")
    assert "S I M U L A T E D   M A R K E T" in rested("briefing").out


def test_genomes_are_checked_one_verdict_each(rested: Command, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text(
        '"""Always long."""\n\n\ndef signal(bars, p):\n    return bars.close * 0.0 + 1.0\n'
    )
    bad.write_text('"""Import."""\n\nimport os\n\n\ndef signal(bars, p):\n    return 0.0\n')

    done = rested("genomes", "check", str(good), str(bad), "--run", "--json")

    assert done.code == 1
    first, second = done.document
    assert (first["verdict"], first["reasons"]) == ("accepted", [])
    assert second["verdict"] == "rejected"
    assert set(second["reasons"][0]) == {"code", "line", "message"}
    assert second["killed"] is None
    assert second["reasons"][0]["line"] == 3


def test_the_origin_of_each_value_is_shown(
    rested: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTSHIFT_EXECUTOR__THRESHOLD", "0.25")

    rows = {row["key"]: row for row in rested("config", "show", "--json").document}

    assert rows["executor.threshold"] == {
        "key": "executor.threshold",
        "value": 0.25,
        "origin": "environment",
    }
    assert rows["simulated.years"]["origin"] == "file"
    assert rows["night.seed"]["origin"] == "default"


def test_the_friction_of_each_profile_is_shown_as_the_engine_uses_it(
    rested: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rested.config is not None
    with rested.config.open("a") as file:
        file.write("[friction.mine]\nmargin = 2.0\n")
    monkeypatch.setenv("NIGHTSHIFT_FRICTION__RETAIL__IMPACT", "0.5")

    rows = {row["key"]: row for row in rested("config", "show", "--json").document}
    found = {key: (row["value"], row["origin"]) for key, row in rows.items()}

    assert found["friction.retail.spread_bps"] == ("quotes", "default")
    assert found["friction.retail.slippage_bps"] == (1.0, "default")
    assert found["friction.retail.impact"] == (0.5, "environment")
    assert found["friction.delayed.fill"] == ("midpoint", "default")
    assert found["friction.none.margin"] == (1.0, "default")
    assert found["friction.mine.margin"] == (2.0, "file")


def test_a_table_that_is_piped_breaks_no_names(rested: Command) -> None:
    rows = rested("config", "show", "--json").document

    told = rested("config", "show").out.splitlines()

    assert [line.split()[0] for line in told[2:]] == [row["key"] for row in rows]
    assert all(line == line.rstrip() for line in told)


def test_the_version_is_one_line(rested: Command) -> None:
    done = Command(rested.monkeypatch, rested.capsys)("--version")

    assert (done.code, done.err) == (0, "")
    assert done.out == f"nightshift {metadata.version('nightshift')}\n"


def test_status_is_one_when_unhealthy(rested: Command) -> None:
    assert rested.config is not None
    pulse = rested.config.parent / "state" / "pulse.json"
    pulse.write_text('{"at": "2026-03-02T21:00:00+00:00", "next_runs": {}, "stopped": false}')

    told, documented = rested("status"), rested("status", "--json")

    assert (told.code, documented.code) == (1, 1)
    assert "NOT HEALTHY: the daemon's heartbeat is" in told.out
    assert documented.document["healthy"] is False


def test_equity_says_that_it_is_by_session(rested: Command, repository: Path) -> None:
    seed = str(repository / "genomes" / "seeds" / "moving_average_cross.py")

    document = rested("backtest", seed, "--json").document

    assert document["equity_by"] == "session"
    assert len(document["equity"]) == document["data"]["bars"]


BROKEN_SHIFT = """
from daemon.plugin import hookimpl
from daemon.plugin.roles import Every


class Weekend:
    name = "weekend"
    trigger = Every(3600.0)
    deadline_s = 5.0

    async def run(self, turn):
        raise ValueError("no weekend")


@hookimpl
def register_shifts(host):
    return [Weekend()]
"""


def test_one_round_with_a_shift_that_failed_is_code_one(
    fresh: Callable[..., Command], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weekend_plugin.py").write_text(BROKEN_SHIFT)
    monkeypatch.syspath_prepend(str(tmp_path))
    load = '[plugins]\nload = ["plugins.simulated", "weekend_plugin"]\n'

    done = fresh(load + TEXT)("run", "--once")

    assert done.code == 1
    assert "no weekend" in done.err


def test_brackets_of_strangers_are_printed_as_they_are(rested: Command) -> None:
    done = rested("lake", "sql", "select '[bold]x[/bold] [/oops]' as \"[red]\"")

    assert done.code == 0
    assert "[bold]x[/bold] [/oops]" in done.out


README_BLOCKS = [
    line.partition("#")[0].strip()
    for name in ("README.md", "plugins/README.md", "genomes/README.md")
    for block in (Path(__file__).parents[2] / name).read_text().split("```sh\n")[1:]
    for line in block.partition("```")[0].splitlines()
    if line.startswith("nightshift ")
]


@pytest.mark.parametrize("line", README_BLOCKS)
def test_every_command_of_the_guides_parses(line: str) -> None:
    assert_parses(shlex.split(line)[1:])


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(Exception, match="No such option: --evaluation"):
        assert_parses(["night", "--evaluation", "3"])
    with pytest.raises(KeyError):
        assert_parses(["nights"])


def test_the_commands_the_guides_mention_in_passing_exist() -> None:
    texts = [
        (Path(__file__).parents[2] / name).read_text()
        for name in ("README.md", "plugins/README.md", "genomes/README.md")
    ]
    mentioned = [
        words.partition("`")[0].split()[1:]
        for text in texts
        for part in text.split("`nightshift")[1:]
        for words in ["nightshift" + part]
    ]

    assert len(mentioned) >= 8
    for words in mentioned:
        assert words[0] in ROOT.commands
        assert " ".join(words[:2]) in VERBS or words[0] in VERBS


def test_your_own_idea_goes_through_the_three_commands_of_the_readme(
    rested: Command, tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = (repository / "genomes" / "seeds" / "moving_average_cross.py").read_text()
    (tmp_path / "my_idea.py").write_text(seed)
    monkeypatch.chdir(tmp_path)
    lines = [line for line in README_BLOCKS if "my_idea.py" in line]

    for line in lines:
        words = shlex.split(line.replace("SPY,QQQ", "SIMA,SIMB"))[1:]
        done = rested(*words)
        assert done.code == 0, done.err
    monkeypatch.undo()

    assert len(lines) == 3
    told = json.loads((tmp_path / "out" / "metrics.json").read_text())
    assert "my_idea: backtest" in (tmp_path / "out" / "index.html").read_text()
    assert (told["genome"]["name"], told["capital"]) == ("my_idea", 100_000.0)
    assert (told["data"]["symbols"], told["data"]["simulated"]) == (["SIMA", "SIMB"], True)
    assert (tmp_path / "grid" / "metrics.csv").read_text().count("\n") == 7
