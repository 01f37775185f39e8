"""Exact decisions: words, normal form of scalars, derivative, sums, signs, balls, exact numbers."""
