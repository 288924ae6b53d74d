"""Sorted galaxies: the container that page and command line share."""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import _grove
from ._columns import Columns
from ._encode import Encoded, Recipe, encode
from ._galaxies import Galaxies
from ._tree import cut, linkage

FILE = "grove.safetensors"


@dataclass
class Sorted:
    """Galaxies with their tree and groups.

    Attributes
    ----------
    galaxies : Galaxies
        Ids, names, cutouts.
    encoded : Encoded
        Codes, vectors.
    structure : ndarray of float64, [N, 12]
        Measures of the cutouts, by the names in ``galaxy_grove._grove.MEASURES``.
    linkage : ndarray of float64, [N - 1, 4]
        The tree, as SciPy writes it.
    groups : dict of int to ndarray of int32, [N]
        For each number of groups the group of every galaxy, from 1.
    metadata : dict
        What was done: model, program, settings.
    """

    galaxies: Galaxies
    encoded: Encoded
    structure: np.ndarray
    linkage: np.ndarray
    groups: dict[int, np.ndarray]
    metadata: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.galaxies)

    def __repr__(self) -> str:
        return f"Sorted({len(self)} galaxies by {self.encoded.recipe}, groups: {', '.join(map(str, self.groups))})"

    def table(self) -> Columns:
        """Id, name, groups, structure and what the files say, one row a galaxy."""
        columns: dict[str, Any] = {"id": self.galaxies.ids, "file": self.galaxies.names}
        columns |= {f"group_{k}": labels for k, labels in self.groups.items()}
        if self.encoded.unlike is not None:
            columns["unlike"] = self.encoded.unlike
        measures = _grove.MEASURES[: self.structure.shape[1]]
        columns |= {f"structure_{name}": self.structure[:, at] for at, name in enumerate(measures)}
        columns |= {name: values for name, values in self.galaxies.columns.items() if name not in columns}
        return Columns(columns)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the container: into a folder as ``grove.safetensors``, or to a file whose name ends in ``.safetensors``.

        The page opens it, ``grove audit`` reads it, and ``grove place`` places galaxies into it.
        """
        path = Path(path)
        if path.suffix != ".safetensors":
            path.mkdir(parents=True, exist_ok=True)
            path = path / FILE
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(_grove.save(self._parts()))
        os.replace(partial, path)
        return path

    def place(self, new: Galaxies | np.ndarray | Encoded, *, model: str | os.PathLike[str] | None = None) -> Columns:
        """Find the groups of new galaxies; nothing of the tree changes.

        Returns
        -------
        Columns
            ``id`` where ``new`` has ids; for each number of groups k: ``group_k``, ``distance_k``, ``runner_up_k``, ``runner_up_distance_k``,
            ``confidence_k``; ``unlike``, ``nearest_id``, ``nearest_distance``.
        """
        encoded = new if isinstance(new, Encoded) else encode(new, self.encoded.recipe, model=model)  # type: ignore[arg-type]
        if encoded.model_sha256 != self.encoded.model_sha256:
            raise _grove.GroveError("the new galaxies were encoded by another model: give the model that sorted the others")
        codes = np.ascontiguousarray(encoded.codes, dtype=np.uint8)
        found = _grove.place(self._parts(), encoded.vectors, codes)
        columns: dict[str, Any] = {"id": new.ids, "file": new.names} if isinstance(new, Galaxies) else {}
        columns |= found
        if encoded.unlike is not None:
            columns["unlike"] = encoded.unlike
        return Columns(columns)

    def _parts(self) -> dict[str, Any]:
        metadata = {key: str(value) for key, value in self.metadata.items()}
        metadata["model_sha256"] = self.encoded.model_sha256
        return {
            "recipe": self.encoded.recipe,
            "ids": [int(number) for number in self.galaxies.ids],
            "names": list(self.galaxies.names),
            "images": np.ascontiguousarray(self.galaxies.images, dtype=np.float32),
            "codes": np.ascontiguousarray(self.encoded.codes, dtype=np.uint8),
            "vectors": self.encoded.vectors,
            "histograms": self.encoded.histograms,
            "unlike": self.encoded.unlike,
            "structure": np.ascontiguousarray(self.structure, dtype=np.float64),
            "linkage": np.ascontiguousarray(self.linkage, dtype=np.float64),
            "groups": [(int(k), [int(label) for label in labels]) for k, labels in self.groups.items()],
            "metadata": metadata,
        }


def sort(
    galaxies: Galaxies,
    k: int | Iterable[int] | None = None,
    recipe: Recipe = "shape",
    *,
    model: str | os.PathLike[str] | None = None,
) -> Sorted:
    """The whole way: encode, measure, build the tree, cut it.

    Parameters
    ----------
    galaxies : Galaxies
    k : int or ints, optional
        Numbers of groups. Default: as many as the tree suggests.
    recipe : {"shape", "reference"}
    model : path, optional
    """
    if len(galaxies) < 2:
        raise _grove.GroveError(f"{len(galaxies)} galaxies make no tree: give at least 2")
    encoded = encode(galaxies, recipe, model=model)
    measured = _grove.structure_of_cutouts(np.ascontiguousarray(galaxies.images, dtype=np.float32), False)
    names = [name for name in _grove.MEASURES if not name.startswith("sersic")]
    structure = np.stack([measured[name] for name in names], axis=1)
    z = linkage(encoded)
    if k is None:
        labels = cut(z)
        wanted = {int(labels.max()): labels}
    else:
        wanted = {int(number): cut(z, int(number)) for number in ([k] if isinstance(k, int) else k)}
    return Sorted(
        galaxies=galaxies,
        encoded=encoded,
        structure=structure,
        linkage=z,
        groups={number: labels.astype(np.int32) for number, labels in wanted.items()},
        metadata={"made_by": f"galaxy_grove {_grove.__version__} (Python)", "model_sha256": encoded.model_sha256},
    )


def open(path: str | os.PathLike[str]) -> Sorted:  # noqa: A001 - the name that a reader expects
    """Open sorted galaxies: the folder that ``grove sort`` or `Sorted.save` wrote, or its ``grove.safetensors``."""
    path = Path(path)
    if path.is_dir():
        path = path / FILE
    with builtins.open(path, "rb") as file:
        found = _grove.open(file.read())
    metadata = found["metadata"]
    encoded = Encoded(
        recipe=found["recipe"],
        codes=found["codes"],
        model_sha256=metadata.get("model_sha256", ""),
        vectors=found.get("vectors"),
        unlike=found.get("unlike"),
        histograms=found.get("histograms"),
    )
    galaxies = Galaxies(ids=found["ids"], names=found["names"], images=found["images"], raw=found["images"])
    groups = {int(k): np.asarray(labels, dtype=np.int32) for k, labels in found["groups"]}
    return Sorted(galaxies, encoded, found["structure"], found["linkage"], groups, metadata)
