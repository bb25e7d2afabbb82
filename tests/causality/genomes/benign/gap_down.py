"""Buy an opening gap down that did not follow through."""


def signal(bars, p):
    before = ta.lag(bars.close, 1)
    gapped = bars.open < 0.99 * before
    return np.where(gapped & (bars.close > bars.open), 1.0, 0.0)
