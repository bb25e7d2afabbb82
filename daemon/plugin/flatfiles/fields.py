"""The columns of the vendor's day files, and which column of the kind each becomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

TICKER: Final = "ticker"


class Form(Enum):
    """How a field is written.

    TIME: nanoseconds since 1970; NUMBER: a decimal; COUNT: a whole number or nothing; CODES: a list
    of small numbers, quoted; ID: a number, or a text that becomes a negative one.
    """

    TIME = "nanoseconds since 1970 as a whole number"
    NUMBER = "a number"
    COUNT = "a whole number or nothing"
    CODES = "at most six codes from 0 to 1023"
    ID = "an id"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a file. column: its name in the kind; optional: a file may lack it."""

    name: str
    column: str
    form: Form
    optional: bool = False


def _same(form: Form, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, name, form) for name in names)


def _optional(form: Form, *names: str) -> tuple[Field, ...]:
    return tuple(Field(name, name, form, optional=True) for name in names)


_AGGREGATES: Final = (
    Field("window_start", "open_time", Form.TIME),
    *_same(Form.NUMBER, "open", "high", "low", "close", "volume"),
    *_optional(Form.COUNT, "transactions"),
)
_STAMP: Final = Field("sip_timestamp", "sip_timestamp", Form.TIME)
_NBBO: Final = (
    *_same(Form.NUMBER, "bid_price", "bid_size", "ask_price", "ask_size"),
    *_same(Form.COUNT, "bid_exchange", "ask_exchange"),
)
FIELDS_OF: Final[dict[str, tuple[Field, ...]]] = {
    "minute": _AGGREGATES,
    "day": _AGGREGATES,
    "option_minute": _AGGREGATES,
    "option_day": _AGGREGATES,
    "trades": (
        _STAMP,
        *_same(Form.COUNT, "sequence_number"),
        *_optional(Form.COUNT, "participant_timestamp", "trf_timestamp"),
        *_same(Form.NUMBER, "price", "size"),
        *_same(Form.CODES, "conditions"),
        *_optional(Form.ID, "id"),
        *_same(Form.COUNT, "exchange"),
        *_optional(Form.COUNT, "trf_id", "correction", "tape"),
    ),
    "quotes": (
        _STAMP,
        *_same(Form.COUNT, "sequence_number"),
        *_optional(Form.COUNT, "participant_timestamp", "trf_timestamp"),
        *_NBBO,
        *_optional(Form.CODES, "conditions", "indicators"),
        *_optional(Form.COUNT, "tape"),
    ),
    "option_trades": (
        _STAMP,
        *_same(Form.NUMBER, "price", "size"),
        *_same(Form.CODES, "conditions"),
        *_same(Form.COUNT, "exchange"),
        *_optional(Form.COUNT, "correction"),
    ),
    "option_quotes": (_STAMP, *_optional(Form.COUNT, "sequence_number"), *_NBBO),
}
"""The columns of the day files of each kind, beside the ticker."""
EXACT: Final = {"size": "decimal_size"}
"""Columns that some files have with fractions cut off, and where the exact value stands then."""
