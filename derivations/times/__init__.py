r"""The live teacher: how long a balanced mode takes, from where to where, at every depth."""
