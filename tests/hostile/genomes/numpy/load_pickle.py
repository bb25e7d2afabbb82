"""Reads a file whose pickle would run code."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    return np.load(p["file"], allow_pickle=True)
