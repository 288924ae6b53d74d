//! A file that the user dropped, read where it is needed.
//!
//! Only workers have `FileReaderSync`. Each read costs a message to the browser's own process, so whoever reads small
//! pieces should keep them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use wasm_bindgen::JsValue;
use web_sys::{File, FileReaderSync};

use galaxy_grove::intake::{ReadAt, Refusal};
use grove_browser::describe;

thread_local! {
    /// JavaScript's objects belong to one thread, while a source may be sent to another: so it holds a number.
    static FILES: RefCell<BTreeMap<u32, File>> = const { RefCell::new(BTreeMap::new()) };
}

static NEXT: AtomicU32 = AtomicU32::new(0);

/// An open file.
pub struct DroppedFile {
    key: u32,
    length: u64,
}

impl DroppedFile {
    /// A source over a file.
    pub fn new(file: File) -> Self {
        let key = NEXT.fetch_add(1, Ordering::Relaxed);
        let length = file.size() as u64;
        FILES.with_borrow_mut(|files| files.insert(key, file));
        Self { key, length }
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), JsValue> {
        let file = FILES.with_borrow(|files| files.get(&self.key).cloned());
        let file = file.ok_or_else(|| JsValue::from_str("it belongs to another worker"))?;
        let end = offset + into.len() as u64;
        let part = file.slice_with_f64_and_f64(offset as f64, end as f64)?;
        let buffer = FileReaderSync::new()?.read_as_array_buffer(&part)?;
        let bytes = js_sys::Uint8Array::new(&buffer);
        if bytes.length() as usize != into.len() {
            return Err(JsValue::from_str("it ends too early"));
        }
        bytes.copy_to(into);
        Ok(())
    }
}

impl Drop for DroppedFile {
    fn drop(&mut self) {
        FILES.with_borrow_mut(|files| files.remove(&self.key));
    }
}

impl ReadAt for DroppedFile {
    fn len(&self) -> u64 {
        self.length
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), Refusal> {
        self.read(offset, into).map_err(|error| {
            Refusal::new(
                format!("the browser could not read it: {}", describe(&error)),
                "see whether it still exists, and drop it again",
            )
        })
    }
}
