from dataclasses import replace

from daemon.domain.briefing.compose import compose
from daemon.domain.briefing.families import family_sentence
from daemon.domain.evolution.records import Genome
from tests.domain.briefing.night_records import briefing, night_records

(BORN,) = night_records(trials=1).genomes.values()


def line(name: str, steps: int) -> list[Genome]:
    made = [replace(BORN, hash=f"{name}-{k}", name=f"{name}_{k}") for k in range(steps)]
    return [replace(g, parents=tuple(p.hash for p in made[:k][-1:])) for k, g in enumerate(made)]


def told(*passed: Genome, known: list[Genome]) -> str:
    return family_sentence(passed, {g.hash: g for g in known}).replace("\u00a0", " ")


def test_relatives_are_traced_to_their_seed_through_any_number_of_changes() -> None:
    trend, range_ = line("trend", 5), line("range", 2)

    assert told(*trend[1:], known=trend) == (
        "All 4 that reached the threshold descend from one seed, trend_0."
    )
    assert told(*trend[2:], range_[1], known=[*trend, *range_]) == (
        "The 4 that reached the threshold descend from 2 seeds, 3 of them from trend_0."
    )
    assert told(trend[4], range_[1], known=[*trend, *range_]) == (
        "The 2 that reached the threshold descend from 2 seeds."
    )


def test_a_crossing_belongs_to_the_family_of_its_first_parent() -> None:
    trend, range_ = line("trend", 2), line("range", 2)
    crossing = replace(BORN, hash="x", parents=(range_[1].hash, trend[1].hash))

    words = told(crossing, range_[1], known=[*trend, *range_, crossing])

    assert words == "All 2 that reached the threshold descend from one seed, range_0."


def test_a_single_strategy_is_no_family() -> None:
    assert told(BORN, known=[BORN]) == ""


def test_the_briefing_says_how_many_seeds_the_screened_descend_from() -> None:
    records = night_records(accepted=6)

    summary = " ".join(compose(records, 5).summary)

    assert "6 that reached the threshold descend from" in summary
    assert "descend from" not in " ".join(briefing(accepted=1).summary)
