"""Starts programs with the helpers of np.testing."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    return np.testing.rundocs(p["file"])
