"""The core tables of daemon.toml: every key typed, with a default and a sentence."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Table(BaseModel):
    """A table of daemon.toml: frozen, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DaemonTable(Table):
    """[daemon]"""

    state: Path = Field(Path("state"), description="folder of the database, lake and briefings")
    timezone: str = Field("America/New_York", description="time zone of the daily times below")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO", description="what is shown on standard error"
    )

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("expected the name of a time zone, such as Europe/Vienna or UTC")
        return name


class PluginsTable(Table):
    """[plugins]"""

    load: tuple[str, ...] = Field(
        (
            "plugins.files",
            "plugins.massive",
            "plugins.alpaca",
            "plugins.tradovate",
            "plugins.simulated",
            "plugins.splice",
            "plugins.anthropic_swarm",
            "plugins.recruiter",
            "plugins.harvester",
            "plugins.executor",
            "plugins.publisher",
            "plugins.ingestion",
        ),
        description="modules to load, in this order; a later shift replaces one of the same name",
    )
    block: tuple[str, ...] = Field(
        (), description="installed third-party plugins (entry points) that are not to be loaded"
    )


class RetentionTable(Table):
    """[lake.retention]: whole days, 0 keeps everything."""

    minute: int = Field(0, ge=0, description="days of minute bars, removed by whole years")
    trades: int = Field(0, ge=0, description="days of trades")
    quotes: int = Field(0, ge=0, description="days of quotes")
    option_minute: int = Field(0, ge=0, description="days of minute bars of options")
    option_day: int = Field(0, ge=0, description="days of daily bars of options")
    option_trades: int = Field(0, ge=0, description="days of trades of options")
    option_quotes: int = Field(0, ge=0, description="days of quotes of options")
    option_chains: int = Field(0, ge=0, description="days of chain snapshots")
    option_open_interest: int = Field(0, ge=0, description="days of open interest")


class LakeTable(Table):
    """[lake]"""

    path: Path | None = Field(None, description="folder of the lake; state/lake if not set")
    disk_budget_gb: float = Field(
        0.0, ge=0, description="most gigabytes that the parts may take (0: what the disk has)"
    )
    disk_warn_share: float = Field(
        0.85,
        gt=0,
        le=1,
        description="share of the budget or of the disk from which on doctor, inventory and "
        "briefing warn",
    )
    disk_wait_s: float = Field(
        60.0,
        ge=0,
        description="seconds that an ingestion waits for room on a full disk before it ends; the "
        "next one goes on where it ended",
    )
    retention: RetentionTable = RetentionTable()


class QualityTable(Table):
    """[quality]"""

    minimum: float = Field(
        0.9,
        ge=0,
        le=1,
        description="share of a symbol's sessions that must be without a bad finding of the gap "
        "scanner; nights leave out a symbol below it (0: none)",
    )
    sources: tuple[str, ...] = Field(
        (),
        description="sources that `lake repair` asks, in this order; if empty those of [ingestion] "
        "in its order, then the others that are loaded but the simulated one",
    )
    fill_minutes: int = Field(
        0,
        ge=0,
        le=390,
        description="longest run of missing minutes that `lake repair` makes from their neighbours "
        "once no source has them, marked synthetic and shown by no market (0: none)",
    )


class MarketTable(Table):
    """[market]"""

    source: Literal["auto", "lake", "simulated"] = Field(
        "auto",
        description='"lake": what was ingested; "simulated": a made-up market, a rehearsal with a '
        'database of its own; "auto": the lake once it holds real data, else a rehearsal',
    )
    start: date | None = Field(None, description="first session used; all there is if not set")
    end: date | None = Field(None, description="last session used; all there is if not set")


class NightTable(Table):
    """[night]"""

    evaluations: int = Field(500, ge=1, description="trials after which a night ends")
    minutes: float = Field(0.0, ge=0, description="minutes after which it ends too (0: no limit)")
    seed: int = Field(1, ge=0, description="seed of a night; same seed and data, same night")
    recheck: int = Field(
        10,
        ge=0,
        description="best known strategies that a night tries again first, where the market data, "
        "the settings or the engine changed since (0: none)",
    )


class EvaluationTable(Table):
    """[evaluation]"""

    friction: str = Field(
        "retail", description="friction profile of the nights, and of backtests that name none"
    )
    capital: float = Field(100_000.0, gt=0, description="dollars a backtest starts with")
    blocks: int = Field(6, ge=1, le=24, description="walk-forward blocks")
    minimum_blocks: int = Field(3, ge=1, description="blocks on short histories")
    block_sessions: int = Field(40, ge=5, description="shortest block, in sessions")
    minimum_trades: int = Field(20, ge=1, description="fewer trades than this: no fitness")
    minimum_exposure: float = Field(
        0.05, ge=0, le=1, description="a smaller share of the time invested: no fitness"
    )


class EvidenceTable(Table):
    """[evidence]"""

    sealed_share: float = Field(
        0.25,
        ge=0,
        lt=1,
        description="share of the history that the search never sees and finalists are judged on, "
        "of the kind of bars with the fewest sessions (0: nothing is sealed, nothing is proven)",
    )
    sealed_sessions: int = Field(252, ge=0, description="most sessions that are sealed, about")
    open_sessions: int = Field(
        160, ge=1, description="sessions the search needs; a shorter history is not sealed"
    )
    finalists: int = Field(
        3, ge=0, description="best strategies of a night that are put to the tests of the ladder"
    )
    lifetime_error: float = Field(
        0.1,
        gt=0,
        lt=1,
        description="share of strategies without any edge, as expected, among all whose evidence "
        "ever suffices to graduate; the smaller, the more evidence each look asks for",
    )
    tribunal_share: float = Field(
        0.1,
        ge=0,
        le=1,
        description="trials of a night that are run once more on a made-up world without an edge, "
        "where nothing may graduate, as a share; fewer than 20 are left out (0: none)",
    )


class SandboxTable(Table):
    """[sandbox]"""

    slots: int = Field(0, ge=0, description="worker processes (0: one for each core)")
    cpu_seconds: float = Field(20.0, gt=0, description="processor time a genome may use")
    deadline_seconds: float = Field(30.0, gt=0, description="wall time after which it is killed")
    memory_mb: int = Field(1024, ge=64, description="memory it may allocate beyond the market")
    level: Literal["auto", "A", "B", "C"] = Field(
        "auto",
        description="least confinement that has to be proved, or no genome is run (auto: A on "
        "Linux, B on macOS; C: gate and limits alone)",
    )


class FrictionTable(Table):
    """[friction.NAME]"""

    commission_per_share: float = Field(0.0, ge=0, description="dollars a share")
    commission_minimum: float = Field(0.0, ge=0, description="least dollars an order")
    commission_per_order: float = Field(0.0, ge=0, description="dollars an order")
    commission_bps: float = Field(0.0, ge=0, description="basis points of the traded value")
    commission_on: Literal["both", "entry"] = Field("both", description="sides that pay it")
    spread_bps: float | Literal["quotes"] = Field(
        0.0,
        description='full spread in basis points, half a fill; "quotes": the quoted one, '
        "2 bps where the market has none (bars of flat files have none)",
    )
    slippage_bps: float = Field(0.0, ge=0, description="basis points a fill")
    volume_cap: float = Field(0.0, ge=0, le=1, description="largest share of a bar's volume")
    impact: float = Field(0.0, ge=0, description="price impact times squared share of the volume")
    fill: Literal["next_open", "same_close", "midpoint"] = Field(
        "next_open", description="price that an order meets"
    )
    delay_bars: int = Field(0, ge=0, description="bars to wait beyond the next one")
    whole_shares: bool = Field(False, description="round quantities toward zero")
    cash_buffer: float = Field(0.0, ge=0, lt=1, description="share of equity never invested")
    margin: float = Field(1.0, ge=1, description="largest gross exposure over equity")
    shortable: bool = Field(True, description="whether shorts are allowed")
    borrow_rate: float = Field(0.0, ge=0, description="a year, on the value of shorts")
    regulatory_fees: bool = Field(False, description="SEC and FINRA fees by date")
    dividends: bool = Field(True, description="paid to longs, charged to shorts")
    rebalance_band: float = Field(
        0.0,
        ge=0,
        description="weight drift at which an unchanged target is traded again (0: off)",
    )


DEFAULT_TICKERS = (
    "SPY QQQ IWM DIA AAPL MSFT NVDA TSLA AMZN GOOGL META AMD NFLX CRM INTC JPM BAC GS MS "
    "XLF XLE XLK XLV XLI"
)
LEVERAGED_TICKERS = "ERX ERY FAS FAZ SDS SSO SQQQ SVXY TNA TQQQ TZA UVXY"
UNIVERSES: dict[str, tuple[str, ...]] = {
    "default": (),
    "leveraged": tuple(LEVERAGED_TICKERS.split()),
}


class Settings(Table):
    """Every core table of daemon.toml."""

    daemon: DaemonTable = DaemonTable()
    plugins: PluginsTable = PluginsTable()
    lake: LakeTable = LakeTable()
    quality: QualityTable = QualityTable()
    market: MarketTable = MarketTable()
    night: NightTable = NightTable()
    evaluation: EvaluationTable = EvaluationTable()
    evidence: EvidenceTable = EvidenceTable()
    sandbox: SandboxTable = SandboxTable()
    universes: dict[str, tuple[str, ...]] = UNIVERSES
    friction: dict[str, FrictionTable] = {}

    @field_validator("universes")
    @classmethod
    def _over_the_shipped(cls, written: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        return {**UNIVERSES, **written}
