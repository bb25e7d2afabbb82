"""Makes an array writable by its flags."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    x.flags.writeable = True
    return x
