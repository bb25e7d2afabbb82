"""Imported by the server that nights are forked from: all modules, and the kernels loaded.

Nothing here may start a thread: a process forked beside one can hang.
"""

from __future__ import annotations

import importlib
import pkgutil

import alembic.command  # noqa: F401
import exchange_calendars  # noqa: F401
import numpy as np

import daemon
import plugins
from daemon.domain.engine.simulate import simulate
from daemon.domain.evolution.evaluation import EvaluationRules, evaluate
from daemon.domain.genome.contract import Exits
from daemon.domain.market.probe import probe
from daemon.domain.trading.friction import SHIPPED


def import_all() -> None:
    """Every module of the daemon and of the plugins that ship."""
    for package in (daemon, plugins):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith(("daemon.__main__", "daemon.store.migrations")):
                importlib.import_module(module.name)


def load_kernels() -> None:
    """Prices and judges made-up positions, as every backtest does."""
    market, friction = probe("1d"), SHIPPED["retail"]
    positions = np.asfortranarray(np.where(market.close > 100.0, 0.1, 0.0))
    simulation = simulate(market, positions, "slot", Exits(), friction)
    evaluate(market, simulation, friction, "", 1, EvaluationRules())


import_all()
load_kernels()
