"""Opens a file in the annotation of a result, at definition."""

TIMEFRAME = "1d"
WARMUP = 50


def helper(y) -> open("/etc/passwd"):
    return y


def signal(bars, p):
    x = bars.close
    return x * 0.0
