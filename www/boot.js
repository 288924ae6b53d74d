// Starts the page. Whatever keeps it from starting is said in words.
const sorry = (text) => {
  const box = document.getElementById("boot");
  if (box) box.innerHTML = "";
  const p = document.createElement("p");
  p.className = "sorry";
  p.textContent = text;
  (box ?? document.body).append(p);
};
// Keeps the page for visits without a network; not where another program shows it for a while (`gg.show` in a notebook). A browser that does not
// allow this shows the page all the same.
const offline = () => {
  if (!navigator.serviceWorker || window.top !== window || document.documentElement.dataset.notify !== undefined) return;
  // After the first view: it fetches what that view did not need.
  setTimeout(() => navigator.serviceWorker.register("./offline.js").catch(() => {}), 4000);
};
if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
  sorry("Galaxy Grove needs a browser with WebAssembly and web workers: a current Chrome, Edge, Firefox or Safari.");
} else {
  try {
    const { default: init } = await import(`../pkg/app.js?v=${document.documentElement.dataset.build}`);
    await init();
    document.getElementById("boot")?.remove();
    offline();
  } catch (error) {
    sorry(`Galaxy Grove could not start (${error}). Please reload; if that does not help, try a current Chrome, Edge, Firefox or Safari.`);
  }
}
