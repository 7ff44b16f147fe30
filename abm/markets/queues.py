"""First come, first served: whole requests of our own among a fluid of requests of others."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from abm.sums import add_cells


@njit(cache=True)
def serve(
    fringe: NDArray[np.float64],
    credit: NDArray[np.float64],
    capacity: NDArray[np.float64],
    last: int,
    place: NDArray[np.int64],
    cohort: NDArray[np.int64],
    size: NDArray[np.int64],
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Serve the queues of all places, oldest cohort first; within a cohort others before our own, small before large.

    A request of our own is served whole or not at all: what is left of the capacity waits as credit for the one at
    the head of the queue, and is lost when nobody waits.

    Args:
        fringe: what others have waiting, changed here, shape (n_places, n_cohorts).
        credit: capacity saved up for the head of the queue, changed here, shape (n_places,).
        capacity: what can be served now, shape (n_places,).
        last: the youngest cohort that may be served.
        place: of each request, rising, shape (n,).
        cohort: of each request, rising within a place, shape (n,).
        size: of each request, shape (n,).

    Returns:
        which requests are served, shape (n,), and how much of others is, shape (n_places,).
    """
    n = len(size)
    served = np.zeros(n, np.bool_)
    others = np.zeros(fringe.shape[0])
    row = 0
    for z in range(fringe.shape[0]):
        left = capacity[z] + credit[z]
        credit[z] = 0.0
        going = True
        for t in range(last + 1):
            take = min(fringe[z, t], left)
            fringe[z, t] -= take
            others[z] += take
            left -= take
            if fringe[z, t] > 0.0:
                break
            while row < n and place[row] == z and cohort[row] == t:
                if size[row] > left:
                    credit[z] = left
                    going = False
                    break
                left -= size[row]
                served[row] = True
                row += 1
            if not going:
                break
        while row < n and place[row] == z:
            row += 1
    return served, others


def in_order(place: NDArray[np.int64], cohort: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.int64]:
    """The order in which `serve` wants requests, shape (n,)."""
    return np.lexsort((size, cohort, place))


def ahead(
    fringe: NDArray[np.float64], place: NDArray[np.int64], cohort: NDArray[np.int64], size: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What is served up to and with each request, those of its cohort included, shape (n,)."""
    waiting = fringe.copy()
    add_cells(waiting, place, cohort, size)
    through: NDArray[np.float64] = waiting.cumsum(axis=1)[place, cohort]
    return through
