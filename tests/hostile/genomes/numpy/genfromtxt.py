"""Reads a file, or a web page, as a table."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    return np.genfromtxt(p["file"])
