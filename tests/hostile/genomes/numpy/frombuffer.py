"""Makes an array over the memory of another object."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return np.frombuffer(x.data)
