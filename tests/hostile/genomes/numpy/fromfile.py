"""Reads raw bytes of a file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    return np.fromfile(p["file"])
