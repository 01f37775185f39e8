"""A training loop in NumPy: two encoder layers, one predictor layer, the target from the encoder itself, stopped."""

from typing import Any

Arrays = dict[str, Any]


def gradient(weights: Arrays, x: Any, y: Any) -> Arrays:
    """Of the mean of ½‖P W x - W y‖² over a batch, one pair per column; the target W y is held fixed."""
    W1, W2, P = weights["W_1"], weights["W_2"], weights["P_1"]
    residual = (P @ W2 @ W1 @ x - W2 @ W1 @ y) / x.shape[1]
    into_code = P.T @ residual
    return {"P_1": residual @ (W2 @ W1 @ x).T, "W_2": into_code @ (W1 @ x).T, "W_1": W2.T @ into_code @ x.T}


def gradient_that_forgot_to_stop(weights: Arrays, x: Any, y: Any) -> Arrays:
    """The same, but the target moves with the encoder."""
    W1, W2, P = weights["W_1"], weights["W_2"], weights["P_1"]
    residual = (P @ W2 @ W1 @ x - W2 @ W1 @ y) / x.shape[1]
    right = gradient(weights, x, y)
    return right | {"W_2": right["W_2"] - residual @ (W1 @ y).T, "W_1": right["W_1"] - W2.T @ residual @ y.T}


def train(weights: Arrays, x: Any, y: Any, rate: float, steps: int) -> Arrays:
    """Plain gradient descent."""
    for _ in range(steps):
        weights = {name: held - rate * gradient(weights, x, y)[name] for name, held in weights.items()}
    return weights
