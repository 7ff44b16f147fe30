"""How employers who cannot find their crew outbid the market: builders at a site, makers in a plant."""

from abm.subjects.building import Building


def next_premium(premium_share: float, unfilled_share: float, b: Building) -> float:
    """Premium over the market wage next month: up while jobs stay open, slowly down when all are filled.

    At the shipped numbers an employer short of a tenth of its crew or more raises by the full step; a fully manned one
    gives back a quarter step.
    """
    if unfilled_share > 0:
        pressed = min(1.0, unfilled_share / b.premium_full_shortage_share)
        return min(b.wage_premium_max_share, premium_share + b.wage_raise_share * pressed)
    return max(0.0, premium_share - b.wage_raise_share * b.premium_fall_share)
