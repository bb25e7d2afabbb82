"""Tiles an array until memory is full."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.tile(x, 100000000)[:len(x)] * 0.0
