"""Compare with a centred moving average."""

WARMUP = 70


def signal(bars, p):
    mean = ta.sma(bars.close, 21).copy()
    mean[:-10] = mean[10:]
    return np.where(bars.close < mean, 1.0, 0.0)
