"""The known mistakes of `step_size`: each a wrong variant of the reference, a sentence, a hint."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from adcheck.model import Answer, Case, Mistake, Variant
from reference import step_size_closed_form as closed

Vector = npt.NDArray[Any]


# --------------------------------------------------------------------------- gd_loss


def _values(loss: Callable[[Vector, Vector], Any]) -> Variant:
    """A wrong value at each point; nothing is said of the gradients."""

    def variant(case: Case) -> list[Answer | None]:
        predicted: list[Answer | None] = []
        for alphas, x0 in case.data["points"]:
            predicted += [np.asarray(loss(alphas, x0)), None]
        return predicted

    return variant


def _zero_gradients(case: Case) -> list[Answer | None]:
    predicted: list[Answer | None] = []
    for alphas, x0 in case.data["points"]:
        predicted += [np.asarray(closed.closed_form_loss(alphas, x0)), np.zeros_like(alphas)]
    return predicted


def _shrunk(alphas: Vector, x0: Vector) -> Vector:
    return np.asarray(np.prod(1.0 - alphas) * x0)


def _f(x: Vector) -> float:
    return float(0.5 * (x @ x))


def _descent(step: Callable[[Vector, float, Vector], Vector]) -> Callable[[Vector, Vector], float]:
    """L where each step is `step(x, alpha, x0)`."""

    def loss(alphas: Vector, x0: Vector) -> float:
        x = x0
        for alpha in alphas:
            x = step(x, alpha, x0)
        return _f(x)

    return loss


def _history(alphas: Vector, x0: Vector) -> Vector:
    """The value of f at x_0, …, x_10."""
    factors = np.concatenate([[1.0], np.cumprod((1.0 - alphas) ** 2)])
    return np.asarray(_f(x0) * factors)


_FINAL = "Compare the function you end with to f(x)."
_OWN_STEP = "Each step has a size of its own."
_COUNT = "Count how often x is updated."
_VALUE = "L is one number, the value of f at the last point."

GD_LOSS = (
    Mistake(
        "gradient-zero",
        "The value is right, but its gradient is zero: for JAX the result does not depend on the "
        "alphas.",
        "Where does a number leave JAX on its way: a conversion, NumPy, something held constant?",
        _zero_gradients,
    ),
    Mistake("half-forgotten", "The value is twice as large as it should be.", _FINAL,
            _values(lambda a, x: 2.0 * closed.closed_form_loss(a, x))),
    Mistake(
        "half-forgotten-everywhere",
        "The factor of f is missing, both in the steps and in the value.",
        "Compare your f with the one in the statement, and its gradient too.",
        _values(lambda a, x: 2.0 * closed.closed_form_loss(2.0 * a, x)),
    ),
    Mistake("norm-not-squared", "This is half the norm of x_10, not half its square.", _FINAL,
            _values(lambda a, x: 0.5 * np.linalg.norm(_shrunk(a, x)))),
    Mistake("mean-for-sum", "The squares are averaged instead of added.",
            "Is the squared norm a mean or a sum?",
            _values(lambda a, x: closed.closed_form_loss(a, x) / x.size)),
    Mistake("mean-without-half", "The squares are averaged instead of added and halved.",
            "Is the squared norm a mean or a sum? And f has a factor.",
            _values(lambda a, x: 2.0 * closed.closed_form_loss(a, x) / x.size)),
    Mistake(
        "mean-everywhere",
        "The squares are averaged instead of added, both in the steps and in the value.",
        "Is the squared norm a mean or a sum? The gradient follows from it.",
        _values(lambda a, x: closed.closed_form_loss(a / x.size, x) / x.size),
    ),
    Mistake("gradient-doubled", "Each step goes twice as far as it should.",
            "What is the gradient of f(x), with its factor?",
            _values(lambda a, x: closed.closed_form_loss(2.0 * a, x))),
    Mistake("gradient-halved", "Each step goes half as far as it should.",
            "What is the gradient of f(x), with its factor?",
            _values(lambda a, x: closed.closed_form_loss(0.5 * a, x))),
    Mistake("nine-steps", "Only nine steps are made: the last alpha is not used.", _COUNT,
            _values(lambda a, x: closed.closed_form_loss(a[:-1], x))),
    Mistake("first-alpha-skipped", "Only nine steps are made: the first alpha is not used.",
            "Look at where your loop starts.",
            _values(lambda a, x: closed.closed_form_loss(a[1:], x))),
    Mistake("eleven-steps", "Eleven steps are made: the last alpha is used twice.", _COUNT,
            _values(lambda a, x: closed.closed_form_loss(np.append(a, a[-1]), x))),
    Mistake("eleven-steps", "Eleven steps are made: the first alpha is used twice.", _COUNT,
            _values(lambda a, x: closed.closed_form_loss(np.append(a, a[0]), x))),
    Mistake("first-alpha-for-all", "All ten steps use the first alpha.", _OWN_STEP,
            _values(lambda a, x: closed.closed_form_loss(np.full(a.size, a[0]), x))),
    Mistake("last-alpha-for-all", "All ten steps use the last alpha.", _OWN_STEP,
            _values(lambda a, x: closed.closed_form_loss(np.full(a.size, a[-1]), x))),
    Mistake("mean-alpha-for-all", "All ten steps use the mean of the alphas.", _OWN_STEP,
            _values(lambda a, x: closed.closed_form_loss(np.full(a.size, a.mean()), x))),
    Mistake("ascent", "The steps go uphill.", "Look at the sign in your update of x.",
            _values(lambda a, x: closed.closed_form_loss(-a, x))),
    Mistake("loss-at-start", "This is f(x_0), the value at the start.",
            "Is the updated x the one that the loss is taken of?",
            _values(lambda a, x: _f(x))),
    Mistake("returns-last-point", "This is the point x_10, not the value of f there.", _VALUE,
            _values(_shrunk)),
    Mistake("returns-last-point", "This is the point x_10, not the value of f there.", _VALUE,
            _values(lambda a, x: _shrunk(a, x)[:, None])),
    Mistake("entries-summed", "The entries of x_10 are added without being squared.", _FINAL,
            _values(lambda a, x: 0.5 * np.sum(_shrunk(a, x)))),
    Mistake(
        "gradient-at-start",
        "Every step uses the gradient at x_0.",
        "At which point is the gradient taken in the second step?",
        _values(lambda a, x: _f(x - a.sum() * x)),
    ),
    Mistake("sum-over-steps", "The values of f are added up over the steps.", _VALUE,
            _values(lambda a, x: _history(a, x)[1:].sum())),
    Mistake("sum-over-steps-with-start", "The values of f are added up, the start included.",
            _VALUE, _values(lambda a, x: _history(a, x).sum())),
    Mistake("mean-over-steps", "The values of f are averaged over the steps.", _VALUE,
            _values(lambda a, x: _history(a, x)[1:].mean())),
    Mistake("mean-over-steps", "The values of f are averaged over the steps.", _VALUE,
            _values(lambda a, x: _history(a, x).mean())),
    Mistake(
        "alphas-clipped",
        "Step sizes above 0.1 are cut off.",
        "They start in [0, 0.1], but tuning leads out of it.",
        _values(lambda a, x: closed.closed_form_loss(np.clip(a, 0.0, 0.1), x)),
    ),
    Mistake(
        "alphas-clipped",
        "Step sizes above 1 are cut off.",
        "Nothing in the definition of L keeps them below 1.",
        _values(lambda a, x: closed.closed_form_loss(np.clip(a, 0.0, 1.0), x)),
    ),
    Mistake("alphas-squared", "Each step uses the square of its alpha.",
            "Follow one alpha through your update of x.",
            _values(lambda a, x: closed.closed_form_loss(a**2, x))),
    Mistake(
        "normalised-gradient",
        "The gradient is divided by its norm before each step.",
        "Plain gradient descent uses the gradient itself.",
        _values(_descent(lambda x, a, x0: x - a * x / np.linalg.norm(x))),
    ),
    Mistake("relative-loss", "The value is divided by f(x_0).",
            "L is the value itself, not how much of the start is left.",
            _values(lambda a, x: closed.closed_form_loss(a, x) / _f(x))),
    Mistake("loss-difference", "This is how far f falls, not the value it falls to.", _VALUE,
            _values(lambda a, x: _f(x) - closed.closed_form_loss(a, x))),
    Mistake("log-loss", "This is the logarithm of the value.", _FINAL,
            _values(lambda a, x: np.log(closed.closed_form_loss(a, x)))),
    Mistake("returns-history", "These are the values of f along the way.", _VALUE,
            _values(_history)),
    Mistake("returns-history", "These are the values of f along the way.", _VALUE,
            _values(lambda a, x: _history(a, x)[1:])),
    Mistake("returns-history", "These are the values of f along the way.", _VALUE,
            _values(lambda a, x: _history(a, x)[:-1])),
)  # fmt: skip


# --------------------------------------------------------------------------- tune

End = Callable[[Vector, Vector, float, int], Any]
"""From alphas, x0, beta and the number of steps to what is returned."""


def _trajectories(end: End) -> Variant:
    """Where a wrong descent ends, for cases with a given beta and number of steps."""

    def variant(case: Case) -> Sequence[Answer | None]:
        if case.data["betas"] is None:
            return []
        count = case.data["num_steps"]
        with np.errstate(all="ignore"):
            return [
                np.asarray(end(start[0], start[1], beta, count))
                for start, beta in zip(case.data["starts"], case.data["betas"], strict=True)
            ]

    return variant


def plain(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    """Where plain gradient descent on L ends."""
    return np.asarray(closed.closed_form_trajectory(alphas, x0, beta, count)[-1])


def stepwise(update: Callable[[Vector, Vector, float, int], Any]) -> End:
    """A descent whose step from alphas along a gradient is `update(alphas, gradient, beta, k)`."""

    def end(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
        for k in range(count):
            alphas = np.asarray(update(alphas, closed.closed_form_gradient(alphas, x0), beta, k))
        return alphas

    return end


def heavy_ball(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    """Polyak's momentum with the usual factor 0.9."""
    velocity = np.zeros_like(alphas)
    for _ in range(count):
        velocity = 0.9 * velocity + closed.closed_form_gradient(alphas, x0)
        alphas = alphas - beta * velocity
    return alphas


def averaged_momentum(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    """Momentum as an exponential average of gradients."""
    velocity = np.zeros_like(alphas)
    for _ in range(count):
        velocity = 0.9 * velocity + 0.1 * closed.closed_form_gradient(alphas, x0)
        alphas = alphas - beta * velocity
    return alphas


def _nesterov(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    velocity = np.zeros_like(alphas)
    for _ in range(count):
        ahead = closed.closed_form_gradient(alphas + 0.9 * velocity, x0)
        velocity = 0.9 * velocity - beta * ahead
        alphas = alphas + velocity
    return alphas


def adam(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    """Adam with its usual constants. Source: Kingma and Ba, arXiv:1412.6980, algorithm 1."""
    first, second = np.zeros_like(alphas), np.zeros_like(alphas)
    for k in range(1, count + 1):
        gradient = closed.closed_form_gradient(alphas, x0)
        first, second = 0.9 * first + 0.1 * gradient, 0.999 * second + 0.001 * gradient**2
        unbiased = np.sqrt(second / (1 - 0.999**k)) + 1e-8
        alphas = alphas - beta * first / (1 - 0.9**k) / unbiased
    return alphas


def _scaled_by_squares(decay: float, gain: float, floor: float = 1e-8) -> End:
    """RMSprop (decay 0.9 or 0.99) and Adagrad (decay and gain 1)."""

    def end(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
        squares = np.zeros_like(alphas)
        for _ in range(count):
            gradient = closed.closed_form_gradient(alphas, x0)
            squares = decay * squares + gain * gradient**2
            alphas = alphas - beta * gradient / (np.sqrt(squares) + floor)
        return alphas

    return end


def one_after_the_other(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    """Each coordinate moves by a gradient that has seen the moves before it."""
    point = np.array(alphas)
    for _ in range(count):
        for j in range(point.size):
            point[j] -= beta * closed.closed_form_gradient(point, x0)[j]
    return point


def _some_move(moving: slice) -> End:
    def update(alphas: Vector, gradient: Vector, beta: float, k: int) -> Vector:
        moved = alphas.copy()
        moved[moving] -= beta * gradient[moving]
        return moved

    return stepwise(update)


def _nine_alphas(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    """A loss that leaves the last alpha out: it never moves, and the others feel it."""
    return np.append(plain(alphas[:-1], x0, beta, count), alphas[-1])


def _by_loss(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    for _ in range(count):
        alphas = alphas - beta * closed.closed_form_loss(alphas, x0)
    return alphas


def _quotients(step: float) -> End:
    """The gradient of L by forward differences; central ones are exact on quadratics."""

    def end(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
        for _ in range(count):
            here = closed.closed_form_loss(alphas, x0)
            steps = alphas + step * np.eye(alphas.size)
            ahead = np.array([closed.closed_form_loss(point, x0) for point in steps])
            alphas = alphas - beta * (ahead - here) / step
        return alphas

    return end


def _losses(first: int, last: int) -> End:
    """L along the way, from the start or after it, to the end or before it."""

    def end(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
        points = closed.closed_form_trajectory(alphas, x0, beta, count)[first : count + last]
        return np.array([closed.closed_form_loss(point, x0) for point in points])

    return end


def _best_so_far(alphas: Vector, x0: Vector, beta: float, count: int) -> Vector:
    points = closed.closed_form_trajectory(alphas, x0, beta, count)
    best: Vector = min(points, key=lambda point: float(closed.closed_form_loss(point, x0)))
    return best


USUAL_COUNTS = (5, 10, 20, 30, 50, 100, 200, 300, 500, 1000)
"""Numbers of steps that stand in a function which ignores its argument."""

_PLAIN = "Plain gradient descent uses the gradient itself, and nothing else."
_MEMORY = "Plain gradient descent keeps no memory of earlier gradients."
_ONE_STEP = "Count the updates for num_steps = 1."
_CONSTANT = "Is beta the same in every step, as the task asks?"
_RETURNED = "The tuned step sizes are asked for: what do you return?"
_DIFFERENCES = "The gradient of L is taken by difference quotients: close, but not exact."
_SCHEDULES: tuple[Callable[[int], float], ...] = (
    lambda k: 1 / (k + 1),
    lambda k: 1 / (k + 1) ** 0.5,
    *[lambda k, factor=factor: factor**k for factor in (0.5, 0.9, 0.95, 0.99, 0.999)],
)

TUNE = (
    Mistake(
        "unchanged",
        "The step sizes come back as they went in.",
        "JAX arrays cannot be changed in place: is the updated vector the one you return?",
        _trajectories(lambda a, x, b, n: a),
    ),
    Mistake("ascent", "The step sizes go uphill on L.", "Look at the sign in your update.",
            _trajectories(lambda a, x, b, n: plain(a, x, -b, n))),
    Mistake("one-step-too-many", "One step more than `num_steps` is made.", _ONE_STEP,
            _trajectories(lambda a, x, b, n: plain(a, x, b, n + 1))),
    Mistake("one-step-too-few", "One step less than `num_steps` is made.",
            f"{_ONE_STEP} Is it the newest vector that you return?",
            _trajectories(lambda a, x, b, n: plain(a, x, b, n - 1))),
    Mistake("single-step", "Only one step is made.", "Where does your loop end, and your function?",
            _trajectories(lambda a, x, b, n: plain(a, x, b, 1))),
    *[
        Mistake("num-steps-ignored", f"{count} steps are made, whatever `num_steps` is.",
                "Where does `num_steps` enter your loop?",
                _trajectories(lambda a, x, b, n, count=count: plain(a, x, b, count)))  # type: ignore[misc]
        for count in USUAL_COUNTS
    ],
    Mistake("beta-squared", "Beta is applied twice.", "Follow beta through one update.",
            _trajectories(lambda a, x, b, n: plain(a, x, b * b, n))),
    Mistake("beta-ignored", "The gradient is subtracted without beta.",
            "Where does beta enter the update?",
            _trajectories(lambda a, x, b, n: plain(a, x, 1.0, n))),
    Mistake("beta-divided", "Beta is divided by the number of steps.",
            "Follow beta through one update.",
            _trajectories(lambda a, x, b, n: plain(a, x, b / n, n))),
    Mistake("gradient-at-start", "Every step uses the gradient at the start.",
            "At which point is the gradient taken in the second step?",
            _trajectories(lambda a, x, b, n: a - n * b * closed.closed_form_gradient(a, x))),
    Mistake("half-forgotten-in-loss", "The gradient is twice as large as it should be.",
            "Compare the loss that you differentiate to f(x).",
            _trajectories(lambda a, x, b, n: plain(a, x, 2 * b, n))),
    Mistake("mean-in-loss", "The gradient is as many times too small as x0 has entries.",
            "Is a mean taken in the loss that you differentiate, where a sum is asked for?",
            _trajectories(lambda a, x, b, n: plain(a, x, b / x.size, n))),
    Mistake("sign-of-gradient", "Only the gradient's sign is used.", _PLAIN,
            _trajectories(stepwise(lambda a, g, b, k: a - b * np.sign(g)))),
    Mistake("normalised-gradient", "The gradient is scaled to length one.", _PLAIN,
            _trajectories(stepwise(lambda a, g, b, k: a - b * g / np.linalg.norm(g)))),
    Mistake("momentum", "This is descent with momentum.", _MEMORY, _trajectories(heavy_ball)),
    Mistake("momentum", "This is descent with momentum.", _MEMORY,
            _trajectories(averaged_momentum)),
    Mistake("nesterov", "This is descent with Nesterov's momentum.", _MEMORY,
            _trajectories(_nesterov)),
    Mistake("adaptive", "This is Adam, an adaptive method.", _MEMORY, _trajectories(adam)),
    Mistake("adaptive", "This is RMSprop, an adaptive method.", _MEMORY,
            _trajectories(_scaled_by_squares(0.9, 0.1))),
    Mistake("adaptive", "This is RMSprop, an adaptive method.", _MEMORY,
            _trajectories(_scaled_by_squares(0.99, 0.01))),
    Mistake("adaptive", "This is Adagrad, an adaptive method.", _MEMORY,
            _trajectories(_scaled_by_squares(1.0, 1.0))),
    Mistake("clipped-to-start-box", "The step sizes are kept within [0, 0.1].",
            "May they leave the interval in which they start?",
            _trajectories(stepwise(lambda a, g, b, k: np.clip(a - b * g, 0.0, 0.1)))),
    Mistake("clipped-to-unit-interval", "The step sizes are kept within [0, 1].",
            "A large beta takes them past 1: does plain descent hold them back?",
            _trajectories(stepwise(lambda a, g, b, k: np.clip(a - b * g, 0.0, 1.0)))),
    *[
        Mistake("kept-in-bounds", "The step sizes are kept from falling below zero.",
                "A large beta takes them below zero: does plain descent hold them back?",
                _trajectories(stepwise(lambda a, g, b, k, top=top: np.clip(a - b * g, 0.0, top))))  # type: ignore[misc]
        for top in (np.inf, 1.5, 2.0)
    ],
    Mistake("keeps-the-best", "The step sizes with the lowest L so far are returned.",
            "Which step sizes are asked for, the best or those after the last step?",
            _trajectories(_best_so_far)),
    *[
        Mistake("decaying-beta", "Beta gets smaller from step to step.", _CONSTANT,
                _trajectories(stepwise(lambda a, g, b, k, s=schedule: a - b * s(k) * g)))  # type: ignore[misc]
        for schedule in _SCHEDULES
    ],
    Mistake("mean-gradient", "All step sizes move by the mean of the gradient.",
            "Each step size has a partial derivative of its own.",
            _trajectories(stepwise(lambda a, g, b, k: a - b * np.mean(g)))),
    Mistake("only-first-alpha", "Only the first step size is tuned.",
            "How many entries of the vector does one update change?",
            _trajectories(_some_move(slice(0, 1)))),
    Mistake("last-alpha-left", "The last step size is never tuned.",
            "How many entries of the vector does one update change?",
            _trajectories(_some_move(slice(0, -1)))),
    Mistake("last-alpha-left", "The last step size is never tuned.",
            "Does the loss that you differentiate use all ten?",
            _trajectories(_nine_alphas)),
    Mistake(
        "one-after-the-other",
        "The step sizes are updated one after the other, each with a new gradient.",
        "In one step of gradient descent all coordinates move together.",
        _trajectories(one_after_the_other),
    ),
    Mistake("loss-for-gradient", "The value of L is subtracted instead of its gradient.",
            "What does jax.grad give, and what does L give?", _trajectories(_by_loss)),
    Mistake("increment-returned", "This is how far the step sizes moved, not where they ended.",
            _RETURNED, _trajectories(lambda a, x, b, n: plain(a, x, b, n) - a)),
    *[
        Mistake("history-only", "These are the values of L along the way.", _RETURNED,
                _trajectories(_losses(*bounds)))
        for bounds in ((0, 1), (0, 0), (1, 1))
    ],
    *[
        Mistake("finite-differences", _DIFFERENCES, "Which tool gives the exact gradient of L?",
                _trajectories(_quotients(step)), rounding=1e-14 / step)
        for step in (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
    ],
)  # fmt: skip


# --------------------------------------------------------------------------- local_optimality

Evidence = Callable[[Vector, Vector, Vector, Vector], Any]
"""From the gradient of L, its Hessian, alphas and x0 to what is returned."""


def _evidence(of: Evidence) -> Variant:
    """What a wrong answer makes of the right gradient and the right Hessian."""

    def variant(case: Case) -> list[Answer | None]:
        predicted: list[Answer | None] = []
        for alphas, x0 in case.data["points"]:
            gradient = closed.closed_form_gradient(alphas, x0)
            hessian = closed.closed_form_hessian(alphas, x0)
            returned = of(gradient, hessian, alphas, x0)
            if isinstance(returned, tuple):
                predicted.append(tuple(np.asarray(value, np.float64) for value in returned))
            else:
                predicted.append(np.asarray(returned, np.float64))
        return predicted

    return variant


def _norm_wrong(norm: Callable[[Vector], Any]) -> Variant:
    return _evidence(lambda g, h, a, x: (norm(g), np.linalg.eigvalsh(h)))


def _eigenvalues_wrong(eigenvalues: Callable[[Vector], Any]) -> Variant:
    return _evidence(lambda g, h, a, x: (np.linalg.norm(g), eigenvalues(h)))


def _in_x0(alphas: Vector, x0: Vector) -> Vector:
    """The gradient of L with respect to x0."""
    return np.asarray(np.prod((1.0 - alphas) ** 2) * x0)


_EUCLIDEAN = "The Euclidean norm of a vector is asked for, a single number."
_ALL_TEN = "All ten eigenvalues are asked for, as they are, in ascending order."
_ORDER = "A pair is asked for: the gradient norm first, then the eigenvalues."

OPTIMALITY = (
    Mistake("eigenvalues-descending", "The eigenvalues stand in descending order.", _ALL_TEN,
            _eigenvalues_wrong(lambda h: np.linalg.eigvalsh(h)[::-1])),
    Mistake("squared-norm", "The first entry is the square of the gradient norm.",
            "What is still missing from a sum of squares to be the Euclidean norm?",
            _norm_wrong(lambda g: g @ g)),
    Mistake("gradient-vector", "The first entry is the gradient itself, not its norm.", _EUCLIDEAN,
            _norm_wrong(lambda g: g)),
    Mistake("max-norm", "The first entry is the largest entry of the gradient.", _EUCLIDEAN,
            _norm_wrong(lambda g: np.max(np.abs(g)))),
    Mistake("sum-norm", "The first entry adds up the absolute entries of the gradient.", _EUCLIDEAN,
            _norm_wrong(lambda g: np.sum(np.abs(g)))),
    Mistake("root-mean-square", "The first entry is the root mean square of the gradient.",
            _EUCLIDEAN, _norm_wrong(lambda g: np.sqrt(np.mean(g**2)))),
    Mistake(
        "gradient-in-x0",
        "The gradient is taken with respect to x0.",
        "L is a function of the step sizes: which argument does jax.grad differentiate?",
        _evidence(lambda g, h, a, x: (np.linalg.norm(_in_x0(a, x)), np.linalg.eigvalsh(h))),
    ),
    Mistake(
        "gradient-in-x0",
        "Both derivatives are taken with respect to x0.",
        "L is a function of the step sizes: which argument do you differentiate?",
        _evidence(
            lambda g, h, a, x: (
                np.linalg.norm(_in_x0(a, x)), np.full(x.size, np.prod((1.0 - a) ** 2))
            )
        ),
    ),
    *[
        Mistake(
            "hessian-in-x0",
            "The eigenvalues are those of the Hessian with respect to x0.",
            "L is a function of the step sizes: which argument do you differentiate?",
            _evidence(
                lambda g, h, a, x, count=count: (  # type: ignore[misc]
                    np.linalg.norm(g), np.full(count or x.size, np.prod((1.0 - a) ** 2))
                )
            ),
        )
        for count in (10, 0)  # the first ten, or all
    ],
    Mistake("absolute-eigenvalues", "The signs of the eigenvalues are lost.",
            f"{_ALL_TEN} Singular values are something else.",
            _eigenvalues_wrong(lambda h: np.sort(np.abs(np.linalg.eigvalsh(h))))),
    Mistake("absolute-eigenvalues", "The signs of the eigenvalues are lost.",
            f"{_ALL_TEN} Singular values are something else.",
            _eigenvalues_wrong(lambda h: np.sort(np.abs(np.linalg.eigvalsh(h)))[::-1])),
    Mistake("smallest-eigenvalue", "Only the smallest eigenvalue is there.", _ALL_TEN,
            _eigenvalues_wrong(lambda h: np.linalg.eigvalsh(h)[0])),
    Mistake("smallest-eigenvalue", "Only the smallest eigenvalue is there.", _ALL_TEN,
            _eigenvalues_wrong(lambda h: np.linalg.eigvalsh(h)[:1])),
    Mistake("extreme-eigenvalues", "Only the smallest and the largest eigenvalue are there.",
            _ALL_TEN, _eigenvalues_wrong(lambda h: np.linalg.eigvalsh(h)[[0, -1]])),
    Mistake("diagonal-for-eigenvalues", "The second entry is the diagonal of the Hessian.",
            "A matrix that is not diagonal has other eigenvalues.", _eigenvalues_wrong(np.diag)),
    Mistake("diagonal-for-eigenvalues", "The second entry is the diagonal of the Hessian, sorted.",
            "A matrix that is not diagonal has other eigenvalues.",
            _eigenvalues_wrong(lambda h: np.sort(np.diag(h)))),
    Mistake("matrix-for-eigenvalues", "The second entry is the Hessian itself.",
            "Its eigenvalues are asked for.", _eigenvalues_wrong(lambda h: h)),
    Mistake(
        "gauss-newton",
        "These are the eigenvalues of the outer product of the gradient with itself.",
        "The Hessian holds second derivatives of L.",
        _evidence(lambda g, h, a, x: (np.linalg.norm(g), np.linalg.eigvalsh(np.outer(g, g)))),
        rounding=1e-9,  # nine of them are zero but for rounding
    ),
    Mistake("swapped", "The two entries stand the other way round.", _ORDER,
            _evidence(lambda g, h, a, x: (np.linalg.eigvalsh(h), np.linalg.norm(g)))),
    Mistake(
        "half-forgotten",
        "Both entries are twice as large as they should be.",
        "Compare the loss that you differentiate to f(x).",
        _evidence(lambda g, h, a, x: (2 * np.linalg.norm(g), 2 * np.linalg.eigvalsh(h))),
    ),
    Mistake(
        "divided-by-scale",
        "Both entries are divided by the squared norm of x0.",
        "The numbers themselves are asked for; what to compare them with is for your text.",
        _evidence(
            lambda g, h, a, x: (np.linalg.norm(g) / (x @ x), np.linalg.eigvalsh(h) / (x @ x))
        ),
    ),
    Mistake("loss-for-norm", "The first entry is L, not the norm of its gradient.",
            "Of what do you take the norm? Check which of your results is the gradient.",
            _evidence(
                lambda g, h, a, x: (closed.closed_form_loss(a, x), np.linalg.eigvalsh(h))
            )),
    Mistake("norm-only", "The eigenvalues are missing.", _ORDER,
            _evidence(lambda g, h, a, x: np.linalg.norm(g))),
    Mistake("eigenvalues-only", "The gradient norm is missing.", _ORDER,
            _evidence(lambda g, h, a, x: np.linalg.eigvalsh(h))),
)  # fmt: skip
