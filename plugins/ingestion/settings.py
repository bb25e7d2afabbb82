"""The table [ingestion] of daemon.toml."""

from datetime import time, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from daemon.domain.market.supply import SourceOrder

Kept = Literal["minute", "day", "splits", "dividends"]


class IngestionSettings(BaseModel):
    """[ingestion]"""

    model_config = ConfigDict(extra="forbid", frozen=True)

    watch: tuple[str, ...] = Field(
        (), description="symbols that are kept complete from the sources below; none if empty"
    )
    kinds: tuple[Kept, ...] = Field(
        ("minute", "day", "splits", "dividends"), description="what is kept of them"
    )
    sources: tuple[str, ...] = Field(
        ("massive", "alpaca"),
        min_length=1,
        description="who is asked, in this order; the next for what the one before does not have; "
        "where two tell a bar differently and are believed alike, the earlier one's holds",
    )
    order: dict[str, tuple[str, ...]] = Field(
        {}, description='another order for single symbols: order.ESZ6 = ["tradovate"]'
    )
    trade_bars: bool = Field(
        False,
        description="whether minute and day bars are made of trades that lie in the lake, where no "
        "source gave the same bar",
    )
    repair: bool = Field(
        False,
        description="whether the daily filling ends with a small `lake repair` of what is watched: "
        "at most twenty questions a day",
    )
    days_back: int = Field(90, ge=1, description="how many days back the lake is kept complete")
    at: time = Field(
        time(17, 0), description="when it is filled each day; in New York the close is at 16:00"
    )
    retry_minutes: tuple[int, ...] = Field(
        (60, 240, 1440),
        min_length=1,
        description="pauses before a symbol that no source has is asked for again; the last stays",
    )
    stopped_sessions: int = Field(
        5,
        ge=1,
        description="sessions without a bar after which a watched symbol is told to have stopped",
    )
    live: bool = Field(False, description="whether minutes are stored while the session runs")
    live_seconds: float = Field(60.0, ge=5, description="seconds between two looks while it runs")

    @property
    def asked(self) -> tuple[str, ...]:
        """The sources of what is watched, each once, in the order in which they are asked."""
        orders = self.orders(self.watch)
        return tuple(dict.fromkeys(name for symbol in self.watch for name in orders[symbol]))

    @property
    def pauses(self) -> tuple[timedelta, ...]:
        """The pauses between tries."""
        return tuple(timedelta(minutes=minutes) for minutes in self.retry_minutes)

    @property
    def named_sources(self) -> dict[str, tuple[str, ...]]:
        """By key: the sources that the owner names, or that a watched symbol needs."""
        needed = bool(self.watch) or "sources" in self.model_fields_set
        orders = {f"order.{symbol}": names for symbol, names in self.order.items()}
        return {**({"sources": self.sources} if needed else {}), **orders}

    @property
    def source_order(self) -> SourceOrder:
        """Who is asked, and whose rows hold where two are believed alike."""
        return SourceOrder(self.sources, self.order)

    def orders(self, symbols: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Who is asked for each of the symbols."""
        return {symbol: self.source_order.of(symbol) for symbol in symbols}
