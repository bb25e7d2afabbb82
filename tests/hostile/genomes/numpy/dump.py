"""Has an array pickle itself to a file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    y = x.copy()
    y.dump(p["fresh"])
    return x * 0.0
