"""Every cheat of the corpus is flagged, and no honest genome is."""

from __future__ import annotations

import ast

import pytest

from daemon.domain.engine.causality import PRICE_LEVELS, Causality
from daemon.domain.genome import gate
from daemon.domain.genome.canonical import canonical_text
from daemon.errors import GenomeRefused
from daemon.sandbox.cuts import CARES
from tests.causality.corpus import BENIGN, CHEATS, gated, probed, proved

ABOUT_DOLLARS = {"dollar_threshold", "round_numbers"}
"""Honest genomes whose positions hang on the level of prices."""

SPARSE = {"now_and_then"}
"""Passes the probe: it peeks on one bar in forty, where none of the probe's cuts lies."""

ONLY_THE_GATE = {"table_of_names", "table_of_positions"}
"""Learnt by heart: causal, and the same at other prices; only its size gives it away."""

MEMORISED = {"memorised_levels", "memorised_dates", "memorised_years"}
PASSED = {name: source for name, source in CHEATS.items() if gated(source)}
REFUSED = {name: source for name, source in CHEATS.items() if not gated(source)}


@pytest.mark.parametrize("name", PASSED)
async def test_a_cheat_that_the_gate_lets_through_is_flagged_when_it_runs(name: str) -> None:
    found = await probed(PASSED[name])
    reasons = found.reasons
    if name in SPARSE:
        assert reasons == ()
        reasons = (await proved(PASSED[name], seed=3)).reasons

    codes = {reason.code for reason in reasons}
    assert codes
    if name in MEMORISED:
        assert codes <= {"memorised_levels", "memorised_dates"}
    else:
        assert all(code.startswith("lookahead") for code in codes)
        assert all("at bar " in reason.message and "from" in reason.message for reason in reasons)


@pytest.mark.parametrize("name", sorted(PASSED.keys() - {"now_and_then"}))
async def test_with_fewer_cuts_only_the_rarest_peek_goes_unseen(name: str) -> None:
    assert (await proved(PASSED[name], seed=3, care=CARES["niche"])).reasons


@pytest.mark.parametrize("name", REFUSED)
async def test_a_cheat_that_the_gate_refuses_is_flagged_without_the_gate_too(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIGHTSHIFT_TEST", "1")

    found = await probed(REFUSED[name], ungated=True)

    assert (found.reasons == ()) == (name in ONLY_THE_GATE)


@pytest.mark.parametrize("name", BENIGN)
async def test_no_honest_genome_is_flagged(name: str) -> None:
    probe, proof = await probed(BENIGN[name]), await proved(BENIGN[name], seed=3)
    sparing = await proved(BENIGN[name], seed=3, care=CARES["niche"])

    flags = (PRICE_LEVELS,) if name in ABOUT_DOLLARS else ()
    assert (probe.reasons, probe.flags) == ((), flags)
    assert proof == sparing == Causality((), flags)


@pytest.mark.parametrize("name", sorted(ONLY_THE_GATE | {"table_in_integers"}))
def test_a_table_is_refused_for_its_size(name: str) -> None:
    with pytest.raises(GenomeRefused) as refused:
        gate.check(CHEATS[name])

    sizes = {"too_many_digits", "table", "too_many_literals"}
    assert {reason.code for reason in refused.value.reasons} <= sizes


def test_the_corpus_is_large_and_every_file_is_another_one() -> None:
    sources = [*CHEATS.values(), *BENIGN.values()]

    assert len(CHEATS) >= 75
    assert len(BENIGN) >= 53
    assert len(PASSED) >= 40
    assert len({canonical_text(ast.parse(source)) for source in sources}) == len(sources)
    assert len({ast.get_docstring(ast.parse(source)) for source in sources}) == len(sources)
