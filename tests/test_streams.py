"""Random numbers by (seed, purpose, month, agent): reproducible, uniform, and each on its own."""

import numpy as np
import pytest

from abm import streams

MASK = (1 << 64) - 1
IDS = np.arange(20_000)
HIRE, QUIT = streams.purpose("hire"), streams.purpose("quit")


def splitmix_step(z):
    """The finaliser in Python integers, from the paper."""
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def uniform_on_paper(seed, why, month, agent):
    golden = 0x9E3779B97F4A7C15
    key = splitmix_step((seed + golden) & MASK)
    key = splitmix_step(key ^ ((why * golden) & MASK))
    key = splitmix_step((key + (month + 1) * golden) & MASK)
    return (splitmix_step((key + (agent + 1) * golden) & MASK) >> 11) * 2.0**-53


@pytest.mark.parametrize(("seed", "month", "agent"), [(1, 0, 0), (7, 67, 12_345), (0, 3, 9_999_999)])
def test_a_draw_is_the_hash_in_plain_integers(seed, month, agent):
    assert streams.uniform(seed, HIRE, month, agent) == uniform_on_paper(seed, int(HIRE), month, agent)


def test_compiled_and_plain_python_agree():
    ids = np.arange(50)
    with np.errstate(over="ignore"):
        for kernel, more in ((streams.uniforms, ()), (streams.normals, ()), (streams.lognormal_factors, (0.3,))):
            expected = kernel.py_func(5, HIRE, 3, ids, *more)
            np.testing.assert_allclose(kernel(5, HIRE, 3, ids, *more), expected, rtol=1e-12)  # log and cos may differ


def test_a_key_may_pass_through_python():
    """Numba takes a Python int for a signed number, which half of all keys do not fit."""
    for month in range(8):
        key = np.uint64(streams.month_key(1, HIRE, month))
        assert [streams.uniform_at(key, i) for i in range(5)] == streams.uniforms(1, HIRE, month, IDS[:5]).tolist()


def test_scalars_and_arrays_draw_the_same():
    drawn = streams.uniforms(4, HIRE, 2, IDS[:100])
    assert drawn.tolist() == [streams.uniform(4, HIRE, 2, i) for i in range(100)]


def test_draws_are_uniform():
    """Chi-square over 100 cells has mean 99 and standard deviation 14; 170 is five of those."""
    drawn = streams.uniforms(1, HIRE, 0, IDS)
    assert 0 <= drawn.min() <= drawn.max() < 1
    found = np.bincount((drawn * 100).astype(int), minlength=100)
    expected = len(IDS) / 100
    assert ((found - expected) ** 2 / expected).sum() < 170


@pytest.mark.parametrize(
    "other", [(2, HIRE, 0, IDS), (1, QUIT, 0, IDS), (1, HIRE, 1, IDS), (1, HIRE, 0, IDS + 1)], ids=str
)
def test_another_seed_purpose_month_or_agent_is_independent(other):
    """A correlation of independent draws has standard deviation 1/sqrt(20,000) = 0.007; 0.035 is five of those."""
    first, second = streams.uniforms(1, HIRE, 0, IDS), streams.uniforms(*other)
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.035
    assert (first == second).mean() == 0


def test_a_draw_depends_on_its_key_alone():
    """Who else draws, and in which order, changes nothing."""
    whole = streams.uniforms(1, HIRE, 5, IDS)
    shuffled = np.random.default_rng(3).permutation(IDS)
    assert np.array_equal(streams.uniforms(1, HIRE, 5, shuffled), whole[shuffled])
    assert np.array_equal(streams.uniforms(1, HIRE, 5, IDS[777:780]), whole[777:780])


def test_normals_have_mean_zero_and_deviation_one():
    """Standard errors are 0.007 and 0.005; five of those."""
    drawn = streams.normals(1, HIRE, 0, IDS)
    assert abs(drawn.mean()) < 0.035
    assert abs(drawn.std() - 1) < 0.025


def test_lognormal_factors_have_median_one():
    """The median of the logarithm has standard error 1.25 x 0.4 / sqrt(20,000) = 0.0035."""
    factors = streams.lognormal_factors(1, HIRE, 0, IDS, 0.4)
    assert abs(np.median(np.log(factors))) < 0.0175
    assert (streams.lognormal_factors(1, HIRE, 0, IDS[:5], 0.0) == 1).all()
    assert streams.uniforms(1, HIRE, 0, IDS[:0]).shape == (0,)


def test_purposes_are_the_same_everywhere():
    assert streams.purpose("123456789") == 0xCBF43926  # the check value in the definition of CRC-32
    assert HIRE != QUIT
