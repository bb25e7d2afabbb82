"""Writes an array to a new file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    np.save(p["fresh"], x)
    return x * 0.0
