"""Keeps one array after the other."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    held = []
    for k in range(100):
        held = held + [np.zeros(5000000)]
    return x * 0.0
