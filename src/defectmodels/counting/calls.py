"""The kernel as a C function with a name, which other compiled code calls without looking inside.

What numba compiles contains all that it calls, and is optimised together with it: a graph with the
kernel in it took 40 seconds longer to compile. This way the kernel is compiled once a machine, and a
graph holds its name only.

Invariant: the numbers are those of the kernel, from Python, from graphs and from many threads at once.
Shown by ``tests/test_sumproduct.py``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import llvmlite.binding as llvm
import numpy as np
from numba import cfunc, njit, types

from defectmodels.counting import kernel
from defectmodels.counting.kept import from_disk

_NAME = "defectmodels_counting"
_PIECE = 1000
"""Draws from which a second thread is worth it."""
FILES = (Path(kernel.__file__), Path(__file__))
"""What a compiled caller of the kernel is made of."""
_INT, _FLOAT = types.CPointer(types.int64), types.CPointer(types.float64)
_SIGNATURE = types.void(_INT, *[_FLOAT] * 4, _INT, *[_FLOAT] * 7)
_call = types.ExternalFunction(_NAME, _SIGNATURE)


@cache
def ready() -> None:
    """Compile the kernel or read it from disk, and make its name known to this process.

    Has to be called before any code that calls the kernel is run or read from disk.
    """
    made = from_disk(
        kernel.draw_many,
        FILES[:1],
        lambda: cfunc(_SIGNATURE, cache=True, error_model="numpy")(kernel.entry),
    )
    llvm.add_symbol(_NAME, made.address)
    _kept.append(made)
    from_disk(evaluate_one, FILES, lambda: None)


_kept: list[object] = []
"""What must not be collected while its address is in use."""


class Evaluated(NamedTuple):
    """Log probability of each set of statements, with its gradient.

    Attributes
    ----------
    log_z : np.ndarray (component,)
    dp, dmean, dsize, dweight : np.ndarray
        Derivatives of the log probability of the component in which each stands.
    truth : np.ndarray (pattern,)
        Posterior probability of each pattern of readings that are true.
    """

    log_z: np.ndarray
    dp: np.ndarray
    dmean: np.ndarray
    dsize: np.ndarray
    dweight: np.ndarray
    truth: np.ndarray


@njit(cache=True, nogil=True)
def evaluate_one(p, mean, size, weight, ints, floats):  # type: ignore[no-untyped-def]
    """`Evaluated`, for compiled code; `ready` has to come first."""
    # The program ends with these two.
    components, patterns = ints[len(ints) - 2], ints[len(ints) - 1]
    sizes = np.array(
        [len(p), len(mean), len(weight), len(ints), len(floats), components, patterns, 1]
    )
    p, mean, size = np.ascontiguousarray(p), np.ascontiguousarray(mean), np.ascontiguousarray(size)
    weight = np.ascontiguousarray(weight)
    # The program is long and always in one piece; a copy each time would cost more than the kernel.
    log_z, truth = np.empty(components), np.empty(patterns)
    dp, dmean, dsize = np.empty(len(p)), np.empty(len(mean)), np.empty(len(mean))
    dweight = np.empty(len(weight))
    _call(  # type: ignore[call-overload]
        sizes.ctypes,
        p.ctypes,
        mean.ctypes,
        size.ctypes,
        weight.ctypes,
        ints.ctypes,
        floats.ctypes,
        log_z.ctypes,
        dp.ctypes,
        dmean.ctypes,
        dsize.ctypes,
        dweight.ctypes,
        truth.ctypes,
    )
    return log_z, dp, dmean, dsize, dweight, truth


@njit(cache=True, nogil=True)
def evaluate_all(p, mean, size, weight, ints, floats):  # type: ignore[no-untyped-def]
    """Log probability of all statements together, with its gradient; `ready` has to come first."""
    log_z, dp, dmean, dsize, dweight, _ = evaluate_one(p, mean, size, weight, ints, floats)
    return np.asarray(log_z.sum()), dp, dmean, dsize, dweight


@njit(cache=True, nogil=True)
def _evaluate_many(p, mean, size, weight, ints, floats, components, patterns):  # type: ignore[no-untyped-def]
    log_z = np.empty((len(p), components))
    truth = np.empty((len(p), patterns))
    for i in range(len(p)):
        found = evaluate_one(p[i], mean[i], size[i], weight[i], ints, floats)
        log_z[i] = found[0]
        truth[i] = found[5]
    return log_z, truth


@njit(cache=True, nogil=True)
def _log_probabilities(p, mean, size, weight, ints, floats, components):  # type: ignore[no-untyped-def]
    links, free, weights = p.shape[1], mean.shape[1], weight.shape[1]
    patterns = ints[len(ints) - 1]
    sizes = np.array([links, free, weights, len(ints), len(floats), components, patterns, 0])
    log_z = np.empty((len(p), components))
    # Only filled where a value cannot be had without it.
    dp, dmean, dsize = np.empty(links), np.empty(free), np.empty(free)
    dweight, truth = np.empty(weights), np.empty(patterns)
    for i in range(len(p)):
        _call(  # type: ignore[call-overload]
            sizes.ctypes,
            p[i].ctypes,
            mean[i].ctypes,
            size[i].ctypes,
            weight[i].ctypes,
            ints.ctypes,
            floats.ctypes,
            log_z[i].ctypes,
            dp.ctypes,
            dmean.ctypes,
            dsize.ctypes,
            dweight.ctypes,
            truth.ctypes,
        )
    return log_z


def evaluate(
    p: np.ndarray,
    mean: np.ndarray,
    size: np.ndarray,
    weight: np.ndarray,
    ints: np.ndarray,
    floats: np.ndarray,
) -> Evaluated:
    """Run the kernel once.

    Parameters
    ----------
    p : np.ndarray (link,), share of a published total that a count takes
    mean, size : np.ndarray (free,), of the free parts; a size of 0 or less is Poisson
    weight : np.ndarray (weight,), of the readings of the statements and of their being untrue
    ints, floats : np.ndarray, the packed program
    """
    ready()
    return Evaluated(*evaluate_one(p, mean, size, weight, ints, floats))


def evaluate_many(
    p: np.ndarray,
    mean: np.ndarray,
    size: np.ndarray,
    weight: np.ndarray,
    ints: np.ndarray,
    floats: np.ndarray,
    components: int,
    patterns: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Log probability of each set, and truth of each pattern, for every draw (first axis)."""
    ready()

    def run(*draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        log_z, truth = _evaluate_many(*draws, ints, floats, components, patterns)  # type: ignore[call-arg]
        return log_z, truth

    log_z, truth = zip(*_in_threads(run, p, mean, size, weight), strict=True)
    return np.concatenate(log_z), np.concatenate(truth)


def log_probabilities(
    p: np.ndarray,
    mean: np.ndarray,
    size: np.ndarray,
    weight: np.ndarray,
    ints: np.ndarray,
    floats: np.ndarray,
    components: int,
) -> np.ndarray:
    """Log probability of each set for every draw (first axis), without what its gradient takes."""
    ready()

    def run(*draws: np.ndarray) -> np.ndarray:
        log_z: np.ndarray = _log_probabilities(*draws, ints, floats, components)  # type: ignore[call-arg]
        return log_z

    return np.concatenate(_in_threads(run, p, mean, size, weight))


def _in_threads[T](run: Callable[..., T], *draws: np.ndarray) -> list[T]:
    """Run pieces of the draws at once: the kernel runs without Python's lock."""
    pieces = min(os.cpu_count() or 1, 1 + len(draws[0]) // _PIECE)
    cut = list(zip(*(np.array_split(one, pieces) for one in draws), strict=True))
    if pieces == 1:
        return [run(*cut[0])]
    with ThreadPoolExecutor(pieces) as pool:
        return list(pool.map(lambda one: run(*one), cut))
