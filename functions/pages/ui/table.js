// A table that becomes cards on a narrow screen, and pages of a list.

import { h } from './dom.js';
import { number } from './format.js';

/** `columns` are titles; each row is as many cells. An empty title is a column of things to press. */
export function table(caption, columns, rows, empty) {
  if (!rows.length) return h('p', { class: 'empty' }, empty);
  const head = columns.map((title) => h('th', { scope: 'col' }, title || h('span', { class: 'unseen' }, 'Actions')));
  const cell = (content, at) => h('td', { 'data-label': columns[at], class: columns[at] ? undefined : 'acts' }, content);
  return h(
    'div', { class: 'table' },
    h('table', {}, h('caption', { class: 'unseen' }, caption), h('thead', {}, h('tr', {}, head)), h('tbody', {}, rows.map((cells) => h('tr', {}, cells.map(cell))))),
  );
}

/** "21 to 40 of 134", with ways to the other pages. */
export function pager({ page, size, total, go }) {
  if (total <= size && page === 1) return h('p', { class: 'muted small' }, `${number(total)} in all`);
  const last = Math.max(1, Math.ceil(total / size));
  const to = (text, where, off) => h('button', { class: 'button little', type: 'button', disabled: off, onclick: () => go(where) }, text);
  const from = (page - 1) * size + 1;
  return h(
    'div', { class: 'row pager' },
    h('span', { class: 'muted small' }, `${number(from)} to ${number(Math.min(page * size, total))} of ${number(total)}`),
    to('Previous', page - 1, page <= 1), to('Next', page + 1, page >= last),
  );
}

/** A card with a title, something to press, and a body that can be filled again. */
export function panel(title, lead, acts, ...body) {
  return h(
    'section', { class: 'card' },
    h('header', {}, h('div', {}, h('h2', {}, title), lead && h('p', { class: 'muted small' }, lead)), acts && h('div', { class: 'row' }, acts)),
    body,
  );
}

export function action(text, label, what, look = '') {
  return h('button', { class: `button little ${look}`, type: 'button', 'aria-label': `${text} ${label}`, onclick: what }, text);
}

/** A field to search with: `look` gets what is written, a moment after the last letter. */
export function searchField(label, look) {
  let timer;
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => look(field.value.trim()), 250);
  };
  const field = h('input', { type: 'search', 'aria-label': label, placeholder: label, oninput: changed });
  return field;
}
