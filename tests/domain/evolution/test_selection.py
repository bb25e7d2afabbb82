"""Choosing parents: performers first, then other niches, the same for the same seed."""

from __future__ import annotations

import numpy as np

from daemon.domain.evolution.niches import niche
from daemon.domain.evolution.records import Elite, Genome, Origin, Trial
from daemon.domain.evolution.selection import choose_parents


def elite(name: str, selection: float, cell: str) -> Elite:
    genome = Genome(name, "", name, "", "1d", "", "seed", (), "", 10)
    trial = Trial(name, "n", Origin.NIGHT, {}, "", "A", None)
    return Elite(genome, trial, cell, selection)


ELITES = [elite(f"g{n:02}", 10.0 - n, f"n{n // 2}") for n in range(12)]


def names(elites: tuple[Elite, ...]) -> list[str]:
    return [one.genome.hash for one in elites]


def test_half_are_the_best_and_the_others_come_from_other_niches() -> None:
    chosen = choose_parents(ELITES, 5, np.random.default_rng(1))
    niches = [one.niche for one in chosen]

    assert names(chosen)[:3] == ["g00", "g01", "g02"]
    assert len(set(names(chosen))) == 5
    assert not set(niches[3:]) & set(niches[:3])
    assert niches[3] != niches[4]


def test_the_same_seed_chooses_the_same_whatever_the_order_given() -> None:
    one = choose_parents(ELITES, 6, np.random.default_rng(7))
    two = choose_parents(ELITES[::-1], 6, np.random.default_rng(7))

    assert one == two


def test_better_niches_are_likelier_and_every_niche_has_a_chance() -> None:
    rng = np.random.default_rng(0)
    drawn = [choose_parents(ELITES, 2, rng)[1].niche for _ in range(2000)]
    counts = {cell: drawn.count(cell) for cell in {f"n{n}" for n in range(1, 6)}}

    assert min(counts.values()) > 50
    assert counts["n1"] > counts["n5"]


def test_there_are_never_more_than_there_are() -> None:
    rng = np.random.default_rng(0)

    assert len(choose_parents(ELITES[:3], 5, rng)) == 3
    assert choose_parents([], 5, rng) == ()
    assert choose_parents(ELITES, 0, rng) == ()


def test_one_genome_with_two_trials_is_one_parent_with_its_best() -> None:
    twice = [elite("a", 1.0, "x"), elite("a", 2.0, "y"), elite("b", 0.0, "z")]

    chosen = choose_parents(twice, 5, np.random.default_rng(0))

    assert [(one.genome.hash, one.selection) for one in chosen] == [("a", 2.0), ("b", 0.0)]


def test_where_niches_run_out_the_rest_fills_up() -> None:
    same = [elite(f"g{n}", -float(n), "one") for n in range(6)]

    assert len(set(names(choose_parents(same, 4, np.random.default_rng(0))))) == 4


def test_niches_are_named_after_their_bins() -> None:
    assert niche(1.0, -0.5, 0.2) == "t0-b0-h0"
    assert niche(30.0, 0.0, 3.0) == "t2-b1-h1"
    assert niche(500.0, 1.0, 60.0) == "t3-b3-h3"
