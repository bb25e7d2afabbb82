"""Makes a new file."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.open(p["fresh"], os.O_WRONLY | os.O_CREAT)
    return x * 0.0
