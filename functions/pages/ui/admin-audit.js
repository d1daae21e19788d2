// The audit trail: who did what, the newest first, and whether the chain holds.

import { api, query } from './admin-api.js';
import { h, time } from './dom.js';
import { number } from './format.js';
import { ago, moment, sayError } from './messages.js';
import { panel, table } from './table.js';

const SIZE = 50;
const ACTIONS = [
  'sign-in', 'sign-in-failed', 'register', 'password-change', 'sign-out', 'session-end', 'token-replay',
  'admin-sign-in', 'admin-sign-in-failed', 'admin-password-change',
  'member-add', 'member-role', 'member-remove', 'workspace-create', 'workspace-delete', 'workspace-restore', 'guest-access',
  'grant', 'revoke', 'invite-create', 'invite-revoke', 'collection', 'test-sign-in',
];

export async function audit() {
  const body = h('div', { class: 'stack', 'aria-live': 'polite' });
  const verdict = h('div', { role: 'status' });
  const everything = h('option', { value: '' }, 'Every action');
  const action = h('select', { 'aria-label': 'Action', onchange: () => load() }, everything, ACTIONS.map((name) => h('option', { value: name }, words(name))));
  const check = h('button', { class: 'button little', type: 'button', onclick: () => verify(verdict) }, 'Check the chain');

  async function load(cursor = '') {
    const { entries, nextCursor } = await api('GET', query('/api/admin/audit', { action: action.value, cursor, limit: SIZE }));
    const more = h('button', { class: 'button little', type: 'button', onclick: () => load(nextCursor) }, 'Older ones');
    body.replaceChildren(
      table('Audit trail', ['When', 'What', 'Who', 'About', 'From'], entries.map(row), 'Nothing is written down.'),
      nextCursor ? h('div', {}, more) : '',
    );
  }

  await load();
  return [
    h('h1', {}, 'Audit trail'),
    panel('Entries', 'Each is chained to the one before, so that changes and gaps show.', [action, check], verdict, body),
  ];
}

function words(action) {
  const text = action.replaceAll('-', ' ');
  return text[0].toUpperCase() + text.slice(1);
}

function row(entry) {
  const about = [entry.target, entry.workspaceId && entry.workspaceId !== entry.target && `in ${entry.workspaceId}`, entry.detail];
  const failed = entry.action.endsWith('failed');
  return [
    time(entry.at, ago(entry.at), moment(entry.at)), h('span', { class: failed ? 'pill bad' : 'name' }, words(entry.action)), entry.actor || '—',
    h('div', {}, about.filter(Boolean).map((line) => h('div', { class: 'small' }, line))), h('span', { class: 'muted small' }, entry.ipAddress ?? '—'),
  ];
}

/** Looks at the whole chain, a piece at a time. */
async function verify(place) {
  let entries = 0;
  let cursor = '';
  place.replaceChildren(h('p', { class: 'muted' }, 'Checking …'));
  try {
    for (;;) {
      const found = await api('GET', query('/api/admin/audit/verify', { cursor }));
      entries += found.entries;
      if (!found.holds) return place.replaceChildren(h('p', { class: 'alert' }, `Entry ${number(found.broken.seq)}: ${found.broken.message}`));
      if (!found.nextCursor) return place.replaceChildren(h('p', { class: 'done' }, `The chain holds: ${number(entries)} entries.`));
      cursor = found.nextCursor;
    }
  } catch (error) {
    place.replaceChildren(h('p', { class: 'alert' }, sayError(error)));
  }
}
