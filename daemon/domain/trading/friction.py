"""What trading costs and forbids: a named profile, and how its spread and fill rule are meant."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Literal

CommissionOn = Literal["both", "entry"]
FillRule = Literal["next_open", "same_close", "midpoint"]


@dataclass(frozen=True, slots=True)
class Friction:
    """One `[friction.NAME]` table of daemon.toml.

    commission_per_share, _minimum, _per_order: dollars; _bps: of the traded value; charged on
    "both" sides or on "entry" only (the part of an order that opens or enlarges a position).
    spread_bps: full quoted spread in basis points of the price; half of it is paid on each fill.
    spread_from_quotes: use the market's quoted spread instead, where it has one.
    slippage_bps: paid on each fill. volume_cap: largest share of a bar's volume one fill may
    take; the rest is carried to the next bar (0: no cap). impact: price impact as a fraction of
    the price, times the squared share of the bar's volume (Zipline's volume-share model).
    fill, delay_bars: the order fills at the open ("next_open") or the midpoint of high and low
    ("midpoint") of the bar 1 + delay_bars after the decision, or at the close of the decision
    bar itself ("same_close", delay_bars 0). whole_shares: quantities are rounded toward zero.
    cash_buffer: share of equity never invested. margin: largest gross exposure over equity
    (1: cash cannot go negative). shortable: shorts allowed. borrow_rate: a year, on the
    short's value, per calendar day / 360. regulatory_fees: SEC and FINRA fees by date.
    dividends: paid to longs and charged to shorts. rebalance_band: an unchanged target is
    traded again only when the held weight drifts further than this from it (0: never).
    """

    name: str
    commission_per_share: float = 0.0
    commission_minimum: float = 0.0
    commission_per_order: float = 0.0
    commission_bps: float = 0.0
    commission_on: CommissionOn = "both"
    spread_bps: float = 0.0
    spread_from_quotes: bool = False
    slippage_bps: float = 0.0
    volume_cap: float = 0.0
    impact: float = 0.0
    fill: FillRule = "next_open"
    delay_bars: int = 0
    whole_shares: bool = False
    cash_buffer: float = 0.0
    margin: float = 1.0
    shortable: bool = True
    borrow_rate: float = 0.0
    regulatory_fees: bool = False
    dividends: bool = True
    rebalance_band: float = 0.0

    @property
    def hash(self) -> str:
        """SHA-256 of every value but the name."""
        values = {key: value for key, value in asdict(self).items() if key != "name"}
        return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


NONE = Friction("none")
RETAIL = Friction(
    "retail",
    spread_from_quotes=True,
    spread_bps=2.0,
    slippage_bps=1.0,
    volume_cap=0.025,
    impact=0.1,
    whole_shares=True,
    borrow_rate=0.01,
    regulatory_fees=True,
)
DELAYED = Friction("delayed", fill="midpoint", delay_bars=3, commission_per_order=0.02)
SHIPPED = {f.name: f for f in (NONE, RETAIL, DELAYED)}
