"""Makes bytes of a literal and turns them into words."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    return x * len(b"posix".decode())
