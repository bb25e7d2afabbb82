"""Draws from numpy's generator, so that no run is repeatable."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.random.default_rng().random(len(x))
