"""What one fill costs: prices moved against the trader, commissions and fees, as small functions.

They are compiled into the engine's kernel and can be called from Python, so that shadow and live
trading price a fill with the same code. Direction `side` is +1.0 for a purchase, -1.0 for a sale;
quantities are positive shares. `terms` is one record that has the fields of TERMS.
"""

from __future__ import annotations

import functools
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from daemon.domain.compiled import constant, shared
from daemon.domain.market.bars import Floats
from daemon.domain.trading.fees import (
    AUDIT_TRAIL_RATE,
    ESTIMATED_PURCHASE,
    ESTIMATED_SALE,
    SECTION_31_RATE,
    START,
    TAF_CAP,
    TAF_RATE,
)
from daemon.domain.trading.friction import Friction

NEXT_OPEN: Final = constant(0)
MIDPOINT: Final = constant(1)
SAME_CLOSE: Final = constant(2)

TERMS: Final = np.dtype(
    [
        ("per_share", "f8"),
        ("minimum", "f8"),
        ("per_order", "f8"),
        ("of_value", "f8"),
        ("entry_only", "i8"),
        ("half_spread", "f8"),
        ("from_quotes", "i8"),
        ("slippage", "f8"),
        ("impact", "f8"),
        ("volume_cap", "f8"),
        ("fill", "i8"),
        ("delay", "i8"),
        ("whole", "i8"),
        ("limit", "f8"),
        ("margin", "f8"),
        ("shortable", "i8"),
        ("borrow", "f8"),
        ("regulatory", "i8"),
        ("dividends", "i8"),
        ("band", "f8"),
        ("section_31", "f8"),
        ("activity", "f8"),
        ("activity_cap", "f8"),
        ("audit_trail", "f8"),
        ("guessed_sale", "i8"),
        ("guessed_purchase", "i8"),
    ]
)
"""A friction profile as the kernel reads it: rates as fractions, no cap as infinity.

limit: largest gross exposure over equity, buffer taken off. The last six are the regulatory fees
of one day, put there by `set_day`; guessed: one that the side pays is a nearest known rate.
"""


@functools.lru_cache(maxsize=64)
def terms_of(friction: Friction) -> npt.NDArray[Any]:
    """The profile as an array of one TERMS record, before any day's fees are set."""
    fills = {"next_open": NEXT_OPEN, "midpoint": MIDPOINT, "same_close": SAME_CLOSE}
    terms = np.zeros(1, TERMS)
    terms[0] = (
        friction.commission_per_share,
        friction.commission_minimum,
        friction.commission_per_order,
        friction.commission_bps / 1e4,
        friction.commission_on == "entry",
        friction.spread_bps / 2e4,
        friction.spread_from_quotes,
        friction.slippage_bps / 1e4,
        friction.impact,
        friction.volume_cap if friction.volume_cap > 0 else np.inf,
        fills[friction.fill],
        friction.delay_bars,
        friction.whole_shares,
        friction.margin * (1.0 - friction.cash_buffer),
        friction.margin,
        friction.shortable,
        friction.borrow_rate,
        friction.regulatory_fees,
        friction.dividends,
        friction.rebalance_band,
        0.0,
        0.0,
        0.0,
        0.0,
        False,
        False,
    )
    terms.flags.writeable = False
    return terms


@shared
def set_day(terms: Any, schedule: Floats, day: int) -> None:
    """Put the regulatory fees of a day (days since 1970-01-01) into the terms."""
    row = len(schedule) - 1
    while schedule[row, START] > day:
        row -= 1
    terms.section_31 = schedule[row, SECTION_31_RATE]
    terms.activity = schedule[row, TAF_RATE]
    terms.activity_cap = schedule[row, TAF_CAP]
    terms.audit_trail = schedule[row, AUDIT_TRAIL_RATE]
    terms.guessed_sale = 1 if schedule[row, ESTIMATED_SALE] > 0.0 else 0
    terms.guessed_purchase = 1 if schedule[row, ESTIMATED_PURCHASE] > 0.0 else 0


@shared
def half_spread(terms: Any, reference: float, quoted: float) -> float:
    """Dollars a share; quoted: full quoted spread in dollars, negative or nan if unknown."""
    if terms.from_quotes and quoted >= 0.0:
        return float(0.5 * quoted)
    return float(reference * terms.half_spread)


@shared
def fill_price(terms: Any, side: float, reference: float, quoted: float, share: float) -> float:
    """Price of a market order; `share` is the order's share of the bar's volume. Never below 0."""
    against = half_spread(terms, reference, quoted) + reference * terms.slippage
    against += reference * terms.impact * share * share
    return max(0.0, float(reference + side * against))


@shared
def commission(terms: Any, before: float, quantity: float, value: float, opening: bool) -> float:
    """Dollars for `quantity` more shares of an order of which `before` are filled already."""
    if terms.entry_only and not opening:
        return 0.0
    due = max(terms.minimum, terms.per_share * (before + quantity)) + value * terms.of_value
    if before > 0.0:
        return float(due - max(terms.minimum, terms.per_share * before))
    return float(due + terms.per_order)


@shared
def regulatory_fee(terms: Any, side: float, quantity: float, value: float) -> float:
    """Dollars that regulators take from one fill: the audit trail from both sides, section 31 and
    trading activity from a sale.
    """
    if not terms.regulatory:
        return 0.0
    fee = terms.audit_trail * quantity
    if side < 0.0:
        fee += value * terms.section_31 + min(terms.activity_cap, terms.activity * quantity)
    return float(fee)


@shared
def is_guessed(terms: Any, side: float) -> bool:
    """True if a regulatory fee of the day that this side pays is a nearest known rate."""
    guessed = terms.guessed_sale if side < 0.0 else terms.guessed_purchase
    return bool(terms.regulatory and guessed)


@shared
def whole(terms: Any, quantity: float) -> float:
    """The quantity, rounded toward zero where the profile trades whole shares only."""
    return float(np.trunc(quantity)) if terms.whole else quantity
