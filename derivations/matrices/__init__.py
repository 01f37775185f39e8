r"""Matrices: what holds for the layers themselves, before any mode is singled out.

Neighbouring layers keep their balance (`balance-law`), and the alignment under which the flow splits into modes is
both sufficient and necessary (`mode-decoupling`).
"""
