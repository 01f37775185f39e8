r"""The live teacher: a balanced mode of a JEPA, for every depth.

Beside each result stands the same for a model that reconstructs its target (MAE).  The mode equations, as printed in
the literature and as derived: `jepa-mode-ode`, `mae-mode-ode`.  What is learned: `jepa-fixed-point`,
`mae-fixed-point`.  How: `jepa-implicit-solution`, and in closed form `jepa-explicit-solution`.
"""
