// Starts the page. Whatever keeps it from starting is said in words.
const sorry = (text) => {
  const box = document.getElementById("boot");
  if (box) box.innerHTML = "";
  const p = document.createElement("p");
  p.className = "sorry";
  p.textContent = text;
  (box ?? document.body).append(p);
};
if (typeof WebAssembly !== "object" || typeof Worker !== "function") {
  sorry("Galaxy Grove needs a browser with WebAssembly and web workers: a current Chrome, Edge, Firefox or Safari.");
} else {
  try {
    const { default: init } = await import("./pkg/app.js");
    await init();
    document.getElementById("boot")?.remove();
  } catch (error) {
    sorry(`Galaxy Grove could not start (${error}). Please reload; if that does not help, try a current Chrome, Edge, Firefox or Safari.`);
  }
}
