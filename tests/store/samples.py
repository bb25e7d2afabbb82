"""Small genomes, trials and nights to put into a store."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import numpy as np

from daemon.domain.evolution.evaluation import Block, Descriptors, Evaluation
from daemon.domain.evolution.records import Genome, Mutation, Night, Origin, Trial
from daemon.domain.stats.metrics import Metrics

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NIGHT = Night("n1", 7, 500, "settings", "market", NOON)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def genome(name: str = "one", **changes: Any) -> Genome:
    values: dict[str, Any] = {
        "hash": digest(name),
        "source": f"# {name}\n",
        "name": name,
        "idea": f"The idea of {name}.",
        "timeframe": "1d",
        "universe": "",
        "operator": "seed",
        "parents": (),
        "behaviour": digest(f"behaviour of {name}"),
        "nodes": 12,
        "night": NIGHT.id,
    }
    return Genome(**values | changes)


def mutation(ticket: int = 0, generation: int = 0, **changes: Any) -> Mutation:
    values: dict[str, Any] = {
        "id": digest(f"{generation} {ticket}"),
        "night": NIGHT.id,
        "generation": generation,
        "ticket": ticket,
        "swarm": "splice",
        "operator": "jitter",
        "seed": 2**64 - 1,
    }
    return Mutation(**values | changes)


def metrics(**changes: Any) -> Metrics:
    values: dict[str, Any] = {
        "total_return": 0.5,
        "cagr": 0.05,
        "sharpe": 1.1,
        "sortino": 1.5,
        "convexity": 1.0,
        "max_drawdown": -0.2,
        "calmar": 0.25,
        "volatility": 0.15,
        "exposure": 0.6,
        "turnover": 4.0,
        "trades": 120,
        "win_rate": 0.55,
        "profit_factor": None,
        "expectancy": 12.5,
        "sqn": 1.7,
        "fees": 310.2,
        "final_equity": 150_000.0,
        "ambiguous_share": 0.0,
    }
    return Metrics(**values | changes)


def evaluation(seed: int = 0, sessions: int = 50, **changes: Any) -> Evaluation:
    generator = np.random.default_rng(seed)
    values: dict[str, Any] = {
        "market_hash": "market",
        "positions_hash": digest(f"positions {seed}"),
        "friction": "retail",
        "friction_hash": "friction",
        "timeframe": "1d",
        "symbols": ("AAPL", "MSFT"),
        "first_date": 16_437,
        "last_date": 19_358,
        "bars": sessions,
        "metrics": metrics(),
        "blocks": (Block(0, 24, 1.2, 0.9), Block(25, 49, None, None, "too_few_trades")),
        "fitness": 0.8,
        "fitness_refusal": "",
        "selection": 0.7,
        "descriptors": Descriptors(4.0, 0.5, 0.3, 5.0),
        "session_returns": generator.normal(0, 0.01, sessions),
        "market_returns": np.random.default_rng(1).normal(0, 0.01, sessions),
        "trade_hash": digest(f"trades {seed}"),
        "simulated": True,
        "skipped": ("TSLA",),
        "flags": ("fee_estimated",),
    }
    return Evaluation(**values | changes)


def trial(genome_hash: str = digest("one"), **changes: Any) -> Trial:
    values: dict[str, Any] = {
        "genome": genome_hash,
        "night": NIGHT.id,
        "origin": Origin.NIGHT,
        "params": {"n": 20, "level": 1.5},
        "settings_hash": "settings",
        "sandbox": "limits",
        "evaluation": evaluation(),
        "capital": 100_000.0,
        "engine": "2",
    }
    return Trial(**values | changes)
