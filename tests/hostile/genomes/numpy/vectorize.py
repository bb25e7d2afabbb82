"""Has np.vectorize call a function for each bar."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    return np.vectorize(open)(p["file"])
