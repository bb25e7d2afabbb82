"""`genomes check --run`: any file judged, the test-only switches, and the level asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from daemon.sandbox import slot as slots
from tests.cli.inside import Command, assert_refused
from tests.sandbox.genomes import GATED_CHEATS, genome

ESCAPE = (
    '"""Escape."""\nimport os\n\n\ndef signal(bars, p):\n    os.system("true")\n    return 0.0\n'
)
CRASH = ESCAPE.replace('os.system("true")', "os._exit(3)")
BOMB = '"""Grow."""\n\n\ndef signal(bars, p):\n    x = [0]\n    while True:\n        x = x + x\n'
BOTH = ("--no-gate", "--no-namespace")
TEXT = "[sandbox]\ncpu_seconds = 1\ndeadline_seconds = 2\nmemory_mb = 256\nslots = 1\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    texts = {
        "escape": ESCAPE,
        "crash": CRASH,
        "bomb": BOMB,
        "cheat": genome(GATED_CHEATS["last close"]),
        "good": genome("return np.where(bars.close > bars.open, 1.0, 0.0)"),
        "bytes": "\udcff",
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    return {name: str(tmp_path / f"{name}.py") for name in texts}


def weaker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without a filter of calls."""
    first, _, last = slots._LAUNCH.rpartition("main(int")
    change = "from daemon.sandbox import seccomp\nseccomp.is_there = lambda: False\n"
    monkeypatch.setattr(slots, "_LAUNCH", f"{first}{change}main(int{last}")


def test_any_file_has_a_verdict_and_a_killed_one_says_how(
    fresh: Callable[..., Command], files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTSHIFT_TEST", "1")

    done = fresh(TEXT)("genomes", "check", *files.values(), "--run", *BOTH, "--json")

    assert done.code == 1
    found = {Path(row["file"]).stem: row for row in done.document}
    assert {name: (row["verdict"], row["killed"]) for name, row in found.items()} == {
        "escape": ("failed", "SIGSYS"),
        "crash": ("failed", None),
        "bomb": ("failed", "memory"),
        "cheat": ("lookahead", None),
        "good": ("accepted", None),
        "bytes": ("failed", None),
    }
    assert [reason["code"] for reason in found["escape"]["reasons"]] == ["security"]
    assert "SWITCHED OFF FOR TESTS: gate, namespace" in done.err


def test_what_the_gate_refuses_is_not_run(
    fresh: Callable[..., Command], files: dict[str, str]
) -> None:
    done = fresh(TEXT)("genomes", "check", files["escape"], files["bytes"], "--run", "--json")

    assert [row["verdict"] for row in done.document] == ["rejected", "rejected"]
    assert done.document[1]["reasons"][0]["code"] == "not_utf8"
    assert done.err == ""


@pytest.mark.parametrize(("run", "words"), [([], "(--run)"), (["--run"], "a backtest proves it")])
def test_what_accepted_does_not_say_is_said(
    fresh: Callable[..., Command], files: dict[str, str], run: list[str], words: str
) -> None:
    accepted = fresh(TEXT)("genomes", "check", files["good"], *run)
    refused = fresh(TEXT)("genomes", "check", files["escape"], *run)

    assert words in accepted.out
    assert words not in refused.out


@pytest.mark.parametrize("switch", BOTH)
def test_a_layer_is_switched_off_in_tests_only(
    switch: str,
    fresh: Callable[..., Command],
    files: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NIGHTSHIFT_TEST", raising=False)

    assert_refused(
        fresh()("genomes", "check", files["good"], "--run", switch), 2, "NIGHTSHIFT_TEST=1"
    )


def test_a_switch_without_a_run_is_an_error(
    fresh: Callable[..., Command], files: dict[str, str]
) -> None:
    assert_refused(fresh()("genomes", "check", files["good"], "--no-gate"), 2, "--run")


def test_below_the_level_that_is_asked_for_no_genome_is_run(
    fresh: Callable[..., Command], files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    weaker(monkeypatch)

    done = fresh(TEXT)("genomes", "check", files["good"], "--run")

    assert_refused(done, 3, "level asks for A", "proves C", "seccomp", 'level = "C"')


def test_the_owner_may_ask_for_less_and_is_told(
    fresh: Callable[..., Command], files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    weaker(monkeypatch)
    command = fresh(TEXT + 'level = "C"\n')

    done = command("genomes", "check", files["good"], "--run", "--json")
    told = command("doctor", "--json").document

    assert [row["verdict"] for row in done.document] == ["accepted"]
    assert told["sandbox_level"] == "C"
    checks = {check["name"]: check for check in told["checks"]}
    assert checks["sandbox"]["status"] == "warn"
    assert checks["sandbox: map executable memory"]["detail"] == "it succeeded"
    assert checks["sandbox: put on the layer (seccomp alone)"]["status"] == "warn"
