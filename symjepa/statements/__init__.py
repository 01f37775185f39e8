"""Claims, descriptions of flows, hypotheses and proofs as data.  Nothing here decides or derives anything."""
