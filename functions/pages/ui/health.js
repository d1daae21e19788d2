// What deep health says, as rows.

import { h } from './dom.js';

/** The rows of all parts. */
export function healthRows(providers) {
  return Object.entries(providers).map(([kind, part]) => row(kind, part));
}

export function look({ provider, available, checks }) {
  if (!provider) return ['off', ''];
  if (!available) return ['trouble', 'bad'];
  return checks?.warnings.length ? ['warning', 'warn'] : ['well', 'good'];
}

function row(kind, part) {
  const [text, pill] = look(part);
  const said = [...(part.checks?.errors ?? []), ...(part.checks?.warnings ?? [])];
  return h(
    'div', { class: 'part' },
    h('span', { class: 'name' }, kind), h('span', { class: 'muted small' }, part.provider ?? ''), h('span', { class: `pill ${pill}` }, text),
    said.map((line) => h('p', { class: 'muted small' }, line)),
  );
}
