"""Matrices: what holds for the layers themselves, before any mode is singled out."""
