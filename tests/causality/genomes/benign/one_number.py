"""Answer one number for all bars."""


def signal(bars, p):
    return 1.0
