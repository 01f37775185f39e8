r"""The teacher: what a moving average moves, and what it only delays.

A teacher that follows the student at a rate τ > 0, as an average of the whole encoder or of each layer, moves no fixed
point: `ema-fixed-points` lists them, lines of survival and of collapse, and says which of them a start reaches.  What
it changes is time.  `teacher-rates` is the one pair of rates from which all are made, with its limits; in
`ema-decay-rates` and `ema-layers` they are those of the mode, off balance and in balance, and of the layers; at every
depth they are those of two groups of layers in `ema-layer-groups`, with all that comes to rest, and of every single
layer, whatever the amplitudes and each rate with its multiplicity, in `ema-layers-spectrum`.
`mode-convergence` is global, and `teacher-order` compares the trajectories under the three teachers at all times.
Where the teacher is slow the student waits for it: `slow-teacher`, and `slow-teacher-error` for what this neglects.
"""
