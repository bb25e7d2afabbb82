"""Hostile genomes with everything on: each is refused by the gate, or ends as the table says."""

from __future__ import annotations

import tomllib

import pytest

from daemon.sandbox.pool import Pool
from tests.hostile.cases import FOLDER, GOOD, HARMLESS, LIMITS, Case, answer, codes, listed, told
from tests.hostile.gate_guards import GATE
from tests.hostile.run_guards import RUNS, TIME

CASES = listed()
READ = [case for case in CASES if isinstance(case.on, tuple)]
RUN = [case for case in CASES if isinstance(case.on, str)]
BY_PYTHON = ("memory_at_once", "tiled", "array_of_objects", "literal_part", "deep_unary")
"""Refused by Python or the machine itself, whatever guard is taken away."""


def test_every_file_has_a_row_and_every_row_a_file() -> None:
    files = {str(path.relative_to(FOLDER / "genomes")) for path in FOLDER.glob("genomes/*/*.py")}

    assert {f"{case.name}.py" for case in CASES} == files


def test_no_two_files_say_that_they_try_the_same() -> None:
    said = [case.data.decode("utf-8", "replace").splitlines()[0] for case in CASES if case.data]

    assert len({line for line in said if line.startswith('"""')}) > 400
    assert len(said) - len(set(said)) == 0


def test_every_guard_is_named_and_every_case_names_one() -> None:
    table = tomllib.loads((FOLDER / "cases.toml").read_text())
    named = {
        guard for family in table.values() for row in family.values() for guard in row["guards"]
    }

    assert named == {*GATE, *RUNS, *TIME}
    assert {case.name.split("/")[1] for case in CASES if not case.guards} == set(BY_PYTHON)


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_the_gate_refuses_it_with_its_codes(case: Case) -> None:
    assert codes(case.data) == case.on


async def test_what_the_gate_lets_through_ends_as_the_table_says() -> None:
    async with Pool(2) as pool:
        found = {
            case.name: told(await answer(pool, case.source, case.limits("on"), {})) for case in RUN
        }

    assert found == {case.name: case.on for case in RUN}
    assert [name for name, end in found.items() if end == HARMLESS] == [
        "encodings/cookie", "numpy/empty"
    ]  # fmt: skip


async def test_a_genome_that_means_no_harm_is_none_of_them() -> None:
    async with Pool(1) as pool:
        good = '"""Good."""\n\n' + GOOD

        assert codes(good.encode()) == ()
        assert told(await answer(pool, good, LIMITS, {})) == HARMLESS
