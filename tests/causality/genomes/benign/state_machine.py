"""Enter and leave by hand, bar after bar."""

WARMUP = 300


def signal(bars, p):
    fast, slow = ta.sma(bars.close, 5), ta.sma(bars.close, 20)
    position = np.zeros(len(bars.close))
    held, age = 0.0, 0
    for t in range(len(bars.close)):
        if held == 0.0 and fast[t] > slow[t] and bars.close[t] > bars.open[t]:
            held, age = 1.0, 0
        elif held > 0.0 and (age >= 10 or fast[t] < slow[t]):
            held = 0.0
        age = age + 1
        position[t] = held
    return position
