"""Has an exit that the engine does not know."""

TIMEFRAME = "1d"
WARMUP = 50
EXITS = {"call": 1.0}


def signal(bars, p):
    x = bars.close
    return x * 0.0
