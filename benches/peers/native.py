"""One task of another program for `cargo xtask bench --peers`: as benches/paired.rs, for each line one run."""

import hashlib
import os
import resource
import subprocess
import sys
import time

task, folder = sys.argv[1], sys.argv[2]
GALAXIES = 512


def images():
    import numpy

    return numpy.fromfile(os.path.join(folder, "images.f32"), "<f4").reshape(-1, 1, 64, 64)


def codes():
    import numpy

    return numpy.fromfile(os.path.join(folder, "codes.u8"), "u1").reshape(-1, 64)


def vectors():
    import numpy

    return numpy.fromfile(os.path.join(folder, "vectors.f64"), "<f8").reshape(-1, 16)


def onnxruntime_encode():
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        os.path.join(folder, "galaxies.onnx"), options, providers=["CPUExecutionProvider"]
    )
    batch = images()

    def run():
        parts = [session.run(["codes"], {"image": batch[at : at + 32]})[0] for at in range(0, len(batch), 32)]
        return numpy.concatenate(parts).astype("u1").tobytes()

    return run


def tensorflow_function():
    """The encoder as a function of TensorFlow, and the galaxies as it takes them."""
    import onnx
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    tensors = {
        tensor.name: onnx.numpy_helper.to_array(tensor)
        for tensor in onnx.load(os.path.join(folder, "galaxies.onnx")).graph.initializer
    }
    weight = {name: value.transpose(2, 3, 1, 0) for name, value in tensors.items() if value.ndim == 4}
    batch = images().transpose(0, 2, 3, 1)

    def layer(x, name, stride):
        w = weight[name + "/w"]
        pad = (w.shape[0] - 1) // 2
        x = tensorflow.nn.conv2d(x, w, stride, [[0, 0], [pad, pad], [pad, pad], [0, 0]])
        return tensorflow.nn.bias_add(x, tensors[name + "/b"])

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([32, 64, 64, 1], tensorflow.float32)])
    def encode(x):
        for at in (1, 2, 3):
            x = tensorflow.nn.relu(layer(x, f"encoder/enc_{at}", 2))
        x = layer(x, "encoder/enc_4", 1)
        for at in (0, 1):
            inner = layer(tensorflow.nn.relu(x), f"encoder/res3x3_{at}", 1)
            x = x + layer(tensorflow.nn.relu(inner), f"encoder/res1x1_{at}", 1)
        z = layer(tensorflow.nn.relu(x), "to_vq", 1)
        distances = tensorflow.matmul(z, tensors["codebook/products"]) + tensors["codebook/norms"]
        return tensorflow.argmin(distances, -1, output_type=tensorflow.int32)

    return encode, batch


def tensorflow_encode():
    import numpy

    encode, batch = tensorflow_function()

    def run():
        parts = [encode(batch[at : at + 32]).numpy() for at in range(0, len(batch), 32)]
        return numpy.concatenate(parts).astype("u1").tobytes()

    return run


def tract_encode():
    import numpy
    import tract

    model = tract.onnx().load(os.path.join(folder, "galaxies.onnx"))
    model.set_input_fact(0, "32,1,64,64,f32")
    runnable = model.into_model().into_runnable()
    batch = images()

    def run():
        parts = [runnable.run([batch[at : at + 32]])[1].to_numpy() for at in range(0, len(batch), 32)]
        return numpy.concatenate(parts).astype("u1").tobytes()

    return run


def write_tflite():
    """The encoder as a file for LiteRT, by TensorFlow's converter."""
    import tensorflow

    encode = tensorflow_function()[0]
    converter = tensorflow.lite.TFLiteConverter.from_concrete_functions([encode.get_concrete_function()])
    with open(os.path.join(folder, "galaxies.tflite"), "wb") as file:
        file.write(converter.convert())
    return lambda: b""


def scipy_ward():
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist

    rows = codes()
    return lambda: linkage(pdist(rows, "hamming"), "ward")[:, 2].astype("<f8").tobytes()


def fastcluster_ward():
    import fastcluster
    from scipy.spatial.distance import pdist

    rows = codes()
    return lambda: fastcluster.linkage(pdist(rows, "hamming"), "ward")[:, 2].astype("<f8").tobytes()


def scipy_vectors():
    from scipy.cluster.hierarchy import linkage

    rows = vectors()
    return lambda: linkage(rows, "ward")[:, 2].astype("<f8").tobytes()


def fastcluster_vectors():
    import fastcluster

    rows = vectors()
    return lambda: fastcluster.linkage_vector(rows, "ward")[:, 2].astype("<f8").tobytes()


def grove_extract():
    """Our own command from an HDF5 file to a table of codes; the processor time is that of the child."""
    grove, model, galaxies = sys.argv[3:6]
    out = os.path.join(folder, "extracted.npy")
    command = [grove, "extract", "--model", model, galaxies, "--output", out, "--force"]

    def run():
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        import numpy

        return numpy.load(out).astype("u1").tobytes()

    return run


work = globals()[task]()
for _ in sys.stdin:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.process_time()
    found = work()
    seconds = time.process_time() - begun
    if task == "grove_extract":
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    print(seconds, hashlib.sha256(found).hexdigest(), flush=True)
