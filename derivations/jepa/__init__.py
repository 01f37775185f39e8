r"""The live teacher: a balanced mode of a JEPA, for every depth.

Beside a result about JEPA stands the same for a model that reconstructs its target (MAE).  The mode equations are
derived, and compared with those of the literature, in `jepa-mode-ode` and `mae-mode-ode`.  What is learned is said by
`jepa-fixed-point` and `mae-fixed-point`, and `no-fixed-point` completes their list; how it is learned by
`jepa-implicit-solution` and `mae-implicit-solution` and, where a closed form exists, by `jepa-explicit-solution`
(`lambert-edge` is a lemma).
"""
