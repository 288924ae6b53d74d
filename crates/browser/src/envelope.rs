//! A message on its way between threads: a small head through serde, and arrays whose memory changes hands.

use js_sys::{Array, Float32Array, Float64Array, Object, Reflect, Uint8Array, Uint32Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};

/// One array of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Bulk {
    /// Bytes: codes, thumbnails, files.
    U8(Vec<u8>),
    /// Node numbers.
    U32(Vec<u32>),
    /// Pixels, margins.
    F32(Vec<f32>),
    /// Heights.
    F64(Vec<f64>),
}

impl Bulk {
    /// The bytes, or nothing when the array is of another type.
    pub fn into_u8(self) -> Vec<u8> {
        if let Self::U8(v) = self { v } else { Vec::new() }
    }
    /// The integers, or nothing when the array is of another type.
    pub fn into_u32(self) -> Vec<u32> {
        if let Self::U32(v) = self { v } else { Vec::new() }
    }
    /// The numbers, or nothing when the array is of another type.
    pub fn into_f32(self) -> Vec<f32> {
        if let Self::F32(v) = self { v } else { Vec::new() }
    }
    /// The numbers, or nothing when the array is of another type.
    pub fn into_f64(self) -> Vec<f64> {
        if let Self::F64(v) = self { v } else { Vec::new() }
    }

    fn to_js(&self) -> (JsValue, js_sys::ArrayBuffer) {
        match self {
            Self::U8(v) => {
                let array = Uint8Array::from(v.as_slice());
                (array.clone().into(), array.buffer())
            }
            Self::U32(v) => {
                let array = Uint32Array::from(v.as_slice());
                (array.clone().into(), array.buffer())
            }
            Self::F32(v) => {
                let array = Float32Array::from(v.as_slice());
                (array.clone().into(), array.buffer())
            }
            Self::F64(v) => {
                let array = Float64Array::from(v.as_slice());
                (array.clone().into(), array.buffer())
            }
        }
    }

    fn from_js(value: &JsValue) -> Option<Self> {
        if let Some(array) = value.dyn_ref::<Uint8Array>() {
            Some(Self::U8(array.to_vec()))
        } else if let Some(array) = value.dyn_ref::<Float32Array>() {
            Some(Self::F32(array.to_vec()))
        } else if let Some(array) = value.dyn_ref::<Uint32Array>() {
            Some(Self::U32(array.to_vec()))
        } else {
            value
                .dyn_ref::<Float64Array>()
                .map(|array| Self::F64(array.to_vec()))
        }
    }
}

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
    pub bulk: Vec<Bulk>,
    /// A file of the user's: only a handle travels, not its bytes.
    pub file: Option<web_sys::File>,
}

impl<T> Envelope<T> {
    /// A message without arrays.
    pub fn new(head: T) -> Self {
        Self {
            head,
            bulk: Vec::new(),
            file: None,
        }
    }

    /// A message with arrays.
    pub fn with(head: T, bulk: Vec<Bulk>) -> Self {
        Self {
            head,
            bulk,
            file: None,
        }
    }

    /// The arrays one after another, empty ones when there are no more: `let [codes, margins] = envelope.take();`
    pub fn take<const N: usize>(&mut self) -> [Bulk; N] {
        let mut arrays = std::mem::take(&mut self.bulk).into_iter();
        std::array::from_fn(|_| arrays.next().unwrap_or_else(|| Bulk::U8(Vec::new())))
    }
}

impl<T: Serialize> Envelope<T> {
    /// The JavaScript object to post, and the list of buffers to transfer.
    ///
    /// # Errors
    /// When the head cannot be expressed in JavaScript.
    pub fn to_js(&self) -> Result<(JsValue, Array), EnvelopeError> {
        let head = serde_wasm_bindgen::to_value(&self.head).map_err(|e| EnvelopeError(e.to_string()))?;
        let (object, bulk, transfer) = (Object::new(), Array::new(), Array::new());
        for array in &self.bulk {
            let (view, buffer) = array.to_js();
            bulk.push(&view);
            transfer.push(&buffer);
        }
        let file = self
            .file
            .as_ref()
            .map_or(JsValue::UNDEFINED, |file| JsValue::from(file.clone()));
        for (key, value) in [("head", head), ("bulk", bulk.into()), ("file", file)] {
            Reflect::set(&object, &key.into(), &value).map_err(|e| EnvelopeError(super::describe(&e)))?;
        }
        Ok((object.into(), transfer))
    }
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
        let bulk = get("bulk")?;
        let bulk = match bulk.dyn_ref::<Array>() {
            Some(arrays) => arrays.iter().filter_map(|array| Bulk::from_js(&array)).collect(),
            None => Vec::new(),
        };
        Ok(Self {
            head,
            bulk,
            file: get("file")?.dyn_into().ok(),
        })
    }
}
