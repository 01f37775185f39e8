"""The reported alignment is enough for the modes to split, and nothing weaker is."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from flint import fmpq

import symjepa as sj
from symjepa.errors import FrameMismatch, SymjepaError
from symjepa.exact.words import Segment
from symjepa.flow import LayerRate, MatrixFlow, letters
from symjepa.modes.frames import alignment, ends, entry, free_entry, instances, monomial
from symjepa.modes.reduction import by_layer_amplitude, by_layers, scalars
from symjepa.symbols import k, l, lam, sigma2, u
from tests.reference.aligned import Aligned, frames_of, letters_in, outer_frames
from tests.reference.denotation import denoted
from tests.reference.learner import KINDS
from tests.strategies import model_with, symbolic_model

every_kind = pytest.mark.parametrize("kind", KINDS)
DEPTHS = [(1, 1), (3, 2), (2, 0)]
shapes = pytest.mark.parametrize(("depth_L", "depth_K"), DEPTHS, ids=str)


def demanded(flow: MatrixFlow) -> list[str]:
    return [end for members in alignment(flow).classes if len(members) > 1 for end in sorted(members)]


def situation(kind: str, depth_L: int, depth_K: int) -> Aligned:
    """All amplitudes different, so that nothing vanishes by accident."""
    pairs = lambda first, number: tuple((fmpq(first + i, 3), fmpq(first + 2 + 2 * i, 5)) for i in range(number))
    teacher = {"ema": 1, "frozen": 1, "ema-layers": depth_L}.get(kind, 0)
    data = pairs(2, 1) + pairs(3, 1) + pairs(4, 1) + pairs(1, 1)
    return Aligned(kind, pairs(1, depth_L), pairs(2, depth_K), pairs(3, teacher), *data, fmpq(2), fmpq(3), fmpq(1, 2))


def in_own_frames(flow: MatrixFlow, aligned: Aligned, turned: dict[str, fmpq]) -> dict[tuple[str, int], np.ndarray]:
    """The derived velocity of every matrix, seen from the frames of its two ends, when some ends are turned away."""
    frames = frames_of(alignment(flow).classes, turned)
    given = letters_in(aligned, frames)
    depth = {"W": len(aligned.W), "P": len(aligned.P), "Wbar": len(aligned.teacher)}
    motion = {}
    for moving in flow.rates:
        name = moving.factor.stack.name if isinstance(moving.factor, Segment) else moving.factor.name
        for number in range(1, depth[name] + 1) if moving.index else [0]:
            left, right = outer_frames(name, number, depth[name], frames)
            velocity = denoted(moving.rate, given, {l: sp.Integer(number), k: sp.Integer(number)})
            motion[name, number] = (
                left.T @ velocity @ right if not moving.rate.is_zero else np.zeros((2, 2), dtype=object)
            )
    return motion


def split(matrix: np.ndarray) -> bool:
    return bool(matrix[0, 1] == 0 and matrix[1, 0] == 0)


def model_at(kind: str, depth_L: int, depth_K: int) -> sj.Model:
    return model_with(kind, depth_L, depth_K, 3, 2 if depth_K else 1, sp.Rational(1, 2))


@every_kind
@shapes
def test_modes_split_under_the_reported_alignment(kind, depth_L, depth_K) -> None:
    if kind == "data" and depth_K == 0:
        return
    flow = sj.gradient_flow(model_at(kind, depth_L, depth_K))
    assert all(map(split, in_own_frames(flow, situation(kind, depth_L, depth_K), {}).values()))


@every_kind
@shapes
def test_one_frame_turned_away_mixes_the_modes(kind, depth_L, depth_K) -> None:
    """Every end of every class: the velocity of some matrix is no longer diagonal in the frames of its ends."""
    if kind == "data" and depth_K == 0:
        return
    flow, aligned = sj.gradient_flow(model_at(kind, depth_L, depth_K)), situation(kind, depth_L, depth_K)
    for end in (end for end in demanded(flow) if "@l" not in end):  # the generic layer is every numbered one
        turned = in_own_frames(flow, aligned, {end: fmpq(7, 11)})
        assert not all(map(split, turned.values())), end


@every_kind
@pytest.mark.parametrize(("depth_L", "depth_K"), [*DEPTHS, (sj.L, sj.K), (sj.L, 0)], ids=str)
def test_no_weaker_alignment_is_accepted(kind, depth_L, depth_K) -> None:
    if kind == "data" and depth_K == 0:
        return
    flow = sj.gradient_flow(model_with(kind, depth_L, depth_K, sj.tau, 1, sj.eta))
    accepted = [end for end in demanded(flow) if all_entries_typed(flow, alignment(flow).without(end))]
    assert demanded(flow) and accepted == []


def all_entries_typed(flow: MatrixFlow, frames: sj.modes.frames.Alignment) -> bool:
    values = scalars(by_layers)
    try:
        for family in flow.rates:
            for moving in instances(family):
                entry(moving.rate, moving.factor, frames, values)
    except FrameMismatch:
        return False
    return True


def test_a_mismatch_names_both_ends() -> None:
    flow = sj.gradient_flow(symbolic_model("live"))
    with pytest.raises(
        FrameMismatch, match=r"which moves W_l, two letters meet in different frames: align .*Syx.right"
    ) as refused:
        entry(flow.rates[0].rate, flow.rates[0].factor, alignment(flow).without("Syx.right"), scalars(by_layers))
    assert "Syx.right" in refused.value.parts.values()


def shown(kind: str, depth_K: sp.Expr = sj.K) -> set[tuple[str, ...]]:
    return set(alignment(sj.gradient_flow(symbolic_model(kind, depth_K))).shown)


def test_the_latent_target_needs_one_frame_on_each_side() -> None:
    assert shown("live") == {
        ("P.left", "P.right", "W.left"),
        ("Sxx.left", "Sxx.right", "Syx.left", "Syx.right", "W.right"),
    }


def test_the_data_target_leaves_the_target_frame_free_of_the_context() -> None:
    assert shown("data") == {
        ("P.left", "Syx.left"),
        ("P.right", "W.left"),
        ("Sxx.left", "Sxx.right", "Syx.right", "W.right"),
    }


def test_a_frozen_teacher_has_frames_of_its_own() -> None:
    assert shown("frozen") == {
        ("P.left", "Wbar.left"),
        ("P.right", "W.left"),
        ("Sxx.left", "Sxx.right", "Syx.right", "W.right"),
        ("Syx.left", "Wbar.right"),
    }


def test_a_moving_teacher_is_tied_to_the_student() -> None:
    latent = {("P.left", "P.right", "W.left", "Wbar.left")}
    assert latent < shown("ema")
    assert shown("ema-layers") - shown("ema") == {("W@l", "Wbar@l")}


def test_without_predictor_the_representation_needs_no_frame() -> None:
    assert shown("live", sp.S.Zero) == {("Sxx.left", "Sxx.right", "Syx.left", "Syx.right", "W.right")}


@every_kind
def test_a_symbolic_alignment_demands_at_the_outer_ends_what_every_numeric_one_does(kind) -> None:
    outer = lambda flow: {d for d in alignment(flow).shown if not any("@" in end for end in d)}
    symbolic = outer(sj.gradient_flow(symbolic_model(kind)))
    for depth_L, depth_K in [(1, 1), (1, 3), (3, 1), (2, 2), (4, 3)]:
        assert outer(sj.gradient_flow(model_with(kind, depth_L, depth_K))) == symbolic


def test_one_layer_has_no_frame_between_layers() -> None:
    assert not any(
        "@" in end for demand in alignment(sj.gradient_flow(model_with("ema-layers", 1, 1))).shown for end in demand
    )


def test_a_symbolic_predictor_has_at_least_one_layer() -> None:
    """Without a predictor a frozen teacher's left frame must be the encoder's; a symbolic depth does not stand for
    that case.
    """
    flow = sj.balanced(sj.aligned_modes(sj.gradient_flow(model_with("frozen", sj.L, sj.K))))
    with pytest.raises(SymjepaError, match="> 0"):
        flow.at({sj.K: 0})


# Off-diagonal entries: one covariance that is not diagonal.


def off_diagonal(kind: str, name: str, depth_L: int, depth_K: int, family: int) -> tuple[LayerRate, sp.Expr, Aligned]:
    flow, aligned = sj.gradient_flow(model_at(kind, depth_L, depth_K)), situation(kind, depth_L, depth_K)
    moving = flow.rates[family].at(sp.S.One)
    of = [scalars(lambda segment, mode=mode: by_layers(segment).subs(aligned.numbers(mode))) for mode in range(2)]
    at = [lambda f, mode=mode: sp.sympify(of[mode](f)).subs(aligned.numbers(mode)) for mode in range(2)]
    free = getattr(letters(flow.model), name)
    return moving, entry(moving.rate, moving.factor, alignment(flow), at[0], at[1], free), aligned


@pytest.mark.parametrize("name", ["Sxx", "Syx"])
@pytest.mark.parametrize("family", [0, 1], ids=["encoder", "predictor"])
@pytest.mark.parametrize("kind", ["live", "ema", "shared", "data"])
def test_an_off_diagonal_covariance_drifts_as_the_matrices_do(kind, family, name) -> None:
    moving, predicted, aligned = off_diagonal(kind, name, 3, 2, family)
    frames = lambda end: np.array([[fmpq(1), fmpq(0)], [fmpq(0), fmpq(1)]], dtype=object)
    given = letters_in(aligned, frames)
    ij, ji = fmpq(3, 7), fmpq(3, 7) if name == "Sxx" else fmpq(5, 2)
    given[name] = given[name] + np.array([[fmpq(0), ij], [ji, fmpq(0)]], dtype=object)
    motion = denoted(moving.rate, given, {})
    named = {
        sp.Symbol(f"{name}_ij", real=True): sp.Rational(3, 7),
        sp.Symbol(f"{name}_ji", real=True): sp.Rational(int(ji.p), int(ji.q)),
    }
    assert predicted.free_symbols and motion[0, 1] == fmpq(*map(int, predicted.subs(named).as_numer_denom()))


def test_a_letter_that_is_free_twice_is_refused() -> None:
    flow = sj.gradient_flow(symbolic_model("ema"))
    named, values = letters(flow.model), scalars(by_layer_amplitude({"W": u, "P": u, "Wbar": u}))
    twice = named.Syx.word() @ named.Sxx.word() @ named.Syx.word()
    with pytest.raises(FrameMismatch, match="holds Syx twice"):
        entry(twice, named.Syx, alignment(flow), values, values, named.Syx)


def test_an_off_diagonal_entry_needs_both_modes_and_the_free_letter() -> None:
    flow = sj.gradient_flow(symbolic_model("live"))
    moving, values = flow.rates[0], scalars(by_layers)
    with pytest.raises(FrameMismatch, match="needs the scalars of both modes and the one letter that is not diagonal"):
        entry(moving.rate, moving.factor, alignment(flow), values, values)
    with pytest.raises(FrameMismatch, match="needs the scalars of both modes"):
        entry(moving.rate, moving.factor, alignment(flow), values, free=letters(flow.model).Sxx)


def test_a_transposed_free_letter_gives_the_mirrored_entry() -> None:
    named = letters(symbolic_model("live"))
    assert free_entry(named.Syx).name == "Syx_ij"
    assert free_entry(named.Syx, transposed=True).name == "Syx_ji"
    assert free_entry(named.Sxx, transposed=True).name == "Sxx_ij"


def test_the_ends_of_a_transposed_letter_are_turned_round() -> None:
    named = letters(model_with("live", 3, 1))
    layer = named.encoder.layer(2).terms[0][0].factors[0]
    assert ends(layer) == ("W@2", "W@1")
    assert ends(layer.T) == ("W@1", "W@2")
    assert ends(named.Syx.T) == ("Syx.right", "Syx.left")


def test_equal_bases_are_collected_whatever_their_exponents() -> None:
    assert monomial([u ** (sj.L - l), u ** (l - 1), lam]) == lam * u ** (sj.L - 1)
    assert monomial([2, sigma2 * u, 3 * sigma2]) == 6 * sigma2**2 * u
    assert monomial([]) == 1
