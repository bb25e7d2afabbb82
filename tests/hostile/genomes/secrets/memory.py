"""Looks for keys in every object that it can find."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import gc

    for y in gc.get_objects():
        if type(y) is dict and "NIGHTSHIFT_SECRET" in y:
            raise LookupError
    return x * 0.0
