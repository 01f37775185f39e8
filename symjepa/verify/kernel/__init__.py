"""The kernel: the only source of PROVED (`decide`) and of REFUTED (`refute`)."""
