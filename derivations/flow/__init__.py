r"""From the loss to the equations of a mode.

The loss sees the data through three covariances (`expected-loss`).  Differentiating it moves every layer by one
residual, carried through its neighbours (`semi-gradient`), and where covariances and layers are aligned, each mode by
two or three scalar equations, in balance by one (`mode-flow`).
"""
