"""What we derived by hand: one mode of a JEPA with two encoder layers, one predictor layer, and a live teacher."""

from symjepa.symbols import lam, rho, sigma2, v, w

RATES = {w: 2 * w**2 * v * (lam - sigma2 * v), v: w**2 * (lam - sigma2 * v)}
"""dw/dt for the encoder (the product of both layers), dv/dt for the predictor."""

RATES_WITHOUT_THE_FACTOR = {w: w**2 * v * (lam - sigma2 * v), v: w**2 * (lam - sigma2 * v) / 2}
"""The same in the paper's time, where the product over L = 2 layers runs without the factor L."""

CONSERVED = v**2 - w
LEARNED = rho
"""The predictor's amplitude once the mode is learned, whatever the encoder's."""
