// The end of a key, as a part of a form: it can be made earlier, and never later.

import { dateProblem, dateValue, el, endOf, endOfDay, field, MAX_YEARS } from '/keylatch/dist/element/element-parts.js';

/** `value()` gives the end when it is another than it was, `valid()` says what is wrong and puts the focus there. */
export function endField({ speech }, expiresAt) {
  const was = expiresAt ? dateValue(expiresAt) : '';
  const it = field({
    id: 'edit-end', label: 'Last day',
    hint: expiresAt ? `It ends on ${speech.moment(expiresAt)}. You can make this earlier, and never later.` : 'It never ends. Once it has a last day, you can make that earlier, and never later.',
    control: el('input', { type: 'date', autocomplete: 'off', value: was, min: dateValue(new Date()), max: was || dateValue(endOf(`P${MAX_YEARS}Y`)) }),
  });
  const { control } = it;
  control.addEventListener('input', () => it.setError());
  const problem = () => {
    // `value` of a half-typed date is empty; `badInput` tells it from none.
    if (control.validity.badInput) return speech.say('create.halfDate');
    if (control.value === was) return '';
    const word = dateProblem(control.value);
    if (word) return speech.say(word, { years: MAX_YEARS });
    return expiresAt && endOfDay(control.value) > expiresAt ? 'The key ends before that. Choose an earlier day.' : '';
  };
  return {
    element: it.element,
    value: () => (control.value === was ? undefined : endOfDay(control.value)),
    valid() {
      const wrong = problem();
      it.setError(wrong);
      if (wrong) control.focus();
      return !wrong;
    },
  };
}
