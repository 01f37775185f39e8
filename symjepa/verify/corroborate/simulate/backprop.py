r"""The motion of every layer by backpropagation, written by hand: no word, no symbol, no loss is taken apart.

With the layers of encoder and predictor as one chain $X_N \cdots X_1 = P W$, prefixes $R_i = X_i \cdots X_1$ and the
downhill direction of the whole product $G = T - P W \Sigma^{xx}$, where T is $\overline W \Sigma^{yx}$ (latent) or
$\Sigma^{yx}$ (data), layer i moves downhill by $(X_N \cdots X_{i+1})^\top G\, R_{i-1}^\top$.  The factors on the
left are carried down the chain, the prefixes up: N - 1 products each, N - 1 to join them, one or two for G.  A shared
teacher adds $(P W \Sigma^{xy} - W \Sigma^{yy})$ to the direction of W.

Buffers are made once; every product is written where it is read.  Entries are floats, or exact numbers as objects.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from symjepa.model import EMA, LayerEMA, Shared
from symjepa.verify.corroborate.simulate.learner import Learner
from symjepa.verify.corroborate.simulate.moments import Array


def transposed(held: Array) -> Array:
    """The transposes of a batch of matrices, without a copy."""
    return held.swapaxes(-1, -2)


class Backprop:
    """The velocity of a batch of learners, and the buffers to compute it in.

    `forward(state)` forms the prefixes, `backward(state, out)` the motion of the student's layers from them, and
    `follow(state, out)` that of the teacher.
    """

    def __init__(self, learner: Learner) -> None:
        self.learner = learner
        self._chain = (*learner.encoder, *learner.predictor)
        self._depth = len(learner.encoder)
        self._decays = bool(np.any(learner.eta != 0))
        self._scaled = bool(np.any(learner.alpha != 1)) and bool(learner.predictor)
        self._prefixes: list[Array] = []
        self._products = self._buffers([learner.shapes[name][0] for name in self._chain[1:]])
        self._downs = self._buffers([learner.shapes[name][0] for name in self._chain[1:]])
        self._targets = self._buffers([learner.shapes[name][0] for name in learner.teacher[1:]])
        self._drive = self._one(learner.shapes[self._chain[-1]][0])
        self._branch = self._one(learner.shapes[learner.encoder[-1]][0])
        self._scratch: dict[tuple[int, ...], Array] = {}
        self._seen: dict[int, tuple[Array, dict[str, Array]]] = {}

    def _one(self, rows: int) -> Array:
        d = self.learner.Sxx.shape[-1]
        return np.empty((self.learner.members, rows, d), dtype=object if self.learner.exact else float)

    def _buffers(self, rows: Sequence[int]) -> list[Array]:
        return [self._one(count) for count in rows]

    def _views(self, state: Array) -> dict[str, Array]:
        """The layers in a state; arrays are few and are kept, so that none takes another's id."""
        if id(state) not in self._seen:
            self._seen[id(state)] = state, self.learner.views(state)
        return self._seen[id(state)][1]

    def __call__(self, state: Array, out: Array) -> None:
        """The velocity of the whole state, into `out`."""
        self.forward(state)
        self.backward(state, out)
        self.follow(state, out)

    def forward(self, state: Array) -> None:
        """Prefixes R_1, …, R_N of the chain."""
        held = self._views(state)
        self._prefixes = _prefixes([held[name] for name in self._chain], self._products)

    @property
    def encoder(self) -> Array:
        """W, after `forward`."""
        return self._prefixes[self._depth - 1]

    def backward(self, state: Array, out: Array) -> None:
        """The velocities of encoder and predictor layers, after `forward`."""
        held, moving = self._views(state), self._views(out)
        if len(self._chain) == 1:
            self._direction(held, moving[self._chain[0]])
        else:
            self._carry_down(held, moving)
        self._own_rates(held, moving)

    def _carry_down(self, held: dict[str, Array], moving: dict[str, Array]) -> None:
        down = self._downs[-1]
        self._direction(held, down)
        for i in range(len(self._chain) - 1, 0, -1):
            layer = self._chain[i]
            np.matmul(down, transposed(self._prefixes[i - 1]), out=moving[layer])
            below = self._downs[i - 2] if i > 1 else moving[self._chain[0]]
            np.matmul(transposed(held[layer]), down, out=below)
            if i == self._depth:
                self._through_target(below)
            down = below

    def _direction(self, held: dict[str, Array], out: Array) -> None:
        """G = T - P W Σxx; with a predictor of depth 0 a shared target adds its part at once."""
        case, whole = self.learner, self._prefixes[-1]
        np.matmul(whole, case.Sxx, out=self._drive)
        if case.model.latent:
            np.matmul(self._teacher(held), case.Syx, out=out)
            np.subtract(out, self._drive, out=out)
        else:
            np.subtract(case.Syx, self._drive, out=out)
        if self._depth == len(self._chain):
            self._through_target(out)

    def _teacher(self, held: dict[str, Array]) -> Array:
        own = self.learner.teacher
        if not own:
            return self.encoder
        return _prefixes([held[name] for name in own], self._targets)[-1]

    def _through_target(self, out: Array) -> None:
        """Adds P W Σxy - W Σyy, the direction of W through a target branch that is not stopped."""
        case = self.learner
        if not isinstance(case.model.teacher, Shared):
            return
        assert case.Syy is not None
        for sign, left, right in ((1, self._prefixes[-1], transposed(case.Syx)), (-1, self.encoder, case.Syy)):
            np.matmul(left, right, out=self._branch)
            (np.add if sign > 0 else np.subtract)(out, self._branch, out=out)

    def _own_rates(self, held: dict[str, Array], moving: dict[str, Array]) -> None:
        """The predictor's rate and weight decay: Ẋ = (α) downhill - η X."""
        case = self.learner
        for name in self._chain:
            if self._scaled and name in case.predictor:
                np.multiply(moving[name], case.alpha, out=moving[name])
            if self._decays:
                shrunk = self._scratch_like(held[name])
                np.multiply(held[name], case.eta, out=shrunk)
                np.subtract(moving[name], shrunk, out=moving[name])

    def _scratch_like(self, held: Array) -> Array:
        if held.shape not in self._scratch:
            self._scratch[held.shape] = np.empty(held.shape, dtype=held.dtype)
        return self._scratch[held.shape]

    def follow(self, state: Array, out: Array) -> None:
        """The velocity of a teacher that has matrices of its own, after `forward`: τ (student - teacher), or none."""
        held, moving = self._views(state), self._views(out)
        for name in self.learner.teacher:
            match self.learner.model.teacher:
                case EMA():
                    np.subtract(self.encoder, held[name], out=moving[name])
                case LayerEMA():
                    np.subtract(held[name.replace("Wbar", "W")], held[name], out=moving[name])
                case _:
                    moving[name][...] = 0
                    continue
            np.multiply(moving[name], self.learner.tau, out=moving[name])


def _prefixes(layers: Sequence[Array], buffers: Sequence[Array]) -> list[Array]:
    """X_1, X_2 X_1, …, the whole product; all but the first written into buffers."""
    found = [layers[0]]
    for layer, buffer in zip(layers[1:], buffers, strict=True):
        np.matmul(layer, found[-1], out=buffer)
        found.append(buffer)
    return found
