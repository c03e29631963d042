// The few things that every module of the page does with its document.

export const byId = (id) => document.getElementById(id);

/** The element inside `parent` that carries the attribute `data-<name>`. */
export const part = (parent, name) => parent.querySelector(`[data-${name}]`);

/** Shows another symbol of the sprite in index.html. */
export function setIcon(svg, name) {
  svg.querySelector('use').setAttribute('href', `#icon-${name}`);
}

/** Shows or clears the message at a field; the field's `<id>-error` holds it. */
export function setFieldError(input, message = '') {
  byId(`${input.id}-error`).textContent = message;
  if (message) input.setAttribute('aria-invalid', 'true');
  else input.removeAttribute('aria-invalid');
}

/** Shows a text and tells it to screen readers, or hides the element when there is none. */
export function setText(element, text = '') {
  element.hidden = !text;
  element.textContent = text;
}

let toastTimer;

/** Says in passing that something was done. Never call it with a key. */
export function announce(message) {
  const toast = byId('toast');
  clearTimeout(toastTimer);
  toast.textContent = message;
  toastTimer = setTimeout(() => { toast.textContent = ''; }, 6000);
}
