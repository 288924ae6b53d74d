"""Sort galaxies by shape, without labels.

Cutouts become codes (VQ-VAE, Cheng et al. 2021, arXiv:2009.11932) or vectors of shape, these a tree, and the tree groups::

    import galaxy_grove as gg

    galaxies = gg.read("cutouts/")
    encoded = gg.encode(galaxies)
    z = gg.linkage(encoded)
    labels = gg.cut(z, 8)

The numbers are those of the command line ``grove`` and of the page, bit for bit. All that takes long uses all cores, lets other Python
threads run, and stops at Ctrl-C.
"""

from ._columns import Columns
from ._encode import Encoded, encode, encode_batch, reconstruct
from ._galaxies import FileReport, Galaxies, RefusedWarning, prepare, read, simulate
from ._grove import GroveError, __version__
from ._show import show
from ._sorted import Sorted, open, sort
from ._structure import structure
from ._tree import cut, linkage

__all__ = [
    "Columns",
    "Encoded",
    "FileReport",
    "Galaxies",
    "GroveError",
    "RefusedWarning",
    "Sorted",
    "__version__",
    "cut",
    "encode",
    "encode_batch",
    "linkage",
    "open",
    "prepare",
    "read",
    "reconstruct",
    "show",
    "simulate",
    "sort",
    "structure",
]
