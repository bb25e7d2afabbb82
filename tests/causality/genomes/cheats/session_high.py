"""Know the session's high from its first bar on."""

TIMEFRAME = "1h"
WARMUP = 70


def signal(bars, p):
    top = bars.high.copy()
    for i in range(2, len(top) + 1):
        if bars.session[-i] == bars.session[-i + 1]:
            top[-i] = max(top[-i], top[-i + 1])
    return np.where(bars.close < 0.995 * top, 1.0, 0.0)
