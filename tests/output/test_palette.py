"""Colours are readable on light and dark backgrounds, and distinguishable with every kind of colour blindness."""

from collections.abc import Sequence
from itertools import combinations
from math import dist

import pytest

from tasktimer.output.palette import ERROR, NOTE, PROJECTS, RUNNING, SHADES, project_color

LEVELS = (0, 95, 135, 175, 215, 255)
WHITE, BLACK = 1.0, 0.0  # luminance

# Matrices for linear RGB, from Machado, Oliveira and Fernandes (2009).
VISION = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def linear(color: int) -> list[float]:
    """The linear red, green and blue of a colour in the cube of the 256 colours."""
    cube = color - 16
    values = [LEVELS[number] / 255 for number in (cube // 36, cube // 6 % 6, cube % 6)]
    return [((value + 0.055) / 1.055) ** 2.4 if value > 0.04045 else value / 12.92 for value in values]


def product(rows: Sequence[Sequence[float]], vector: Sequence[float]) -> list[float]:
    return [sum(one * other for one, other in zip(row, vector, strict=True)) for row in rows]


def lab(color: int, vision: str) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as people see it."""
    seen = [min(1.0, max(0.0, value)) for value in product(VISION[vision], linear(color))]
    rows = ((0.4339, 0.3762, 0.1899), (0.2126, 0.7152, 0.0722), (0.0177, 0.1095, 0.8728))  # relative to white
    x, y, z = (value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116 for value in product(rows, seen))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("color", [*PROJECTS, *SHADES, RUNNING, ERROR, NOTE])
def test_contrast_is_sufficient_on_white_and_on_black(color: int) -> None:
    """At least 3:1, the minimum of the Web Content Accessibility Guidelines for large text and graphics."""
    (luminance,) = product([(0.2126, 0.7152, 0.0722)], linear(color))
    assert (WHITE + 0.05) / (luminance + 0.05) >= 3
    assert (luminance + 0.05) / (BLACK + 0.05) >= 3


@pytest.mark.parametrize("vision", VISION)
def test_projects_are_distinguishable(vision: str) -> None:
    assert min(dist(lab(one, vision), lab(other, vision)) for one, other in combinations(PROJECTS, 2)) > 12


def test_longer_times_are_darker() -> None:
    lightness = [lab(color, "normal")[0] for color in SHADES]
    assert lightness == sorted(lightness, reverse=True)


def test_color_of_project_is_stable() -> None:
    names = ("acme", "acme/website", "Zoë", "globex", "initech")
    assert [project_color(name) for name in names] == [29, 29, 29, 69, 94]
    assert {project_color(str(number)) for number in range(100)} == set(PROJECTS)
