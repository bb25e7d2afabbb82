"""Asks sys for the frame of the code that called it."""

TIMEFRAME = "1d"
WARMUP = 50
PARAMS = {"file": 0}


def signal(bars, p):
    x = bars.close
    import sys

    frame = sys._getframe(1)
    return frame.f_globals["warnings"].sys.modules["os"].open(p["file"], 0)
