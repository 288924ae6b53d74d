//! A message on its way between threads: a small head through serde, and arrays. Each array is copied out of this program's
//! memory into a buffer of JavaScript's, which is handed over, and copied from there into the receiver's memory: WebAssembly
//! programs without shared memory cannot do with less.

use galaxy_grove::page_model::protocol::Buffer;
use js_sys::{Array, Float32Array, Float64Array, Object, Reflect, Uint8Array, Uint32Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// Why a message cannot be sent or understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a message between page and worker was damaged: {0}")]
pub struct EnvelopeError(String);

/// A message and what travels with it.
#[derive(Debug, Clone)]
pub struct Envelope<T> {
    /// The message.
    pub head: T,
    /// Its arrays, in the order that the message's documentation gives.
    pub buffers: Vec<Buffer>,
    /// A file of the user's: only a handle travels, not its bytes.
    pub file: Option<web_sys::File>,
}

impl<T> Envelope<T> {
    /// A message without arrays.
    pub fn new(head: T) -> Self {
        Self {
            head,
            buffers: Vec::new(),
            file: None,
        }
    }

    /// A message with arrays.
    pub fn with(head: T, buffers: Vec<Buffer>) -> Self {
        Self {
            head,
            buffers,
            file: None,
        }
    }

    /// The arrays one after another, empty ones when there are no more: `let [codes, margins] = envelope.take();`
    pub fn take<const N: usize>(&mut self) -> [Buffer; N] {
        Buffer::first(std::mem::take(&mut self.buffers))
    }
}

impl<T: Serialize> Envelope<T> {
    /// The JavaScript object to post, and the list of buffers to transfer.
    ///
    /// # Errors
    /// When the head cannot be expressed in JavaScript.
    pub fn to_js(&self) -> Result<(JsValue, Array), EnvelopeError> {
        to_js(&self.head, &self.buffers, self.file.as_ref())
    }
}

/// What [`Envelope::to_js`] makes, of parts that stay where they are: the arrays are copied into JavaScript's memory, so
/// the sender keeps its own, to send them again if they are lost.
///
/// # Errors
/// When the head cannot be expressed in JavaScript.
pub fn to_js<T: Serialize>(
    head: &T,
    buffers: &[Buffer],
    file: Option<&web_sys::File>,
) -> Result<(JsValue, Array), EnvelopeError> {
    let head = serde_wasm_bindgen::to_value(head).map_err(|e| EnvelopeError(e.to_string()))?;
    let (object, arrays, transfer) = (Object::new(), Array::new(), Array::new());
    for array in buffers {
        let (view, buffer) = array_to_js(array);
        arrays.push(&view);
        transfer.push(&buffer);
    }
    let file = file.map_or(JsValue::UNDEFINED, |file| JsValue::from(file.clone()));
    for (key, value) in [("head", head), ("buffers", arrays.into()), ("file", file)] {
        Reflect::set(&object, &key.into(), &value).map_err(|e| EnvelopeError(super::describe(&e)))?;
    }
    Ok((object.into(), transfer))
}

impl<T: DeserializeOwned> Envelope<T> {
    /// Understands what [`Self::to_js`] made.
    ///
    /// # Errors
    /// When the value is not such a message.
    pub fn from_js(value: &JsValue) -> Result<Self, EnvelopeError> {
        let get =
            |key: &str| Reflect::get(value, &key.into()).map_err(|e| EnvelopeError(super::describe(&e)));
        let head = serde_wasm_bindgen::from_value(get("head")?).map_err(|e| EnvelopeError(e.to_string()))?;
        let buffers = get("buffers")?;
        let buffers = match buffers.dyn_ref::<Array>() {
            Some(arrays) => arrays.iter().filter_map(|array| array_from_js(&array)).collect(),
            None => Vec::new(),
        };
        Ok(Self {
            head,
            buffers,
            file: get("file")?.dyn_into().ok(),
        })
    }
}

fn array_to_js(array: &Buffer) -> (JsValue, js_sys::ArrayBuffer) {
    match array {
        Buffer::U8(v) => {
            let array = Uint8Array::from(v.as_slice());
            (array.clone().into(), array.buffer())
        }
        Buffer::U32(v) => {
            let array = Uint32Array::from(v.as_slice());
            (array.clone().into(), array.buffer())
        }
        Buffer::F32(v) => {
            let array = Float32Array::from(v.as_slice());
            (array.clone().into(), array.buffer())
        }
        Buffer::F64(v) => {
            let array = Float64Array::from(v.as_slice());
            (array.clone().into(), array.buffer())
        }
    }
}

fn array_from_js(value: &JsValue) -> Option<Buffer> {
    if let Some(array) = value.dyn_ref::<Uint8Array>() {
        Some(Buffer::U8(array.to_vec()))
    } else if let Some(array) = value.dyn_ref::<Float32Array>() {
        Some(Buffer::F32(array.to_vec()))
    } else if let Some(array) = value.dyn_ref::<Uint32Array>() {
        Some(Buffer::U32(array.to_vec()))
    } else {
        value
            .dyn_ref::<Float64Array>()
            .map(|array| Buffer::F64(array.to_vec()))
    }
}
