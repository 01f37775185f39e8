"""A test kit for one's own derivations and training loops: assertions, and strategies that draw exact cases.

The assertions need nothing but symjepa.  The strategies need Hypothesis (`pip install 'symjepa[test]'`), and are
imported when one of them is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symjepa.testing.assertions import (
    assert_conserved,
    assert_fixed_point,
    assert_noise_vanishes,
    assert_rate,
    assert_same_flow,
    assert_solves,
)
from symjepa.testing.gradients import assert_gradient
from symjepa.testing.situations import Case, Covariances
from symjepa.testing.verdicts import Outcome

if TYPE_CHECKING:
    from symjepa.testing.strategies import cases, covariances, mode_parameters, models, points, starts

__all__ = [
    "Case",
    "Covariances",
    "Outcome",
    "assert_conserved",
    "assert_fixed_point",
    "assert_gradient",
    "assert_noise_vanishes",
    "assert_rate",
    "assert_same_flow",
    "assert_solves",
    "cases",
    "covariances",
    "mode_parameters",
    "models",
    "points",
    "starts",
]


def __getattr__(name: str) -> Any:
    """A strategy, when it is asked for; so that the assertions work without Hypothesis."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from symjepa.testing import strategies

    return getattr(strategies, name)
