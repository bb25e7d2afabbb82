"""Leave the warm-up undefined."""


def signal(bars, p):
    return ta.zscore(bars.close, 15) / ta.zscore(bars.close, 15) * 0.5
