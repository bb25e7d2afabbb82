"""Average over a window that reaches five bars on."""

WARMUP = 70


def signal(bars, p):
    total = np.zeros(len(bars.close))
    n = len(total)
    for k in range(11):
        total[5:-5] = total[5:-5] + bars.close[k : n - 10 + k]
    return np.where(bars.close < total / 11.0, 1.0, 0.0)
