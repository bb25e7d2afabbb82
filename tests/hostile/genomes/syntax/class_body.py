"""Opens a file in the body of a class, at definition."""

TIMEFRAME = "1d"
WARMUP = 50


class Helper:
    held = open("/etc/passwd")


def signal(bars, p):
    x = bars.close
    return x * 0.0
