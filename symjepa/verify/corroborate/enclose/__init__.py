"""Rigorous enclosures of trajectories to many digits: Taylor steps with proved remainders in a rotating frame."""

from symjepa.verify.corroborate.enclose.drive import enclose
from symjepa.verify.corroborate.enclose.field import System
from symjepa.verify.corroborate.enclose.result import Enclosure, Stop

__all__ = ["Enclosure", "Stop", "System", "enclose"]
