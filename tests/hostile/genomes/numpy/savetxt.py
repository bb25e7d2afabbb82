"""Writes an array as text over a file that is there."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    np.savetxt(p["file"], x)
    return x * 0.0
