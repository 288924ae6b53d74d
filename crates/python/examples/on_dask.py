"""Codes on a Dask cluster: one function for each partition, Arrow in and out.

``python on_dask.py cutouts.parquet codes/`` reads a Parquet file (columns ``id`` and ``image``, lists of 4096 numbers), encodes its row
groups on all workers of a local cluster, and writes one Parquet file a row group. A worker that dies is replaced, and its row groups are
encoded again. LSDB's and HATS's ``map_partitions`` take the same function through ``partition``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

import galaxy_grove as gg


def encode_rows(file: str, group: int, out: str, recipe: str = "shape") -> int:
    """Encode one row group, and write its codes. Returns how many galaxies there were."""
    table = pq.ParquetFile(file).read_row_group(group)
    batches = [gg.encode_batch(batch, recipe) for batch in table.to_batches()]
    path = Path(out) / f"part-{group:05}.parquet"
    partial = path.with_suffix(".partial")
    pq.write_table(pa.Table.from_batches(batches), partial)
    partial.replace(path)
    return table.num_rows


def partition(frame, recipe: str = "shape"):
    """The same for one pandas partition, as ``map_partitions`` hands it over."""
    batch = pa.RecordBatch.from_pandas(frame, preserve_index=False)
    return gg.encode_batch(batch, recipe).to_pandas()


def main() -> None:
    from dask.distributed import Client, LocalCluster, as_completed

    file, out = sys.argv[1], Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    groups = pq.ParquetFile(file).num_row_groups
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        work = client.map(lambda group: encode_rows(file, group, str(out)), range(groups), retries=3)
        done = sum(future.result() for future in as_completed(work))
    print(f"{done} galaxies in {groups} files in {out}")


if __name__ == "__main__":
    main()
