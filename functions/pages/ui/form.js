// A form: fields with labels, what is wrong beside them, one request at a time.

import { h } from './dom.js';
import { sayError, t } from './messages.js';

let count = 0;

/**
 * `fields`: name, label, type, autocomplete, hint, value, `check(value, values)` gives what is wrong.
 * `send(values)` does the work; `wrong` is the key for wrong credentials.
 */
export function form({ fields, submit, send, wrong, part }) {
  const inputs = fields.map((field) => input(field));
  const alert = h('div', { class: 'alert', role: 'alert', part: 'error' });
  const button = h('button', { class: 'button main', type: 'submit', part: 'submit' }, submit);
  const node = h(
    'form',
    { novalidate: true, part: part ?? 'form', onsubmit: (event) => submitted(event) },
    inputs.map((field) => field.node), alert, button,
  );
  let busy = false;

  async function submitted(event) {
    event.preventDefault();
    if (busy) return;
    const values = Object.fromEntries(inputs.map(({ name, control }) => [name, control.value]));
    alert.replaceChildren();
    const bad = inputs.filter((field) => field.judge(values));
    if (bad.length) return bad[0].control.focus();
    work(true);
    try {
      await send(values, node);
    } catch (error) {
      alert.replaceChildren(sayError(error, wrong));
      if (wrong && error.status === 401) inputs.find(({ secret }) => secret)?.control.select();
    }
    work(false);
  }

  function work(now) {
    busy = now;
    button.setAttribute('aria-disabled', String(now));
    button.replaceChildren(...(now ? [h('span', { class: 'spinner', 'aria-hidden': 'true' })] : []), submit);
  }

  return node;
}

function input({ name, label, type = 'text', autocomplete, hint, value = '', check, ...rest }) {
  const id = `or3-${name}-${++count}`;
  const secret = type === 'password';
  const wrong = h('span', { class: 'wrong', id: `${id}-wrong` });
  const control = h('input', {
    id, name, type, autocomplete, value, part: 'input', ...rest,
    'aria-describedby': `${id}-wrong${hint ? ` ${id}-hint` : ''}`,
    autocapitalize: type === 'text' ? undefined : 'none', spellcheck: 'false',
    oninput: () => say(''),
  });
  const say = (text) => {
    wrong.replaceChildren(text);
    control.setAttribute('aria-invalid', String(Boolean(text)));
  };
  const node = h(
    'div', { class: 'field', part: 'field' },
    h('label', { for: id, part: 'label' }, label),
    h('div', { class: 'box' }, control, secret && reveal(control, label)),
    hint && h('span', { class: 'hint', id: `${id}-hint` }, hint),
    wrong,
  );
  const judge = (values) => {
    const text = check?.(values[name], values) ?? '';
    say(text);
    return Boolean(text);
  };
  return { name, node, control, secret, judge };
}

function reveal(control, label) {
  const button = h(
    'button',
    { class: 'reveal', type: 'button', 'aria-pressed': 'false', part: 'reveal', onclick: () => turn() },
    h('span', {}, t('showPassword')), h('span', { class: 'hidden' }, ` ${label}`),
  );
  const turn = () => {
    const shown = control.type === 'text';
    control.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    button.firstChild.textContent = t(shown ? 'showPassword' : 'hidePassword');
  };
  return button;
}

/** The field of an address. */
export function emailField(value) {
  const check = (text) => (/^\S+@\S+\.\S+$/.test(text) ? '' : t('emailInvalid'));
  return { name: 'email', label: t('email'), type: 'email', autocomplete: 'username', value, check };
}

/** The field of a password that somebody has. */
export function passwordField(name, label) {
  const check = (text) => (text ? '' : t('passwordMissing'));
  return { name, label, type: 'password', autocomplete: 'current-password', check };
}

/** Two fields for a password that somebody wants. */
export function newPasswordFields(label) {
  const fresh = { type: 'password', autocomplete: 'new-password' };
  return [
    {
      ...fresh, name: 'newPassword', label, hint: t('passwordHint'),
      check: (text) => (text.length >= 8 ? '' : t('passwordShort')),
    },
    {
      ...fresh, name: 'confirmPassword', label: t('confirmPassword'),
      check: (text, { newPassword }) => (text === newPassword ? '' : t('passwordsDiffer')),
    },
  ];
}
