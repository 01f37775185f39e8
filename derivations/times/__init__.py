r"""Critical times: how long a balanced mode with a live teacher takes, from where to where, at every depth.

Time over amplitude is an integral (`jepa-time-integral`, `mae-time-integral`), and so is the critical time, from w = ε
to an amplitude or to a fraction of the final one (`critical-time`).  How it grows as ε → 0 is said with every constant
by `jepa-critical-time-expansion` and `mae-critical-time-expansion`; for more predictor layers by
`jepa-critical-time-orders`, and by `jepa-critical-time-logarithm` where there is a logarithm; to a fraction of what is
learned by `relative-critical-time`.  What happens at the two ends is `origin-escape` and `learned-approach`;
`logarithm-bound` is a lemma.
"""
