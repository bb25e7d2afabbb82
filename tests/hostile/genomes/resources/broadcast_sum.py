"""Has two small arrays make a huge one."""

TIMEFRAME = "1d"
WARMUP = 50


def signal(bars, p):
    x = bars.close
    y = np.zeros((6000, 1)) + np.zeros((1, 6000))
    return x * 0.0
