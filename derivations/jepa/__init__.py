"""The live teacher: a balanced mode of a JEPA, for every depth."""
