"""Sentences and formulas of others that several theorems adjudicate: rows of the ledger, without their readings."""

from symjepa.statements.statement import Printed

FIXED_POINTS = Printed(
    source="littwin2024jepa, Cor. 4.3",
    words=r"the fixed points of a mode are $w = \rho^L$ for JEPA and $w = \rho^{L/(L+1)}$ for MAE",
    seen="second-hand",
)
NOISE_DECAYS = Printed(
    source="the seed of this project, on pure noise",
    words="“pure-noise directions … have an effective signal that decays to zero”",
    seen="read",
    id="seed-pure-noise",
)
PREDICTABLE = Printed(
    source="the seed of this project, on convergence",
    words="“to a representation supported on the predictable subspace, with noise provably attenuated”",
    seen="read",
    id="seed-predictable-subspace",
)
VANISHING = Printed(
    source="the seed of this project, on the gradient",
    words="“a vanishing gradient filters the noise out of the encoder”",
    seen="read",
    id="seed-vanishing-gradient",
)
STATIONARY = Printed(
    source="the seed of this project, on stationary points",
    words=r"every stationary point with $P W = \overline{W} R$ has $P W n = 0$: a property of the loss",
    seen="second-hand",
    id="seed-stationary-points",
)
BOTTLENECK = Printed(
    source="the seed of this project, on bottlenecks",
    words="which features a bottleneck keeps is a property of the semi-gradient flow",
    seen="second-hand",
    id="seed-bottleneck",
)
GREEDY = Printed(
    source="littwin2024jepa, Fig. 2",
    words=r"only JEPA shows greedy learning in $\rho$",
    seen="second-hand",
    relayed="a summary of its caption",
    id="littwin2024jepa-fig-2-greedy",
)
INVERTED = Printed(
    source="littwin2024jepa, Fig. 2",
    words=r"where $\lambda$ rises as $\rho$ falls the order of learning is inverted between the objectives",
    seen="second-hand",
    relayed="a summary of its caption",
    id="littwin2024jepa-fig-2-inverted",
)
DEEP_ONLY = Printed(
    source="littwin2024jepa, on depth",
    words="the bias towards influential features emerges only in deep networks",
    seen="second-hand",
    relayed="a summary on the web",
    id="littwin2024jepa-deep-only",
)
DECOUPLES = Printed(
    source="littwin2024jepa, Sec. 3",
    words="under orthogonal and balanced initialisation the modes decouple",
    seen="second-hand",
    relayed="a summary of its assumptions",
    id="littwin2024jepa-decoupling",
)
BALANCE = Printed(
    source="tian2021directpred, Thm 1",
    words=r"$W W^\top - W_p^\top W_p$, in one place with $\alpha_p^{-1}$ before the second, goes like $e^{-2\eta t}$",
    seen="second-hand",
)
ONE_TEACHER = Printed(
    source="tian2021directpred, Assumption 1 and Eq. 13",
    words=r"the teacher is a multiple $\tau(t)$ of the student, the same for all modes",
    seen="second-hand",
    id="tian2021directpred-assumption-1",
)
UNSTABLE_ORIGIN = Printed(source="tian2021directpred, App. D.4", words="the origin is unstable", seen="second-hand")
NO_STOP = Printed(
    source="tian2021directpred, Thm 2",
    words="without stop-gradient the encoder goes to zero",
    seen="second-hand",
)
PLATEAU = Printed(
    source="davidcagoh-learning-order, its plateau",
    words=r"the amplitude has its plateau at $\rho^{1/L}$",
    seen="second-hand",
)
ASYMPTOTE = Printed(
    source="davidcagoh-learning-order, its asymptote",
    words=r"the encoder tends to $\sqrt{\rho\mu}$",
    seen="second-hand",
)
