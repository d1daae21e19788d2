// The audit trail: who did what, the newest first.

import { api, query } from './admin-api.js';
import { h, time } from './dom.js';
import { ago, moment } from './messages.js';
import { panel, searchField, table } from './table.js';

const SIZE = 50;

export async function audit() {
  const body = h('div', { class: 'stack', 'aria-live': 'polite' });
  const asked = { action: '' };
  const search = searchField('Action, for instance auth.sign-in', (text) => load({ action: text }));

  async function load(changed = {}, cursor = '') {
    Object.assign(asked, changed);
    const { entries, nextCursor } = await api('GET', query('/api/admin/audit', { ...asked, cursor, limit: SIZE }));
    const more = h('button', { class: 'button little', type: 'button', onclick: () => load({}, nextCursor) }, 'Older ones');
    body.replaceChildren(
      table('Audit trail', ['When', 'What', 'Who', 'About'], entries.map(row), 'Nothing is written down.'),
      nextCursor ? h('div', {}, more) : '',
    );
  }

  await load();
  return [h('h1', {}, 'Audit trail'), panel('Entries', 'Each is chained to the one before, so that changes show.', search, body)];
}

function row(entry) {
  const about = Object.entries(entry.details ?? {}).map(([name, value]) => `${name}: ${value}`).join(', ');
  return [
    time(entry.at, ago(entry.at), moment(entry.at)), h('code', {}, entry.action), entry.actor ?? '—',
    h('div', {}, entry.target, about && h('div', { class: 'muted small' }, about)),
  ];
}
