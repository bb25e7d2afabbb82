"""Names a universe that is a path."""

TIMEFRAME = "1d"
WARMUP = 50
UNIVERSE = "../../etc/passwd"


def signal(bars, p):
    x = bars.close
    return x * 0.0
