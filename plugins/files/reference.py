"""Splits and dividends from the reference tables beside the flat files.

A spin-off is written there as a factor such as 1 for 1.281; it is taken as a split, which keeps
the holder's value as if the new company's shares were sold into the old one's at once. Ratios are
exact: 1 for 1.5 becomes 3 for 2.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from daemon.plugin.amounts import positive
from daemon.plugin.roles import ActionRow, Request
from plugins.files.folder import reference_file
from plugins.files.table import Line, broken, day_in, lines_of

_SPLIT_COLUMNS: Final = ("ticker", "execution_date", "split_from", "split_to")
_DIVIDEND_COLUMNS: Final = ("ticker", "ex_dividend_date", "cash_amount")


def splits(request: Request) -> list[ActionRow]:
    """Every split of the table. BadDataError where a line of it is broken."""
    path = reference_file(request.folder, "splits.csv.gz")
    rows = []
    for line in lines_of(path, _SPLIT_COLUMNS):
        ratio = _positive(line, "split_to") / _positive(line, "split_from")
        rows.append(
            ActionRow(
                line.fields["ticker"],
                day_in(line, "execution_date"),
                new=float(ratio.numerator),
                old=float(ratio.denominator),
            )
        )
    return rows


def dividends(request: Request) -> list[ActionRow]:
    """Every cash dividend of the table. BadDataError where a line of it is broken."""
    path = reference_file(request.folder, "dividends.csv.gz")
    return [
        ActionRow(
            line.fields["ticker"],
            day_in(line, "ex_dividend_date"),
            cash=float(_positive(line, "cash_amount")),
        )
        for line in lines_of(path, _DIVIDEND_COLUMNS)
    ]


def _positive(line: Line, column: str) -> Fraction:
    text = line.fields[column]
    try:
        return positive(text)
    except (ValueError, ZeroDivisionError) as error:
        raise broken(line, column, "a number above 0", repr(text)) from error
