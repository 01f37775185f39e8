r"""Matrices: what holds for the layers themselves, before any mode is singled out.

Training does not blow up (`boundedness`), and noise on the target alone does not reach it (`target-noise`).
Neighbouring layers keep their balance (`balance-law`); in balance the Gram matrices of products are powers
(`gram-powers`), so that encoder and predictor each move as one matrix (`end-to-end`).  The alignment under which the
flow splits into modes is both sufficient and necessary (`mode-decoupling`); orthogonal and balanced layers alone do not
have it (`orthogonal-start`).
"""
