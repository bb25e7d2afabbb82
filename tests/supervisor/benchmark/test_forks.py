"""The price of confinement is measured on children that end well."""

from __future__ import annotations

import sys

import pytest

from daemon.supervisor.benchmark import forks


@pytest.mark.skipif(sys.platform != "linux", reason="the layers are Linux's")
def test_a_confined_fork_costs_more_than_a_bare_one_and_both_end_well() -> None:
    found = forks.fork_figures(rounds=15)

    assert found["confinement_ms"] == found["confined_fork_ms"] - found["fork_ms"]
    assert 0.0 < found["fork_ms"] < 1000.0


def test_a_child_that_fails_is_no_measurement() -> None:
    with pytest.raises(RuntimeError, match="ends well"):
        forks._fork_ms(lambda: 1 // 0)
