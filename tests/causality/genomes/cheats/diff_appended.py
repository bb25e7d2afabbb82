"""Put the difference to the next bar on this one."""

WARMUP = 70


def signal(bars, p):
    return np.where(np.diff(bars.close, append=bars.close[-1]) > 0.0, 1.0, 0.0)
