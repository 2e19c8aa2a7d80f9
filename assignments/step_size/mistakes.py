"""The known mistakes of `step_size`: each a wrong variant of the reference, a sentence, a hint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.model import Case, Mistake
from reference import step_size_closed_form as closed

Vector = npt.NDArray[Any]


# --------------------------------------------------------------------------- gd_loss


def _values(loss: Callable[[Vector, Vector], Any]) -> Callable[[Case], list[Vector | None]]:
    """A wrong value at each point; nothing is said of the gradients."""

    def variant(case: Case) -> list[Vector | None]:
        predicted: list[Vector | None] = []
        for alphas, x0 in case.data["points"]:
            predicted += [np.asarray(loss(alphas, x0)), None]
        return predicted

    return variant


def _zero_gradients(case: Case) -> list[Vector | None]:
    predicted: list[Vector | None] = []
    for alphas, x0 in case.data["points"]:
        predicted += [np.asarray(closed.closed_form_loss(alphas, x0)), np.zeros_like(alphas)]
    return predicted


def _shrunk(alphas: Vector, x0: Vector) -> Vector:
    return np.asarray(np.prod(1.0 - alphas) * x0)


GD_LOSS = (
    Mistake(
        "gradient-zero",
        "The value is right, but its gradient is zero: the result does not depend on the alphas "
        "for JAX.",
        "float(), .item() and NumPy functions cut the graph: stay with jax.numpy inside.",
        _zero_gradients,
    ),
    Mistake(
        "half-forgotten",
        "The value is twice as large as it should be.",
        "Compare the function you end with to f(x).",
        _values(lambda a, x: 2.0 * closed.closed_form_loss(a, x)),
    ),
    Mistake(
        "norm-not-squared",
        "This is half the norm of x_10, not half its square.",
        "Compare the function you end with to f(x).",
        _values(lambda a, x: 0.5 * np.linalg.norm(_shrunk(a, x))),
    ),
    Mistake(
        "mean-for-sum",
        "The squares are averaged instead of added.",
        "The squared norm is a sum.",
        _values(lambda a, x: closed.closed_form_loss(a, x) / x.size),
    ),
    Mistake(
        "mean-for-half-sum",
        "The squares are averaged instead of added and halved.",
        "The squared norm is a sum, and f(x) has a factor.",
        _values(lambda a, x: 2.0 * closed.closed_form_loss(a, x) / x.size),
    ),
    Mistake(
        "gradient-doubled",
        "Each step goes twice as far as it should.",
        "What is the gradient of f(x), with its factor?",
        _values(lambda a, x: closed.closed_form_loss(2.0 * a, x)),
    ),
    Mistake(
        "nine-steps",
        "Only nine steps are made: the last alpha is not used.",
        "Count how often x is updated.",
        _values(lambda a, x: closed.closed_form_loss(a[:-1], x)),
    ),
    Mistake(
        "first-alpha-skipped",
        "Only nine steps are made: the first alpha is not used.",
        "Look at where your loop starts.",
        _values(lambda a, x: closed.closed_form_loss(a[1:], x)),
    ),
    Mistake(
        "eleven-steps",
        "Eleven steps are made: the last alpha is used twice.",
        "Count how often x is updated.",
        _values(lambda a, x: closed.closed_form_loss(np.append(a, a[-1]), x)),
    ),
    Mistake(
        "first-alpha-for-all",
        "All ten steps use the first alpha.",
        "Each step has a size of its own.",
        _values(lambda a, x: closed.closed_form_loss(np.full(a.size, a[0]), x)),
    ),
    Mistake(
        "mean-alpha-for-all",
        "All ten steps use the mean of the alphas.",
        "Each step has a size of its own.",
        _values(lambda a, x: closed.closed_form_loss(np.full(a.size, a.mean()), x)),
    ),
    Mistake(
        "ascent",
        "The steps go uphill.",
        "Look at the sign in your update of x.",
        _values(lambda a, x: closed.closed_form_loss(-a, x)),
    ),
    Mistake(
        "loss-at-start",
        "This is f(x_0): no step is made.",
        "Is the updated x the one that the loss is taken of?",
        _values(lambda a, x: closed.closed_form_loss(0.0 * a, x)),
    ),
    Mistake(
        "returns-last-point",
        "This is the point x_10, not the value of f there.",
        "L is a number.",
        _values(_shrunk),
    ),
)


# --------------------------------------------------------------------------- tune


def _trajectories(
    end: Callable[[Vector, Vector, float, int], Any],
) -> Callable[[Case], Sequence[Vector | None]]:
    """Where a wrong descent ends, for cases with a given beta and number of steps."""

    def variant(case: Case) -> Sequence[Vector | None]:
        if case.data["betas"] is None:
            return []
        count = case.data["num_steps"]
        with np.errstate(all="ignore"):
            return [
                np.asarray(end(start[0], start[1], beta, count))
                for start, beta in zip(case.data["starts"], case.data["betas"], strict=True)
            ]

    return variant


def _plain(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    return np.asarray(closed.closed_form_trajectory(alphas, x0, beta, count)[-1])


def _stepwise(
    update: Callable[[Vector, Vector, float, int], Any],
) -> Callable[[Vector, Vector, float, int], Vector]:
    """A descent whose step from alphas along a gradient is `update(alphas, gradient, beta, k)`."""

    def end(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
        for k in range(count):
            alphas = np.asarray(update(alphas, closed.closed_form_gradient(alphas, x0), beta, k))
        return alphas

    return end


def _momentum(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    velocity = np.zeros_like(alphas)
    for _ in range(count):
        velocity = 0.9 * velocity + closed.closed_form_gradient(alphas, x0)
        alphas = alphas - beta * velocity
    return alphas


TUNE = (
    Mistake(
        "unchanged",
        "The step sizes come back as they went in.",
        "JAX arrays cannot be changed in place: is the updated vector the one you return?",
        _trajectories(lambda a, x, b, n: a),
    ),
    Mistake(
        "ascent",
        "The step sizes go uphill on L.",
        "Look at the sign in your update.",
        _trajectories(lambda a, x, b, n: _plain(a, x, -b, n)),
    ),
    Mistake(
        "one-step-too-many",
        "One step more than `num_steps` is made.",
        "Count the updates for num_steps = 1.",
        _trajectories(lambda a, x, b, n: _plain(a, x, b, n + 1)),
    ),
    Mistake(
        "one-step-too-few",
        "One step less than `num_steps` is made.",
        "Count the updates for num_steps = 1.",
        _trajectories(lambda a, x, b, n: _plain(a, x, b, n - 1)),
    ),
    Mistake(
        "single-step",
        "Only one step is made.",
        "Is the return inside the loop?",
        _trajectories(lambda a, x, b, n: _plain(a, x, b, 1)),
    ),
    Mistake(
        "beta-squared",
        "Beta is applied twice.",
        "Follow beta through one update.",
        _trajectories(lambda a, x, b, n: _plain(a, x, b * b, n)),
    ),
    Mistake(
        "beta-ignored",
        "The gradient is subtracted without beta.",
        "Where does beta enter the update?",
        _trajectories(lambda a, x, b, n: _plain(a, x, 1.0, n)),
    ),
    Mistake(
        "gradient-at-start",
        "Every step uses the gradient at the start.",
        "The gradient has to be taken again at each new point.",
        _trajectories(lambda a, x, b, n: a - n * b * closed.closed_form_gradient(a, x)),
    ),
    Mistake(
        "half-forgotten-in-loss",
        "The gradient is twice as large as it should be.",
        "Compare the loss that you differentiate to f(x).",
        _trajectories(lambda a, x, b, n: _plain(a, x, 2 * b, n)),
    ),
    Mistake(
        "sign-of-gradient",
        "Only the gradient's sign is used.",
        "Plain gradient descent uses the gradient itself.",
        _trajectories(_stepwise(lambda a, g, b, k: a - b * np.sign(g))),
    ),
    Mistake(
        "normalised-gradient",
        "The gradient is divided by its norm, or clipped to it.",
        "Plain gradient descent uses the gradient itself.",
        _trajectories(_stepwise(lambda a, g, b, k: a - b * g / np.linalg.norm(g))),
    ),
    Mistake(
        "momentum",
        "This is descent with momentum.",
        "Plain gradient descent keeps no memory of earlier gradients.",
        _trajectories(_momentum),
    ),
    Mistake(
        "clipped-to-start-box",
        "The step sizes are kept within [0, 0.1].",
        "They may leave the interval in which they start.",
        _trajectories(_stepwise(lambda a, g, b, k: np.clip(a - b * g, 0.0, 0.1))),
    ),
    Mistake(
        "decaying-beta",
        "Beta gets smaller from step to step.",
        "The task asks for a constant beta.",
        _trajectories(_stepwise(lambda a, g, b, k: a - b / (k + 1) * g)),
    ),
)

OPTIMALITY: tuple[Mistake, ...] = ()
