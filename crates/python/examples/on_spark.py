"""Codes with Spark: ``mapInArrow``.

``spark-submit on_spark.py cutouts.parquet codes/`` reads Parquet (columns ``id`` and ``image``, lists of 4096 numbers) and writes Parquet. Spark
runs a partition again whose worker died.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pyarrow as pa

import galaxy_grove as gg

#: Spark has no unsigned bytes: codes become 16-bit numbers.
CODES = "id long, codes array<short>"
SCHEMA = f"{CODES}, vector array<double>, unlike double"


def encode_batches(batches: Iterator[pa.RecordBatch], recipe: str = "shape") -> Iterator[pa.RecordBatch]:
    """Encode the batches of one partition; the recipe ``reference`` gives the columns of ``CODES`` only."""
    for batch in batches:
        found = gg.encode_batch(batch.select(["id", "image"]), recipe)
        columns = {"id": found.column("id"), "codes": pa.array(found.column("codes").to_pylist(), pa.list_(pa.int16()))}
        if recipe == "shape":
            columns["vector"] = pa.array(found.column("vector").to_pylist(), pa.list_(pa.float64()))
            columns["unlike"] = found.column("unlike")
        yield pa.record_batch(columns)


def main() -> None:
    from pyspark.sql import SparkSession

    # Its workers run this Python, where galaxy_grove is.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.master("local[2]").config("spark.sql.execution.arrow.maxRecordsPerBatch", "256").getOrCreate()
    read = spark.read.parquet(sys.argv[1])
    read.mapInArrow(encode_batches, SCHEMA).write.mode("overwrite").parquet(sys.argv[2])
    print(f"{spark.read.parquet(sys.argv[2]).count()} galaxies in {sys.argv[2]}")
    spark.stop()


if __name__ == "__main__":
    main()
