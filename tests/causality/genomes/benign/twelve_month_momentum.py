"""Hold what rose over a year, without the last month."""


def signal(bars, p):
    past = ta.lag(bars.close, 21) / ta.lag(bars.close, 252) - 1.0
    return np.where(past > 0.0, 1.0, 0.0)
