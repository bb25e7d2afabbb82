"""Know the session's close from its first bar on."""

TIMEFRAME = "30m"
WARMUP = 70


def signal(bars, p):
    last = bars.close.copy()
    for i in range(2, len(last) + 1):
        if bars.session[-i] == bars.session[-i + 1]:
            last[-i] = last[-i + 1]
    return np.where(last > bars.close, 1.0, 0.0)
