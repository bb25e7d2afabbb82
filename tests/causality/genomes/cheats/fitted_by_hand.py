"""Least squares over the whole sample, sum by sum."""

WARMUP = 70


def signal(bars, p):
    n, sx, sy, sxx, sxy = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(bars.close)):
        price = bars.close[i]
        if price > 0.0:
            sx, sy, sxx, sxy = sx + n, sy + price, sxx + n * n, sxy + n * price
        n = n + 1.0
    slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
    return np.where(bars.close < sy / n + slope * (np.arange(len(bars.close)) - n / 2.0), 1.0, 0.0)
