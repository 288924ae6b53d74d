"""A table of columns, and its ways to other libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from astropy.table import Table


class Columns(Mapping[str, np.ndarray]):
    """Columns by name, one value a galaxy: a mapping from names to arrays.

    Parameters
    ----------
    columns : mapping
        Names and values, all of one length. Text becomes an array of objects.
    """

    def __init__(self, columns: Mapping[str, Any]) -> None:
        self._columns = {name: _array(values) for name, values in columns.items()}
        lengths = {len(values) for values in self._columns.values()}
        if len(lengths) > 1:
            raise ValueError(f"columns of {sorted(lengths)} rows make no table")
        self._rows = lengths.pop() if lengths else 0

    def __getitem__(self, name: str) -> np.ndarray:
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    @property
    def rows(self) -> int:
        """How many galaxies there are."""
        return self._rows

    def __repr__(self) -> str:
        return f"Columns({self.rows} rows: {', '.join(self)})"

    def take(self, rows: Any) -> Columns:
        """Some rows: a mask, a slice or row numbers."""
        return Columns({name: values[rows] for name, values in self.items()})

    def to_astropy(self) -> Table:
        """The same as an ``astropy.table.Table``."""
        from astropy.table import Table

        return Table({name: _plain(values) for name, values in self.items()})

    def to_pandas(self) -> Any:
        """The same as a ``pandas.DataFrame``."""
        import pandas

        return pandas.DataFrame({name: list(v) if v.ndim > 1 else v for name, v in self.items()})

    def to_arrow(self) -> Any:
        """The same as a ``pyarrow.Table``."""
        import pyarrow

        return pyarrow.table({name: pyarrow.array(v.tolist()) for name, v in self.items()})

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self.to_arrow().__arrow_c_stream__(requested_schema)


def _array(values: Any) -> np.ndarray:
    if isinstance(values, np.ndarray):
        return values
    values = list(values)
    if values and all(isinstance(value, str) for value in values):
        return np.array(values, dtype=object)
    return np.asarray(values)


def _plain(values: np.ndarray) -> np.ndarray:
    """Text as fixed-width strings, which FITS and VOTable take."""
    return values.astype(str) if values.dtype == object else values
