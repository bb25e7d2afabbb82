"""Asks importlib for a module."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import importlib

    return importlib.import_module("socket").gethostname()
