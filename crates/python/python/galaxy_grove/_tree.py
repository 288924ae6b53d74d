"""Trees and cuts."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _grove
from ._encode import Encoded


def linkage(compared: Encoded | np.ndarray | Any, method: str | None = None, *, shuffled: bool = True) -> np.ndarray:
    """The tree of galaxies, as SciPy's linkage matrix ``[N - 1, 4]``.

    Parameters
    ----------
    compared : Encoded, or ndarray
        Codes (whole numbers of 8 bits, ``[N, width]`` or ``[N, 8, 8]``): Hamming distances. Anything else ``[N, D]``: vectors, by
        Euclidean distances, such as embeddings of another model.
    method : str, optional
        Codes: ``"reference"`` (default: Ward's formula on Hamming distances, as Cheng et al. 2021, SciPy's bits), ``"ward-euclidean"``,
        ``"average"``, ``"complete"``, ``"weighted"``, ``"single"``, ``"centroid"``, ``"median"``. Vectors: ``"ward"`` (default).
    shuffled : bool, default True
        Codes enter the tree in the order of the reference's shuffle, which decides ties. Off: as they come, which is
        ``scipy.cluster.hierarchy.linkage(pdist(codes, "hamming"), "ward")`` to the last bit.

    Notes
    -----
    Vectors need no matrix of distances: 200,000 of 16 numbers take half a minute and 150 MB.
    """
    values = compared.compared if isinstance(compared, Encoded) else np.asarray(compared)
    if values.dtype == np.uint8:
        codes = np.ascontiguousarray(values.reshape(len(values), -1))
        return _grove.linkage_codes(codes, method or "reference", shuffled)
    if method not in (None, "ward"):
        raise _grove.GroveError(f"vectors have Ward's linkage only, not {method!r}")
    return _grove.linkage_vectors(np.ascontiguousarray(values, dtype=np.float64))


def cut(
    z: np.ndarray, k: int | None = None, *, height: float | None = None, rule: str | None = None
) -> np.ndarray:
    """The group of each galaxy, from 1, numbered from left to right in the tree.

    Parameters
    ----------
    z : ndarray [N - 1, 4]
        A linkage matrix, of `linkage` or of SciPy.
    k : int, optional
        The number of groups. Without any of the three: as many as the tree suggests.
    height : float, optional
        Merges up to this height are made.
    rule : str, optional
        A rule such as ``"groups 9; split 7991; below 7988 at 1.25; smallest 20"``: branches with thresholds of their own.
    """
    return _grove.cut(np.ascontiguousarray(z, dtype=np.float64), k, height, rule)
