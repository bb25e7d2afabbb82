"""How many numbers a genome may write out."""

from __future__ import annotations

import ast

import pytest

from daemon.domain.genome.budget import check_budget, precise_numbers, significant_digits


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        (0, 0),
        (7, 1),
        (-250, 2),
        (252, 3),
        (1e-9, 1),
        (0.618, 3),
        (412.5, 4),
        (2.0, 1),
        (1000000, 1),
    ],
)
def test_digits_count_from_the_first_to_the_last_that_is_not_zero(
    number: float, digits: int
) -> None:
    assert significant_digits(number) == digits


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("x = (" + "1, " * 24 + ")", []),
        ("x = (" + "1, " * 25 + ")", ["table"]),
        ("x = [" + "y, " * 25 + "]", ["table"]),
        ("x = (" + "1, " * 24 + ")\n" * 1 + "\n".join(["y = (" + "a, " * 24 + ")"] * 4), []),
        ("\n".join(["y = (" + "a, " * 24 + ")"] * 6), ["table"]),
        ("\n".join(["y = 12345678"] * 20), []),
        ("\n".join(["y = 123456789"] * 20), ["too_many_digits"]),
        ("y = True", []),
    ],
)
def test_a_genome_is_no_table(text: str, codes: list[str]) -> None:
    assert [reason.code for reason in check_budget(ast.parse(text))] == codes


def test_a_table_is_named_by_the_line_of_its_longest_list() -> None:
    (reason,) = check_budget(ast.parse("x = (1, 2)\ny = (" + "1, " * 30 + ")"))

    assert reason.line == 2


def test_precise_numbers_have_three_digits_or_more() -> None:
    assert precise_numbers(ast.parse("x = 0.618 + 252 + 250 + 0.05 - 412.5")) == 3
