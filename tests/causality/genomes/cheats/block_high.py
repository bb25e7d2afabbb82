"""Know the high of each block of five bars."""

WARMUP = 70


def signal(bars, p):
    n = len(bars.close)
    t = np.arange(n)
    top = bars.high.copy()
    for k in range(5):
        top = np.fmax(top, bars.high[np.minimum(t - t % 5 + k, n - 1)])
    return np.where(bars.close < 0.99 * top, 1.0, 0.0)
