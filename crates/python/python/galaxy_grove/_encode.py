"""From cutouts to codes and vectors."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from . import _grove
from ._galaxies import Galaxies

Recipe = Literal["shape", "reference"]


@dataclass
class Encoded:
    """Cutouts as the networks see them.

    Attributes
    ----------
    recipe : str
        ``"shape"`` or ``"reference"``.
    codes : ndarray of uint8, [N, 8, 8]
        Numbers in the codebook, 0 to 15.
    vectors : ndarray of float64, [N, 16], or None
        Recipe ``shape``: what is clustered.
    unlike : ndarray of float64, [N], or None
        Recipe ``shape``: the share of the model's training galaxies that are less unusual; above 1 beyond all of them.
    histograms : ndarray of float32, [N, H], or None
        Recipe ``shape``: the ring histograms that vectors are made of.
    margins : ndarray of float32, [N, 8, 8], or None
        Recipe ``reference``: how far the second nearest code was behind the nearest.
    model_sha256 : str
        The SHA-256 of the model.
    """

    recipe: str
    codes: np.ndarray
    model_sha256: str
    vectors: np.ndarray | None = None
    unlike: np.ndarray | None = None
    histograms: np.ndarray | None = None
    margins: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def compared(self) -> np.ndarray:
        """What the tree is made of: vectors, or codes ``[N, 64]``."""
        return self.codes.reshape(len(self), -1) if self.vectors is None else self.vectors


def cutouts(galaxies: Any) -> np.ndarray:
    """The cutouts of galaxies, or an array of them."""
    images = galaxies.images if hasattr(galaxies, "images") else galaxies
    images = np.ascontiguousarray(images, dtype=np.float32)
    return images[np.newaxis] if images.ndim == 2 else images


def model_bytes(model: str | os.PathLike[str] | None) -> bytes | None:
    if model is None:
        return None
    with open(model, "rb") as file:
        return file.read()


def encode(
    galaxies: Galaxies | np.ndarray, recipe: Recipe = "shape", *, model: str | os.PathLike[str] | None = None
) -> Encoded:
    """Encode cutouts.

    Parameters
    ----------
    galaxies : Galaxies, or ndarray [N, 64, 64]
        Prepared cutouts. Raw pictures go through `prepare` first.
    recipe : {"shape", "reference"}
        ``shape``: a network that was trained to ignore turns, flips and brightness. ``reference``: the VQ-VAE of Cheng et al. 2021.
    model : path, optional
        Another model than the one that comes with the package.

    Raises
    ------
    GroveError
        When the array has another shape or holds what is no number, or the model cannot be read.
    """
    images = cutouts(galaxies)
    if recipe == "shape":
        found = _grove.encode_shape(images, model_bytes(model))
    elif recipe == "reference":
        found = _grove.encode_reference(images, model_bytes(model))
    else:
        raise _grove.GroveError(f"there is no recipe {recipe!r}: give 'shape' or 'reference'")
    return Encoded(recipe=recipe, **found)


def reconstruct(encoded: Encoded | np.ndarray, *, model: str | os.PathLike[str] | None = None) -> np.ndarray:
    """The images ``[N, 64, 64]`` that the model of the recipe ``reference`` makes of codes ``[N, 8, 8]``."""
    if isinstance(encoded, Encoded) and encoded.recipe != "reference":
        raise _grove.GroveError("codes of the recipe shape have no decoder: encode with recipe='reference'")
    codes = encoded.codes if isinstance(encoded, Encoded) else encoded
    return _grove.reconstruct(np.ascontiguousarray(codes, dtype=np.uint8), model_bytes(model))


def encode_batch(batch: Any, recipe: Recipe = "shape", *, model: str | os.PathLike[str] | None = None) -> Any:
    """Encode an Arrow record batch: what Dask, Ray and Spark call on each partition.

    Parameters
    ----------
    batch : Arrow record batch
        Of any library (``__arrow_c_array__``), with a column ``image``: lists of 4096 numbers of 32 bits, or 64 lists of 64.
        Other columns go through as they are.
    recipe : {"shape", "reference"}

    Returns
    -------
    pyarrow.RecordBatch
        Without ``image``, and with ``codes`` (lists of 64); for ``shape`` also ``vector`` (16) and ``unlike``. Without pyarrow an
        object that every Arrow library takes.
    """
    found = _grove.encode_batch(batch, recipe, model_bytes(model))
    try:
        import pyarrow
    except ImportError:
        return found
    return pyarrow.record_batch(found)
