"""Opens a writing iterator over the market."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    for y in np.nditer(x, op_flags=["readwrite"]):
        y[...] = 0.0
    return x
