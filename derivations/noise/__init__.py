r"""Noise: what the views do not share.

What is shared weakly is driven weakly (`effective-gradient`), what is not shared is not driven at all
(`null-gradient`), and what is left of it decays (`noise-decay`).
"""
