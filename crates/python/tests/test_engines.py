"""2,000 galaxies on two workers of each engine, one of which is killed in the middle: the codes are those of one machine."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import galaxy_grove as gg

COUNT = 2000


@pytest.fixture(scope="module")
def cutouts(tmp_path_factory) -> Path:
    galaxies = gg.simulate(COUNT, seed=5)
    image = pa.FixedSizeListArray.from_arrays(pa.array(galaxies.images.reshape(-1)), 4096)
    path = tmp_path_factory.mktemp("cutouts") / "cutouts.parquet"
    pq.write_table(pa.table({"id": galaxies.ids, "image": image}), path, row_group_size=100)
    return path


@pytest.fixture(scope="module")
def expected() -> dict[int, tuple[list[int], list[float]]]:
    galaxies = gg.simulate(COUNT, seed=5)
    encoded = gg.encode(galaxies)
    rows = zip(galaxies.ids.tolist(), encoded.codes.reshape(COUNT, 64).tolist(), encoded.vectors.tolist(), strict=True)
    return {number: (codes, vector) for number, codes, vector in rows}


def check(folder: Path, expected) -> None:
    table = ds.dataset(folder, format="parquet", exclude_invalid_files=True).to_table()
    ids = table["id"].to_pylist()
    assert sorted(ids) == sorted(expected), "every galaxy once"
    for number, codes, vector in zip(ids, table["codes"].to_pylist(), table["vector"].to_pylist(), strict=True):
        assert (codes, vector) == expected[number]


def children(name: str) -> list[int]:
    """Processes of this user whose command line holds a name."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                if name in (folder / "cmdline").read_text().replace("\0", " "):
                    found.append(int(folder.name))
            except OSError:
                continue
    return found


class Killer(threading.Thread):
    """Kills one process by its name, once something was written."""

    def __init__(self, name: str, wait_for) -> None:
        super().__init__(daemon=True)
        self.name_of_victim, self.wait_for, self.killed = name, wait_for, None

    def run(self) -> None:
        while self.killed is None:
            victims = children(self.name_of_victim)
            if victims and self.wait_for():
                self.killed = max(victims)
                os.kill(self.killed, signal.SIGKILL)
            time.sleep(0.05)


def test_dask(cutouts, expected, tmp_path):
    from dask.distributed import Client, LocalCluster, as_completed

    from on_dask import encode_rows

    groups = pq.ParquetFile(cutouts).num_row_groups
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        work = client.map(lambda group: encode_rows(str(cutouts), group, str(tmp_path)), range(groups), retries=3)
        rows, killed = 0, None
        for future in as_completed(work):
            rows += future.result()
            if killed is None:
                killed = next(iter(cluster.workers.values())).pid
                os.kill(killed, signal.SIGKILL)
    assert rows >= COUNT
    check(tmp_path, expected)


def test_ray(cutouts, expected, tmp_path):
    import ray

    from on_ray import encode_table

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        killer = Killer("ray::MapBatches", lambda: True)
        killer.start()
        data = ray.data.read_parquet(str(cutouts))
        data.map_batches(encode_table, batch_format="pyarrow", batch_size=100).write_parquet(str(tmp_path))
        assert killer.killed, "a worker was killed"
    finally:
        ray.shutdown()
    check(tmp_path, expected)


@pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java")
def test_spark(cutouts, expected, tmp_path):
    from pyspark.sql import SparkSession

    from on_spark import SCHEMA, encode_batches

    # A task may fail three times.
    spark = (
        SparkSession.builder.master("local[2,4]")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "100")
        .config("spark.ui.enabled", "false")
        .config("spark.python.worker.faulthandler.enabled", "true")
        .getOrCreate()
    )
    try:
        out = tmp_path / "codes"
        begun = time.monotonic()
        # The daemon starts workers with its own command line: the youngest is one of them.
        killer = Killer("pyspark.daemon", lambda: len(children("pyspark.daemon")) > 1 and time.monotonic() - begun > 3)
        killer.start()
        read = spark.read.parquet(str(cutouts)).repartition(8)
        read.mapInArrow(encode_batches, SCHEMA).write.parquet(str(out))
        assert killer.killed, "a worker was killed"
    finally:
        spark.stop()
    check(out, expected)
