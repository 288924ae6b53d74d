"""2,000 galaxies on two workers of each engine, one of which is killed in the middle: the codes are those of one machine."""

import os
import shutil
import signal
import threading
import time
from functools import partial
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


def check(folder: Path, recipe: str) -> None:
    """Every galaxy is there once, with the numbers of one machine."""
    galaxies = gg.simulate(COUNT, seed=5)
    encoded = gg.encode(galaxies, recipe)
    table = ds.dataset(folder, format="parquet", exclude_invalid_files=True).to_table().sort_by("id")
    assert table["id"].to_pylist() == galaxies.ids.tolist()
    assert np.array_equal(np.array(table["codes"].to_pylist()), encoded.codes.reshape(COUNT, 64))
    if recipe == "shape":
        assert np.array_equal(np.array(table["vector"].to_pylist()), encoded.vectors)


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


def test_dask(cutouts, tmp_path):
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
    check(tmp_path, "shape")


def test_ray(cutouts, tmp_path):
    import ray

    from on_ray import encode_table

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        killer = Killer("ray::MapBatches", lambda: True)
        killer.start()
        data = ray.data.read_parquet(str(cutouts))
        encoded = data.map_batches(encode_table, batch_format="pyarrow", batch_size=100, fn_kwargs={"recipe": "reference"})
        encoded.write_parquet(str(tmp_path))
        assert killer.killed, "a worker was killed"
    finally:
        ray.shutdown()
    check(tmp_path, "reference")


@pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java")
def test_spark(cutouts, tmp_path):
    from pyspark.sql import SparkSession

    from on_spark import CODES, encode_batches

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
        # The daemon starts workers with its own command line: the youngest is one of them.
        killer = Killer("pyspark.daemon", lambda: len(children("pyspark.daemon")) > 1)
        killer.start()
        read = spark.read.parquet(str(cutouts)).repartition(8)
        read.mapInArrow(partial(encode_batches, recipe="reference"), CODES).write.parquet(str(out))
        assert killer.killed, "a worker was killed"
    finally:
        spark.stop()
    check(out, "reference")
