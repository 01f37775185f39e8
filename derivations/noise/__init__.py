"""Noise: what the views do not share."""
