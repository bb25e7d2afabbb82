"""The deterministic writer: every edit of a good genome is a good genome, and another one."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from daemon.domain.genome import gate, program
from daemon.domain.market.probe import probe
from tests.servers.improver import PLAIN, idea_of, improved, parent_in

FOLDER = Path(__file__).resolve().parents[2] / "genomes" / "seeds"
SEEDS = sorted(FOLDER.glob("*.py"))
EACH = pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.stem)
PULLBACK = (FOLDER / "rsi_pullback.py").read_text()
SCALED = (FOLDER / "volatility_scaled_trend.py").read_text()
LATE = SCALED.replace("(60, 20, 200)", "(190, 150, 200)")
ROTATION = (FOLDER / "dual_momentum.py").read_text()
COUNTED = '''"""Say "more" to an über-high; and count, by hand.

A second paragraph.
"""

WARMUP = 60  # the loop's
LEVEL = 0.5


def signal(bars, p):
    fresh = bars.close >= ta.highest(bars.close, 20)
    position = np.zeros(len(bars.close))
    for t in range(len(bars.close)):
        if fresh[t]:
            position[t] = LEVEL
    return (
        position  # what is held
        + 0.0
    )
'''


def digests(count: int) -> list[bytes]:
    return [hashlib.sha256(str(k).encode()).digest() for k in range(count)]


def header(source: str, name: str) -> dict[str, Any]:
    lines = [node for node in ast.parse(source).body if isinstance(node, ast.Assign)]
    found = [node.value for node in lines if ast.unparse(node.targets[0]) == name]
    values: dict[str, Any] = ast.literal_eval(found[0]) if found else {}
    return values


@EACH
def test_every_edit_of_a_seed_is_another_genome_that_the_gate_takes(path: Path) -> None:
    parent = gate.check(path.read_text())

    children = [gate.check(improved(parent.source, digest)) for digest in digests(10)]

    assert all(child.hash != parent.hash for child in children)
    assert len({child.hash for child in children}) >= 5
    assert all(child.manifest.idea.count(";") == 1 for child in children)
    assert {child.manifest.timeframe for child in children} == {parent.manifest.timeframe}


@pytest.mark.parametrize("source", [PULLBACK, LATE, ROTATION, COUNTED])
def test_a_child_answers_positions_within_bounds(source: str) -> None:
    market = probe("1d")

    for digest in digests(8):
        positions = program.load(gate.check(improved(source, digest))).positions(market, {})

        begun = np.maximum.accumulate(np.isfinite(positions), axis=0)
        assert np.isfinite(positions[begun]).all()
        assert np.nanmax(np.abs(positions)) <= 1.0


def test_the_digest_alone_decides() -> None:
    first, second = ([improved(PULLBACK, digest) for digest in digests(20)] for _ in range(2))

    assert first == second
    assert len(set(first)) > 12


def test_a_number_moves_by_a_fifth_to_three_fifths_and_stays_in_its_range() -> None:
    before = header(PULLBACK, "PARAMS")
    moved = 0

    for digest in digests(40):
        after = header(improved(PULLBACK, digest), "PARAMS")
        changed = [name for name in before if before[name] != after[name]]
        assert len(changed) <= 1
        for name in changed:
            (old, low, high), (new, *_) = before[name], after[name]
            assert low <= new <= high
            assert abs(new - old) == 1 or 0.18 <= abs(new / old - 1) <= 0.62
            moved += 1

    assert moved >= 10


def test_each_kind_of_edit_is_made() -> None:
    children = [improved(PULLBACK, digest) for digest in digests(60)]
    ideas = [idea_of(child) for child in children]

    for words in ("volatility is low", "volatility is high", "only above", "only below"):
        assert any(words in idea for idea in ideas)
    for name in ("stop_atr", "trail_atr", "max_bars", "rsi", "trend", "enter", "leave"):
        assert any(f"with {name} at" in idea for idea in ideas)
    assert all(child.find("EXITS") == -1 or "}\nEXITS" in child for child in children)


def test_generations_go_on() -> None:
    source = (FOLDER / "volume_surge.py").read_text()

    for digest in digests(30):
        source = improved(source, digest)

    idea = gate.check(source).manifest.idea
    assert idea.startswith("Go with a strong bar")
    assert idea.count(";") == 1


def test_a_stated_memory_grows_with_what_is_added_and_comments_stay() -> None:
    children = [improved(COUNTED, digest) for digest in digests(20)]

    longer = [child for child in children if "ta.sma" in child]
    assert longer
    assert all(gate.check(child).manifest.warmup > 60 for child in longer)
    assert all("# what is held" in child for child in children)
    assert all("Say 'more' to an über-high;" in idea_of(child) for child in children)


def test_a_choice_gives_way_to_another_choice() -> None:
    source = PLAIN.replace("(50, 10, 200)", "(50, [20, 50, 120])")

    defaults = {header(improved(source, d), "PARAMS")["n"][0] for d in digests(20)}

    assert defaults == {20, 50, 120}


@pytest.mark.parametrize("source", ["", "def signal(", "import os\n", "# no genome\n"])
def test_what_the_gate_refuses_is_answered_with_a_plain_genome(source: str) -> None:
    child = improved(source, b"any")

    assert gate.check(child).manifest.idea.startswith(idea_of(PLAIN).rstrip("."))


def test_the_parent_is_the_fence_after_its_mark_else_the_last_one() -> None:
    fences = [f"```python\nx = {k}\n```\n" for k in range(3)]
    plain = "```\nno = 1\n```\n"

    assert parent_in(f"{fences[0]}\nThe PARENT:\n{plain}{fences[1]}{fences[2]}") == "x = 1\n"
    assert parent_in("".join(fences)) == "x = 2\n"
    assert parent_in(f"{fences[0]}PARENT\nnone follows") == "x = 0\n"
    assert parent_in(plain) == ""
