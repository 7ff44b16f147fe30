"""How loops over arrays are compiled; each file with a kernel names `njit`, for `abm._cache` looks for the word."""

from collections.abc import Callable
from typing import Any

from numba import njit

# For kernels that make no array: Numba counts references to what is passed in, which costs a small kernel more than
# what it does, and its compilation too. The option is Numba's own name for leaving it out.
lean_njit: Callable[[Callable[..., Any]], Callable[..., Any]] = njit(cache=True, _nrt=False)  # type: ignore[call-overload]
