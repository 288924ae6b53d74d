//! What the sky's services answered, kept in the browser's cache, so that no position is sent twice. Where the browser
//! keeps none (private windows, addresses without https), the memory of this visit serves.

use js_sys::{ArrayBuffer, Uint8Array};
use std::cell::RefCell;
use std::collections::BTreeMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, Response};

/// The name of the cache; another number when what is kept changes its meaning.
const NAME: &str = "galaxy-grove-sky-1";
/// The most that the memory keeps, in bytes.
const MAX_MEMORY: usize = 64_000_000;

thread_local! {
    static MEMORY: RefCell<BTreeMap<String, Vec<u8>>> = const { RefCell::new(BTreeMap::new()) };
}

/// The answer to the request of this address, if it is kept.
pub async fn get(key: &str) -> Option<Vec<u8>> {
    if let Some(bytes) = MEMORY.with_borrow(|memory| memory.get(key).cloned()) {
        return Some(bytes);
    }
    stored(key).await.ok().flatten()
}

/// Keeps an answer. That there is no room is no failure: it will be fetched again.
pub async fn put(key: &str, bytes: &[u8]) {
    if store(key, bytes).await.is_err() {
        MEMORY.with_borrow_mut(|memory| {
            let held: usize = memory.values().map(Vec::len).sum();
            if held + bytes.len() <= MAX_MEMORY {
                memory.insert(key.to_owned(), bytes.to_vec());
            }
        });
    }
}

/// Forgets all answers.
pub async fn forget() {
    MEMORY.with_borrow_mut(BTreeMap::clear);
    if let Some(caches) = caches() {
        // A cache that is not there need not be deleted.
        drop(JsFuture::from(caches.delete(NAME)).await);
    }
}

/// The browser's caches. Without https there are none, whatever the types say.
fn caches() -> Option<web_sys::CacheStorage> {
    let window = web_sys::window()?;
    let caches = js_sys::Reflect::get(&window, &"caches".into()).ok()?;
    caches.dyn_into().ok()
}

async fn open() -> Result<Cache, JsValue> {
    let caches = caches().ok_or(JsValue::UNDEFINED)?;
    JsFuture::from(caches.open(NAME)).await?.dyn_into()
}

async fn stored(key: &str) -> Result<Option<Vec<u8>>, JsValue> {
    let found = JsFuture::from(open().await?.match_with_str(key)).await?;
    let Ok(response) = found.dyn_into::<Response>() else {
        return Ok(None);
    };
    let buffer: ArrayBuffer = JsFuture::from(response.array_buffer()?).await?.dyn_into()?;
    Ok(Some(Uint8Array::new(&buffer).to_vec()))
}

async fn store(key: &str, bytes: &[u8]) -> Result<(), JsValue> {
    let body = Uint8Array::from(bytes);
    let response = Response::new_with_opt_js_u8_array(Some(&body))?;
    JsFuture::from(open().await?.put_with_str(key, &response)).await?;
    Ok(())
}
