"""Short weakness only."""


def signal(bars, p):
    weak = ta.returns(bars.close, 10) < -0.05
    return np.where(weak, -1.0, 0.0)
