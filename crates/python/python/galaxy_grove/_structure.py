"""Structure in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _grove
from ._columns import Columns
from ._encode import cutouts
from ._galaxies import Galaxies, _pictures, light


def structure(
    pictures: Galaxies | Any,
    *,
    errors: bool = False,
    sersic: bool = False,
    psf: np.ndarray | None = None,
    places: Sequence[tuple[float, float]] | None = None,
) -> Columns:
    """Measure concentration, asymmetry, smoothness, Gini, M20, radii, ellipticity, angle, entropy, gradient pattern; with a Sersic fit.

    Parameters
    ----------
    pictures : Galaxies, array, Cutout2D, or a sequence of arrays
        ``Galaxies``: their cutouts, which are stretched, so that numbers compare these galaxies only (for the files' own pixels use
        ``read(..., structure=True)``). Arrays: light, of two dimensions and any size, the first row the lowest.
    errors : bool
        Measure ten noisier copies, too: columns ``..._error``.
    sersic : bool
        Fit a Sersic profile (pictures of light only).
    psf : ndarray, optional
        The image of a star that the profile is blurred by, on the pictures' pixels.
    places : sequence of (x, y), optional
        Where the galaxy is on each picture, in pixels from the middle of the lowest left one. Default: nearest to the middle.

    Returns
    -------
    Columns
        One row a picture; NaN where a number would mean nothing; ``flags`` says why. Lengths are in pixels, angles in degrees from the
        x axis anticlockwise. Formulas and papers: docs/science.md.
    """
    if isinstance(pictures, Galaxies):
        if sersic or psf is not None or places is not None:
            raise _grove.GroveError("cutouts are stretched: a fit needs pictures of light, or read(..., sersic=True)")
        return Columns(_grove.structure_of_cutouts(cutouts(pictures), errors))
    if psf is not None:
        if not sersic:
            raise _grove.GroveError("psf is for the fit: give sersic=True")
        psf = np.ascontiguousarray(psf, dtype=np.float64)
    listed = [light(one) for one in _pictures(pictures)]
    if places is not None and len(places) != len(listed):
        raise _grove.GroveError(f"{len(places)} places for {len(listed)} pictures")
    columns: dict[str, list[Any]] = {}
    for at, one in enumerate(listed):
        pixels = np.ascontiguousarray(one, dtype=np.float32)
        place = None if places is None else tuple(places[at])
        for name, values in _grove.structure_of_light(pixels, errors, sersic, psf, place).items():
            columns.setdefault(name, []).extend(values)
    return Columns(columns)
