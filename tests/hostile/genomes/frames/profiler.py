"""Has the interpreter tell it of every call, and opens a file from inside."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import sys

    sys.setprofile(lambda frame, event, argument: frame.f_builtins["open"](p["file"]))
    return abs(x)
