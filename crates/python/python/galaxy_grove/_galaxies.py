"""Galaxies from files, arrays and the simulator."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import _grove
from ._columns import Columns


class RefusedWarning(UserWarning):
    """Some files gave no galaxy. ``Galaxies.files`` says which, and why."""


@dataclass(frozen=True)
class FileReport:
    """What came of one file.

    Attributes
    ----------
    file : str
        Its path; of a member of an archive the archive's path and its own in it.
    galaxies : int
        How many galaxies it gave.
    refused : bool
        Whether it gave none because something is wrong with it.
    verdict : str
        What there is to know of it, in words; "accepted" when nothing is.
    questions : list
        What it leaves open: (key, text, options, number of the option that was taken). ``choose={key: answer}`` answers.
    """

    file: str
    galaxies: int
    refused: bool
    verdict: str
    questions: list[tuple[str, str, list[str], int]]


@dataclass
class Galaxies:
    """Galaxies as 64 x 64 cutouts, and what is known of them.

    Attributes
    ----------
    ids : ndarray of int64, [N]
        Identifiers: those of the files, or running numbers.
    names : list of str
        The name of each, usually its file's.
    images : ndarray of float32, [N, 64, 64]
        Cutouts as the models see them, 0 to 1, top row first, the sky cleared.
    raw : ndarray of float32, [N, 64, 64]
        The same before the sky is cleared.
    columns : Columns
        What the files say: coordinates, filter, columns of tables; with ``structure=True`` the structure of each.
    files : list of FileReport
        What came of every file. Nothing is dropped in silence.
    sources : ndarray of int64, [N]
        The place of each galaxy's file in ``files``.
    remarks : list of str
        What there is to say of each galaxy.
    """

    ids: np.ndarray
    names: list[str]
    images: np.ndarray
    raw: np.ndarray
    columns: Columns = field(default_factory=lambda: Columns({}))
    files: list[FileReport] = field(default_factory=list)
    sources: np.ndarray | None = None
    remarks: list[str] | None = None
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        refused = sum(report.refused for report in self.files)
        files = f" of {len(self.files)} files, {refused} refused" if self.files else ""
        return f"Galaxies({len(self)}{files})"

    def __getitem__(self, rows: Any) -> Galaxies:
        """Some of them: a mask, a slice or row numbers."""
        rows = np.arange(len(self))[rows]
        rows = np.atleast_1d(rows)
        return Galaxies(
            ids=self.ids[rows],
            names=[self.names[row] for row in rows],
            images=self.images[rows],
            raw=self.raw[rows],
            columns=self.columns.take(rows),
            files=self.files,
            sources=None if self.sources is None else self.sources[rows],
            remarks=None if self.remarks is None else [self.remarks[row] for row in rows],
            notes=self.notes,
        )


def settings(
    *,
    prepare: bool = True,
    stretch: bool = True,
    half_side: float | None = None,
    orient: bool = False,
    structure: bool = False,
    sersic: bool = False,
    errors: bool = False,
    choose: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The keyword arguments of `read` and `prepare`, as the compiled part takes them."""
    return {
        "prepare": prepare,
        "stretch": stretch,
        "half_side": half_side,
        "orient": orient,
        "structure": structure,
        "sersic": sersic,
        "errors": errors,
        "choose": [(key, str(answer)) for key, answer in (choose or {}).items()],
    }


def read(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    progress: Callable[[int, int], None] | None = None,
    **how: Any,
) -> Galaxies:
    """Read galaxies from files and folders, as the command line and the page do.

    Parameters
    ----------
    paths : path or iterable of paths
        FITS images and tables, pictures, HDF5, NumPy arrays, bundles, archives, and folders of them.
    progress : callable, optional
        Called with the number of files that were read, and of all.
    prepare : bool, default True
        Find the galaxy, centre, crop, scale and clear. Off: resample each picture whole to 64 x 64.
    stretch : bool, default True
        Stretch linear data (FITS) first.
    half_side : float, optional
        Cut all galaxies at one scale: this many pixels to each side. Default: each fills its cutout.
    orient : bool, default False
        Turn each major axis to the horizontal. The reference does not.
    structure, sersic, errors : bool, default False
        Measure structure on the files' own pixels, into columns; with a Sersic fit; with errors.
    choose : mapping, optional
        Answers to what files leave open, such as ``{"band": 2}``; ``FileReport.questions`` lists what they ask.

    Returns
    -------
    Galaxies
        With a report on each file.

    Warns
    -----
    RefusedWarning
        When a file gave no galaxy.

    Raises
    ------
    GroveError
        For folders that cannot be listed or hold no files, and settings that mean nothing.
    """
    one = isinstance(paths, (str, os.PathLike))
    listed = [os.fspath(path) for path in ([paths] if one else paths)]
    return _galaxies(_grove.read_files(listed, settings(**how), progress))


def prepare(pictures: Any, *, names: Sequence[str] | None = None, **how: Any) -> Galaxies:
    """Make cutouts of pictures that Python has: arrays of light, or astropy's ``Cutout2D`` and ``CCDData``.

    Parameters
    ----------
    pictures : array, Cutout2D, CCDData, or a sequence of them
        Each of two dimensions, of any size, pixels proportional to flux, NaN where there is none; the first row is the lowest,
        as in arrays of FITS images. An array of three dimensions is a sequence. Coordinates (``wcs``) go into the columns.
    names : sequence of str, optional
        A name for each.
    **how
        As in `read`.

    Returns
    -------
    Galaxies
        One for each picture that shows a galaxy, in their order; ``files`` has a report on each picture.
    """
    listed = _pictures(pictures)
    if names is None:
        names = [f"picture {number}" for number in range(1, len(listed) + 1)]
    if len(names) != len(listed):
        raise _grove.GroveError(f"{len(names)} names for {len(listed)} pictures")
    contents = [_fits(picture) for picture in listed]
    return _galaxies(_grove.read_bytes(list(names), contents, settings(**how)))


def simulate(count: int, *, seed: int = 1, first: int = 0) -> Galaxies:
    """Make galaxies with the simulator: number ``first`` and those after it of the world ``seed``, the same on every machine.

    Columns ``kind``, ``angle_deg`` and ``axis_ratio`` say what each is.
    """
    found = _grove.simulate(count, seed, first)
    return Galaxies(**{**found, "columns": Columns(found["columns"])})


def _galaxies(found: dict[str, Any]) -> Galaxies:
    files = [
        FileReport(f["file"], f["galaxies"], f["refused"], f["verdict"], f["questions"]) for f in found["files"]
    ]
    refused = [report for report in files if report.refused]
    if refused:
        first = refused[0]
        warnings.warn(
            f"{len(refused)} of {len(files)} files gave no galaxy; the first: {first.file}: {first.verdict}",
            RefusedWarning,
            stacklevel=3,
        )
    return Galaxies(**{**found, "files": files, "columns": Columns(found["columns"])})


def _pictures(pictures: Any) -> list[Any]:
    if isinstance(pictures, np.ndarray):
        if pictures.ndim == 2:
            return [pictures]
        if pictures.ndim == 3:
            return list(pictures)
        raise _grove.GroveError(f"pictures have two dimensions, or are three with the galaxies first; not {pictures.ndim}")
    if hasattr(pictures, "data") and hasattr(pictures, "wcs"):
        return [pictures]
    return list(pictures)


def light(picture: Any) -> np.ndarray:
    """The pixels of an array, a Cutout2D or a CCDData; NaN where a mask says that there is no value."""
    data = picture if isinstance(picture, np.ndarray) else getattr(picture, "data", picture)
    mask = getattr(picture, "mask", None)
    data = np.ma.getdata(data) if isinstance(data, np.ma.MaskedArray) else np.asarray(data)
    return data if mask is None or not np.any(mask) else np.where(mask, np.nan, data)


def _fits(picture: Any) -> bytes:
    """The picture as a FITS file, so that it is read like one."""
    cards: list[str] = []
    if getattr(picture, "wcs", None) is not None:
        header = picture.wcs.to_header(relax=True)
        cards = [card.image for card in header.cards if card.keyword not in ("", "COMMENT", "HISTORY")]
    data = light(picture)
    if data.ndim != 2 or data.dtype.kind not in "fiub":
        raise _grove.GroveError(f"a picture is an array of numbers of two dimensions, not {data.dtype} of shape {data.shape}")
    bits = -64 if data.dtype.kind in "iu" and data.dtype.itemsize > 2 or data.dtype == np.float64 else -32
    plain = {"SIMPLE": "T", "BITPIX": bits, "NAXIS": 2, "NAXIS1": data.shape[1], "NAXIS2": data.shape[0]}
    lines = [f"{name:<8}= {value:>20}" for name, value in plain.items()]
    lines += [line for line in cards if not line.startswith("NAXIS")] + ["END"]
    header = "".join(f"{line:<80}" for line in lines).encode("ascii")
    body = np.ascontiguousarray(data, dtype=">f8" if bits == -64 else ">f4").tobytes()
    return _blocks(header, b" ") + _blocks(body, b"\0")


def _blocks(content: bytes, fill: bytes) -> bytes:
    return content + fill * (-len(content) % 2880)
