"""Has functions that call one another twice, thousands of calls deep."""

TIMEFRAME = "1d"
WARMUP = 50


def f0(x, k):
    return x * 0.0


def f1(x, k):
    return f0(x, k * 2.0) + f0(x, k * 2.0 + 1.0)


def f2(x, k):
    return f1(x, k * 2.0) + f1(x, k * 2.0 + 1.0)


def f3(x, k):
    return f2(x, k * 2.0) + f2(x, k * 2.0 + 1.0)


def f4(x, k):
    return f3(x, k * 2.0) + f3(x, k * 2.0 + 1.0)


def f5(x, k):
    return f4(x, k * 2.0) + f4(x, k * 2.0 + 1.0)


def f6(x, k):
    return f5(x, k * 2.0) + f5(x, k * 2.0 + 1.0)


def f7(x, k):
    return f6(x, k * 2.0) + f6(x, k * 2.0 + 1.0)


def f8(x, k):
    return f7(x, k * 2.0) + f7(x, k * 2.0 + 1.0)


def f9(x, k):
    return f8(x, k * 2.0) + f8(x, k * 2.0 + 1.0)


def f10(x, k):
    return f9(x, k * 2.0) + f9(x, k * 2.0 + 1.0)


def f11(x, k):
    return f10(x, k * 2.0) + f10(x, k * 2.0 + 1.0)


def f12(x, k):
    return f11(x, k * 2.0) + f11(x, k * 2.0 + 1.0)


def f13(x, k):
    return f12(x, k * 2.0) + f12(x, k * 2.0 + 1.0)


def signal(bars, p):
    x = bars.close
    return f13(x, 1.0)
