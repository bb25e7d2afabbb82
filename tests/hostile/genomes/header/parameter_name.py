"""Names a parameter like an attribute that walks."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"__class__": 1}


def signal(bars, p):
    x = bars.close
    return x * 0.0
