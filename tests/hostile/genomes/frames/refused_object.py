"""Takes the object back out of the error that refused its attribute."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    try:
        x.nothing
    except AttributeError as error:
        return error.obj
