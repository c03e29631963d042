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

/**
 * Makes a form work: it is sent once at a time, says on its button that it is at work, and
 * what went wrong above its fields. `valid()` looks at what was typed, `send()` does the
 * work, `explain(error)` gives a sentence, or nothing where it has said it elsewhere.
 */
export function startForm(form, { valid, send, explain }) {
  const button = form.querySelector('[type=submit]');
  const failure = part(form, 'error');
  let words;
  let counting;
  const say = (text) => {
    clearInterval(counting);
    failure.textContent = text;
  };
  const setBusy = (isBusy) => {
    // Not `disabled`: that would take the focus away, and the colours that can be read.
    if (isBusy) words = button.textContent;
    button.setAttribute('aria-disabled', isBusy);
    form.setAttribute('aria-busy', isBusy);
    button.textContent = isBusy ? button.dataset.busy : words;
  };
  const isBusy = () => button.getAttribute('aria-disabled') === 'true';
  /** Counts who sent: a form that was cleared waits for no answer. */
  let turn = 0;

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (isBusy() || !valid()) return;
    const own = turn += 1;
    say('');
    setBusy(true);
    try {
      await send();
    } catch (error) {
      if (own !== turn) return;
      const sentence = explain(error);
      if (error.retryAfter > 0) countDown(error.retryAfter);
      else say(sentence ?? '');
    }
    if (own === turn) setBusy(false);
  });

  return {
    /** Forgets what it said and what it waits for. */
    clear() {
      turn += 1;
      say('');
      if (isBusy()) setBusy(false);
    },
  };

  function countDown(seconds) {
    const end = Date.now() + seconds * 1000;
    const count = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      say(left > 0 ? `Too many tries. Try again in ${inWords(left)}.` : 'You can try again now.');
      if (left > 0) counting = setTimeout(count, 1000);
    };
    count();
  }
}

function inWords(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
