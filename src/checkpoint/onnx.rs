//! The encoder as an ONNX model (opset 13), for programs that run such models.
//!
//! Input `image`: f32 `[N, 1, 64, 64]`. Outputs `z`: f32 `[N, dim, 8, 8]`, and `codes`: i64 `[N, 8, 8]`, the nearest codes to it in single precision.

use super::architecture::CODEBOOK;
use super::weights::{WeightTensor, Weights};
use super::wire::put_varint;

/// Element types of ONNX.
const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// Types of attributes.
const ONE_INT: u64 = 2;
const SEVERAL_INTS: u64 = 7;

/// A message of Protocol Buffers while it is written.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn number(mut self, field: u64, value: u64) -> Self {
        put_varint(&mut self.0, field << 3);
        put_varint(&mut self.0, value);
        self
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        put_varint(&mut self.0, field << 3 | 2);
        put_varint(&mut self.0, bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: &Self) -> Self {
        self.bytes(field, &message.0)
    }
}

/// A graph while it is written.
#[derive(Default)]
struct Graph {
    message: Message,
    nodes: usize,
}

impl Graph {
    fn tensor(&mut self, name: &str, shape: &[usize], values: &[f32]) {
        let mut tensor = Message::default();
        for length in shape {
            tensor = tensor.number(1, *length as u64);
        }
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let tensor = tensor.number(2, FLOAT).text(8, name).bytes(9, &raw);
        self.message = std::mem::take(&mut self.message).message(5, &tensor);
    }

    /// Adds a node and returns the name of what it gives.
    fn node(&mut self, kind: &str, inputs: &[&str], attributes: &[(&str, &[i64])]) -> String {
        let output = format!("{}_{}", kind.to_lowercase(), self.nodes);
        self.nodes += 1;
        self.named(kind, inputs, attributes, &output);
        output
    }

    fn named(&mut self, kind: &str, inputs: &[&str], attributes: &[(&str, &[i64])], output: &str) {
        let mut node = Message::default();
        for input in inputs {
            node = node.text(1, input);
        }
        node = node.text(2, output).text(3, output).text(4, kind);
        for (name, values) in attributes {
            let attribute = Message::default().text(1, name);
            // Numbers below 0 are written as two's complements of 64 bits.
            let attribute = match values {
                [one] => attribute.number(3, *one as u64).number(20, ONE_INT),
                several => several
                    .iter()
                    .fold(attribute, |attribute, value| attribute.number(8, *value as u64))
                    .number(20, SEVERAL_INTS),
            };
            node = node.message(5, &attribute);
        }
        self.message = std::mem::take(&mut self.message).message(1, &node);
    }

    /// A convolution that keeps `size / stride`.
    fn convolution(&mut self, input: &str, scope: &str, weights: &Weights, stride: i64) -> String {
        let empty = WeightTensor {
            shape: Vec::new(),
            values: Vec::new(),
        };
        let mut kernel = 1;
        let names = ["w", "b"].map(|part| format!("{scope}/{part}"));
        for name in &names {
            let tensor = weights.get(name).unwrap_or(&empty);
            self.tensor(name, &tensor.shape, &tensor.values);
            if let [_, _, side, _] = tensor.shape[..] {
                kernel = side as i64;
            }
        }
        let [w, b] = &names;
        let pad = (kernel - 1) / 2;
        self.node(
            "Conv",
            &[input, w, b],
            &[
                ("kernel_shape", &[kernel; 2]),
                ("strides", &[stride; 2]),
                ("pads", &[pad; 4]),
            ],
        )
    }

    fn value(&mut self, field: u64, name: &str, kind: u64, shape: &[usize]) {
        let mut dimensions = Message::default().message(1, &Message::default().text(2, "N"));
        for length in shape {
            dimensions = dimensions.message(1, &Message::default().number(1, *length as u64));
        }
        let tensor = Message::default().number(1, kind).message(2, &dimensions);
        let value = Message::default()
            .text(1, name)
            .message(2, &Message::default().message(1, &tensor));
        self.message = std::mem::take(&mut self.message).message(field, &value);
    }
}

/// The bytes of the model file. `producer` is the version of the program, `facts` become its metadata.
#[must_use]
pub fn to_onnx(weights: &Weights, producer: &str, facts: &[(&str, &str)]) -> Vec<u8> {
    let sizes = weights.architecture();
    let mut graph = Graph::default();
    let mut h = "image".to_owned();
    for at in 1..=3 {
        h = graph.convolution(&h, &format!("encoder/enc_{at}"), weights, 2);
        h = graph.node("Relu", &[&h], &[]);
    }
    h = graph.convolution(&h, "encoder/enc_4", weights, 1);
    for block in 0..sizes.residual_layers {
        let inner = graph.node("Relu", &[&h], &[]);
        let inner = graph.convolution(&inner, &format!("encoder/res3x3_{block}"), weights, 1);
        let inner = graph.node("Relu", &[&inner], &[]);
        let inner = graph.convolution(&inner, &format!("encoder/res1x1_{block}"), weights, 1);
        h = graph.node("Add", &[&h, &inner], &[]);
    }
    h = graph.node("Relu", &[&h], &[]);
    let z = graph.convolution(&h, "to_vq", weights, 1);
    graph.named("Identity", &[&z], &[], "z");

    // The distance to a code, without what is the same for all: |w|² - 2 f w.
    let (dim, codes) = (sizes.embedding_dim, sizes.codebook);
    let codebook = weights.get(CODEBOOK).map_or(&[][..], |tensor| &tensor.values);
    let products: Vec<f32> = (0..dim)
        .flat_map(|at| {
            codebook
                .iter()
                .skip(at)
                .step_by(dim.max(1))
                .map(|value| -2.0 * value)
        })
        .collect();
    let norms: Vec<f32> = codebook
        .chunks_exact(dim.max(1))
        .map(|code| code.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>() as f32)
        .collect();
    graph.tensor("codebook/products", &[dim, codes], &products);
    graph.tensor("codebook/norms", &[codes], &norms);
    let last = graph.node("Transpose", &[&z], &[("perm", &[0, 2, 3, 1])]);
    let product = graph.node("MatMul", &[&last, "codebook/products"], &[]);
    let distance = graph.node("Add", &[&product, "codebook/norms"], &[]);
    graph.named(
        "ArgMin",
        &[&distance],
        &[("axis", &[-1]), ("keepdims", &[0])],
        "codes",
    );

    graph.value(11, "image", FLOAT, &[1, 64, 64]);
    graph.value(12, "z", FLOAT, &[dim, 8, 8]);
    graph.value(12, "codes", INT64, &[8, 8]);
    let graph = graph.message.text(2, "galaxy-grove encoder");
    let mut model = Message::default()
        .number(1, 7)
        .text(2, "galaxy-grove")
        .text(3, producer)
        .message(7, &graph)
        .message(8, &Message::default().text(1, "").number(2, 13));
    for (key, value) in facts {
        model = model.message(14, &Message::default().text(1, key).text(2, value));
    }
    model.0
}
