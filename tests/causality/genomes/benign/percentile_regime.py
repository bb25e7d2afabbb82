"""Trade when volatility is in its lower half."""


def signal(bars, p):
    calm = ta.percent_rank(ta.volatility(bars.close, 10), 100) < 50.0
    return np.where(calm & (bars.close > ta.sma(bars.close, 20)), 1.0, 0.0)
