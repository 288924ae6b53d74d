//! A worker of the page, started by hand: for numbers that the page does not show.

/// JavaScript that starts a worker with the shipped model and defines `worker` and `ask(head, buffers, wanted)`, which posts a
/// request and waits for the report of that name. For the body of an async function.
pub fn start(backend: &str) -> String {
    format!(
        "const worker = new Worker('./pkg/engine-{backend}-worker.js', {{ type: 'module' }});
         const receive = wanted => new Promise((resolve, reject) => {{
             worker.onerror = event => reject(event.message);
             worker.onmessage = ({{ data }}) => {{
                 const name = typeof data.head === 'string' ? data.head : Object.keys(data.head)[0];
                 if (name === wanted) resolve(data);
                 if (['Unusable', 'Failed', 'Crashed'].includes(name)) reject(JSON.stringify(data.head));
             }};
         }});
         const ask = (head, buffers, wanted) => {{ worker.postMessage({{ head, buffers }}); return receive(wanted); }};
         await receive('Hello');
         await ask({{ Start: {{ manifest_url: '../www/model/manifest.json', version: '' }} }}, [], 'Ready');"
    )
}
