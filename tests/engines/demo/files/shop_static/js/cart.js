const key = "cart.v2";

export function items() {
  return JSON.parse(localStorage.getItem(key) ?? "[]");
}

export function add(sku, quantity = 1) {
  const cart = items();
  const line = cart.find((entry) => entry.sku === sku);
  if (line) line.quantity += quantity;
  else cart.push({ sku, quantity });
  localStorage.setItem(key, JSON.stringify(cart));
  document.dispatchEvent(new CustomEvent("cart:changed", { detail: cart }));
}
