"""Formulas, reports and documents: how results are written, never what they say."""
