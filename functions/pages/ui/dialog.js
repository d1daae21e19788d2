// Questions before something happens.

import { h } from './dom.js';
import { sayError } from './messages.js';

let count = 0;

/**
 * Asks in a dialog: `fields` are inputs (name, label, value, maxlength, …), `act(values)` does it and
 * may fail, which is said in the dialog. Settles when it is closed: true when it was done.
 */
export function ask({ title, text, fields = [], act, verb, danger = false }) {
  const id = `ask-${++count}`;
  const alert = h('div', { class: 'alert', role: 'alert' });
  const inputs = fields.map((field) => input(field, id));
  const go = h('button', { class: danger ? 'button danger' : 'button main', type: 'submit' }, verb);
  const stop = h('button', { class: 'button', type: 'button', onclick: () => dialog.close() }, 'Cancel');
  let done = false;
  let busy = false;
  const submitted = async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    go.setAttribute('aria-disabled', 'true');
    try {
      await act(Object.fromEntries(inputs.map(({ control }) => [control.name, control.value])));
      done = true;
      dialog.close();
    } catch (error) {
      alert.replaceChildren(sayError(error));
    }
    busy = false;
    go.removeAttribute('aria-disabled');
  };
  const form = h(
    'form', { class: 'stack', onsubmit: submitted },
    h('div', {}, h('h2', { id }, title), text && h('p', { class: 'muted' }, text)),
    inputs.map(({ node }) => node), alert, h('div', { class: 'row' }, stop, go),
  );
  const dialog = h('dialog', { 'aria-labelledby': id }, form);
  document.body.append(dialog);
  dialog.showModal();
  (inputs[0]?.control ?? (danger ? stop : go)).focus();
  return new Promise((settle) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      settle(done);
    });
  });
}

function input({ name, label, hint, options, ...rest }, dialog) {
  const id = `${dialog}-${name}`;
  const control = options
    ? h('select', { id, name, ...rest }, options.map(([value, text]) => h('option', { value, selected: value === rest.value }, text)))
    : h('input', { id, name, type: 'text', ...rest });
  const node = h('div', { class: 'field' }, h('label', { for: id }, label), control, hint && h('span', { class: 'hint' }, hint));
  return { node, control };
}
