"""Makes a link that leads elsewhere."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"fresh": 0}


def signal(bars, p):
    x = bars.close
    import os

    os.symlink("/etc/passwd", p["fresh"])
    return x * 0.0
