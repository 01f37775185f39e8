r"""Ablations: what the predictor, the stop-gradient and the teacher are for.

Take one part away, or change its rate, and see which modes live.  Without a predictor a mode decays, stands or grows
with ρ (`no-predictor-collapse`), and a moving average only changes the pace (`no-predictor-ema`).  Without
stop-gradient every mode collapses if the views are not perfectly correlated (`no-stop-gradient-collapse`); if they
are, the start decides, for one predictor layer (`no-stop-gradient-survival`) and for more
(`no-stop-gradient-threshold`), and the losers fall below an explicit envelope (`no-stop-gradient-envelope`).  A frozen
teacher makes a regression (`frozen-teacher`), and a predictor that is always optimal freezes the encoder
(`predictor-rate`).  An oversized predictor sets a threshold for ρ (`imbalance-threshold`), which a moving average does
not move (`imbalance-threshold-ema`); `imbalance-signs-ema` has the other signs, and the law at the threshold, and
`imbalance-opposite-signs` student and teacher of opposite signs above it.  Layers out of balance set one too
(`unbalanced-layers`), at every depth for two groups of layers in each net (`unbalanced-groups`) and for any family of
layers (`unbalanced-families`).  Weight decay sets another, with a branch below (`weight-decay-threshold`), and for
reconstruction too (`weight-decay-reconstruction`); at the threshold itself a mode lands like 1/t
(`weight-decay-landing`).
"""
