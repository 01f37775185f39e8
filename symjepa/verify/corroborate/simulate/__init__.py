r"""The layers themselves in floats: gradient flow and gradient descent from any start, many seeds at once.

An independent witness: the motion is backpropagation written by hand, and shares nothing with the derivation of flows.
"""

from symjepa.verify.corroborate.simulate.modes import Frames, Modes, mode_frames
from symjepa.verify.corroborate.simulate.moments import Moments
from symjepa.verify.corroborate.simulate.simulation import Simulation, descend, simulate, velocity
from symjepa.verify.corroborate.simulate.starts import Aligned, aligned_start, balanced_start, gaussian_start

__all__ = [
    "Aligned",
    "Frames",
    "Modes",
    "Moments",
    "Simulation",
    "aligned_start",
    "descend",
    "mode_frames",
    "gaussian_start",
    "balanced_start",
    "simulate",
    "velocity",
]
