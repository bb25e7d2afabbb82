"""Has an array write itself to a file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    y = x.copy()
    y.tofile(p["fresh"])
    return x * 0.0
