r"""The order of learning: which of two features reaches its threshold first, and by how much.

One threshold for both is one question, a fraction of what each will learn another.  Where a feature is faster at every
amplitude it is first from every start: `learning-order`.  What a smaller influence costs in time is bounded in
`critical-time-difference`, relative to the time itself in `critical-time-ratio`, and there to leading order, with its
coefficient, in `critical-time-ratio-expansion`, and for one encoder layer in `critical-time-ratio-logarithm`.  Where
covariance and influence disagree the larger covariance is first from small starts, in both objectives:
`order-at-small-starts`; and the order turns at exactly one start: `order-crossing`.  With relative thresholds the order
can be the opposite one: `order-relative`.  At a finite start the two objectives can disagree: `order-inverted`.
"""
