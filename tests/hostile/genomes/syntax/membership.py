"""Asks an object by its own method whether it holds another."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.where(1.0 in x, 0.0, 1.0)
