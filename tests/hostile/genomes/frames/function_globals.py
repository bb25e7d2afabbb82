"""Reads the global names of an indicator, which is a function of the daemon."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    return ta.sma.__globals__["np"].load(p["file"])
