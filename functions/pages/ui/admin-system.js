// The parts of the product: who stands behind each, what they say, and in which state they are.

import { api } from './admin-api.js';
import { h } from './dom.js';
import { panel } from './table.js';

const KINDS = ['auth', 'sync', 'storage', 'limits'];

export async function system() {
  const { status } = await api('GET', '/api/admin/system/status');
  const kinds = KINDS.filter((kind) => status[kind]);
  return [h('h1', {}, 'System'), h('div', { class: 'pair' }, kinds.map((kind) => part(kind, status[kind])))];
}

function part(kind, { enabled, provider, details, warnings }) {
  const failed = warnings.some(({ level }) => level === 'error');
  const [text, look] = !enabled ? ['off', ''] : failed ? ['trouble', 'bad'] : warnings.length ? ['warning', 'warn'] : ['well', 'good'];
  const facts = Object.entries(details ?? {}).map(([name, value]) => h('div', {}, h('dt', {}, words(name)), h('dd', {}, typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value))));
  const said = warnings.map(({ level, message }) => h('p', { class: level === 'error' ? 'alert' : 'alert warn' }, message));
  const title = kind[0].toUpperCase() + kind.slice(1);
  return panel(title, provider ?? 'switched off', h('span', { class: `pill ${look}` }, text), h('div', { class: 'stack' }, said, facts.length ? h('dl', { class: 'facts' }, facts) : h('p', { class: 'muted small' }, 'It says nothing more.')));
}

/** `jwtSecretConfigured` as words. */
function words(name) {
  const split = name.replace(/[_-]/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  const said = split.replace(/\b(ttl|jwt|db|url|id|s3)\b/g, (letters) => letters.toUpperCase());
  return said[0].toUpperCase() + said.slice(1);
}
