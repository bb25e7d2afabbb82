"""Changes who may read a file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.chmod(p["file"], 0)
    return x * 0.0
