r"""What makes a restricted flow a flow: the manifold is invariant.

Soundness.  On the manifold x = f(rest), the flow moves what is left by its own rates with f put in; a curve of that
flow, with x = f along it, solves the whole flow if and only if the derivative of f along it is the rate of x, f put
in.  This is shown for every point of the restricted domain.  Each such point lies in the domain of the whole flow,
where its rates are smooth, so that no other solution starts there.  So whatever is shown of the restricted flow holds
for every solution of the whole flow that starts on the manifold, as long as what is left stays in the domain.
"""

from __future__ import annotations

import sympy as sp

from symjepa.exact.calculus import along
from symjepa.exact.facts import Fact
from symjepa.exact.sums import substitute
from symjepa.statements.descriptions import Restricted
from symjepa.verify.obligations.kinds import Decidable, Equal, HasSign, Shown, Smooth
from symjepa.verify.obligations.local import Local, local


def of_restriction(flow: Restricted) -> tuple[Decidable, ...]:
    """The premises of the rule `invariant-manifold`, in fresh symbols."""
    here = local(flow.whole, [e for _, e in flow.eliminated] + [fact.expr for fact in flow.where])
    gone = here.pairs(flow.eliminated)
    rates = {x: substitute(rate, gone) for x, rate in here.rates.items() if x not in gone}
    given = _domain(flow, here, set(gone))
    demands = (fact for fact in given if not set(fact.free_symbols) & set(rates))
    tangent = (
        Equal("tangent", along(value, rates), substitute(here.rates[x], gone), given) for x, value in gone.items()
    )
    inside = (
        HasSign("on the domain", substitute(fact.expr, gone), fact.kind, given, necessary=False)
        for fact in here.domain
        if set(fact.free_symbols) & set(gone)
    )
    return (
        *tangent,
        *inside,
        *(HasSign("on the domain", fact.expr, fact.kind, necessary=False) for fact in demands),
        Shown("on the domain", "what the whole flow demands of the state that is left is kept"),
        *here.smooth("regular", here.domain),
        *(Smooth("regular", value, given) for value in gone.values()),
    )


def _domain(flow: Restricted, here: Local, gone: set[sp.Expr]) -> tuple[Fact, ...]:
    """What is known of the state that is left."""
    kept = tuple(fact for fact in here.domain if not set(fact.free_symbols) & gone)
    return (*kept, *(Fact(here.renamed(fact.expr), fact.kind) for fact in flow.where))
