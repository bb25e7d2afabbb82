"""Builds a type with a field of objects and reads numbers through it."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    kind = np.dtype([("a", "O")])
    return x.copy().view(kind)["a"]
