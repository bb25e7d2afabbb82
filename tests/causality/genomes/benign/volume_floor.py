"""Only where a hundred thousand shares trade."""


def signal(bars, p):
    liquid = ta.sma(bars.volume, 20) > 1e5
    return np.where(liquid & (bars.close > bars.open), 1.0, 0.0)
