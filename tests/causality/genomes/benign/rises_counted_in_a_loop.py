"""Count rising closes with a loop over lags."""


def signal(bars, p):
    count = np.zeros(len(bars.close))
    for k in range(1, 6):
        count = count + np.where(ta.lag(bars.close, k) > ta.lag(bars.close, k + 1), 1.0, 0.0)
    return np.where(count >= 4.0, 1.0, 0.0)
