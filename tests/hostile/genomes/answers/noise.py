"""Fills all of the output with noise."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import sys

    frame = sys._getframe()
    while "output" not in frame.f_locals:
        frame = frame.f_back
    output, words = frame.f_locals["output"], frame.f_globals
    Record, Verdict = words["Record"], words["Verdict"]

    view = output.view
    view[:] = (np.arange(len(view)) * 2654435761 >> 7).astype(np.uint8).tobytes()
    os._exit(0)
