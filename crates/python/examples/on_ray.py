"""Codes with Ray Data: ``map_batches`` with Arrow batches.

``python on_ray.py cutouts.parquet codes/`` reads Parquet (columns ``id`` and ``image``, lists of 4096 numbers) and writes Parquet. Ray starts
tasks of a worker that dies again.
"""

from __future__ import annotations

import sys

import pyarrow as pa

import galaxy_grove as gg


def encode_table(table: pa.Table, recipe: str = "shape") -> pa.Table:
    """Encode one batch, which Ray hands over as an Arrow table."""
    batches = [gg.encode_batch(batch, recipe) for batch in table.combine_chunks().to_batches()]
    return pa.Table.from_batches(batches)


def main() -> None:
    import ray

    ray.init(num_cpus=2, include_dashboard=False)
    data = ray.data.read_parquet(sys.argv[1])
    data.map_batches(encode_table, batch_format="pyarrow", batch_size=256).write_parquet(sys.argv[2])
    print(f"{ray.data.read_parquet(sys.argv[2]).count()} galaxies in {sys.argv[2]}")


if __name__ == "__main__":
    main()
