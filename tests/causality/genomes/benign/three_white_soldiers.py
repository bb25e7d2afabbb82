"""Three rising closes in a row."""


def signal(bars, p):
    one = bars.close > ta.lag(bars.close, 1)
    two = ta.lag(bars.close, 1) > ta.lag(bars.close, 2)
    three = ta.lag(bars.close, 2) > ta.lag(bars.close, 3)
    return np.where(one & two & three, 1.0, 0.0)
