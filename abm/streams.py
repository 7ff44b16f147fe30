"""Random numbers by (seed, purpose, month, agent): a counter hash, so no draw depends on another."""

import zlib

import numpy as np
from numba import njit
from numpy.typing import NDArray

# The finaliser of SplitMix64: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators".
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 2.0**-53


def purpose(name: str) -> np.uint64:
    """A number for a purpose, from its name, the same on every machine."""
    return np.uint64(zlib.crc32(name.encode()))


@njit(cache=True, inline="always")
def _mix(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> _S30)) * _MIX1
    z = (z ^ (z >> _S27)) * _MIX2
    return z ^ (z >> _S31)


@njit(cache=True)
def month_key(seed: int, why: np.uint64, month: int) -> np.uint64:
    """The part of the hash that is the same for all agents of a month; compute it outside the loop.

    Called from Python it comes back as an int: pass it on to a kernel as `np.uint64(key)`.
    """
    z = _mix(np.uint64(seed) + _GOLDEN)
    z = _mix(z ^ (np.uint64(why) * _GOLDEN))
    return _mix(z + np.uint64(month + 1) * _GOLDEN)


@njit(cache=True)
def month_keys(seed: int, why: NDArray[np.uint64], month: int) -> NDArray[np.uint64]:
    """A `month_key` for each of several purposes, shape (n_purposes,)."""
    keys = np.empty(len(why), np.uint64)
    for i in range(len(why)):
        keys[i] = month_key(seed, why[i], month)
    return keys


@njit(cache=True, inline="always")
def uniform_at(key: np.uint64, agent: int) -> float:
    """A number in [0, 1) for an agent under a `month_key`."""
    # A key that has passed through Python may be an int, which Numba would take as signed.
    return float(_mix(np.uint64(key) + (np.uint64(agent) + np.uint64(1)) * _GOLDEN) >> _S11) * _TO_UNIT


@njit(cache=True)
def uniform(seed: int, why: np.uint64, month: int, agent: int) -> float:
    """A number in [0, 1) for one agent, purpose and month."""
    return uniform_at(month_key(seed, why, month), agent)


@njit(cache=True)
def uniforms(seed: int, why: np.uint64, month: int, agents: NDArray[np.int64]) -> NDArray[np.float64]:
    """Numbers in [0, 1) for many agents, shape (n_agents,)."""
    key = month_key(seed, why, month)
    out = np.empty(len(agents))
    for i in range(len(agents)):
        out[i] = uniform_at(key, agents[i])
    return out


@njit(cache=True)
def normals(seed: int, why: np.uint64, month: int, agents: NDArray[np.int64]) -> NDArray[np.float64]:
    """Standard normal numbers for many agents by the Box-Muller method, shape (n_agents,)."""
    key = month_key(seed, why, month)
    out = np.empty(len(agents))
    for i in range(len(agents)):
        radius = np.sqrt(-2.0 * np.log(1.0 - uniform_at(key, 2 * agents[i])))
        out[i] = radius * np.cos(2.0 * np.pi * uniform_at(key, 2 * agents[i] + 1))
    return out


@njit(cache=True)
def lognormal_factors(
    seed: int, why: np.uint64, month: int, agents: NDArray[np.int64], log_sd: float
) -> NDArray[np.float64]:
    """Factors with median one and the given standard deviation of the logarithm, shape (n_agents,)."""
    return np.exp(log_sd * normals(seed, why, month, agents))
