"""Follow smoothed candles, computed in a loop."""

WARMUP = 200


def signal(bars, p):
    mid = np.nan_to_num((bars.open + bars.high + bars.low + bars.close) / 4.0)
    start = mid.copy()
    for t in range(1, len(mid)):
        start[t] = 0.5 * (start[t - 1] + mid[t - 1])
    return np.where(mid > start, 1.0, 0.0)
