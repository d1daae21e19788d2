// Everybody: found by address, name or id; administration granted and taken back.

import { api, query } from './admin-api.js';
import { ask } from './dialog.js';
import { h, time } from './dom.js';
import { number } from './format.js';
import { ago, moment } from './messages.js';
import { action, pager, panel, searchField, table } from './table.js';

const SIZE = 20;

export async function users() {
  const body = h('div', { class: 'stack', 'aria-live': 'polite' });
  const asked = { search: '', page: 1 };
  const search = searchField('Search by e-mail address, name or id', (text) => load({ search: text, page: 1 }));

  async function load(changed = {}) {
    Object.assign(asked, changed);
    const { items, total } = await api('GET', query('/api/admin/users', { ...asked, perPage: SIZE }));
    body.replaceChildren(
      table('Users', ['User', 'Workspaces', 'Since', ''], items.map((user) => row(user, load)), asked.search ? 'Nobody is found.' : 'Nobody has an account yet.'),
      pager({ page: asked.page, size: SIZE, total, go: (page) => load({ page }) }),
    );
  }

  await load();
  return [h('h1', {}, 'Users'), panel('Everybody', 'Whoever has signed in once.', search, body)];
}

function row(user, load) {
  const name = user.displayName ?? user.email ?? user.userId;
  const about = h(
    'div', { class: 'about' },
    h('div', { class: 'row' }, h('span', { class: 'name' }, name), user.isAdmin && h('span', { class: 'pill good' }, 'administrator')),
    user.displayName && user.email && h('div', { class: 'muted small' }, user.email),
    h('code', { class: 'muted' }, user.userId),
  );
  const act = user.isAdmin ? action('Take administration from', name, () => revoke(user, name, load)) : action('Make administrator:', name, () => grant(user, name, load));
  act.replaceChildren(user.isAdmin ? 'Revoke' : 'Make administrator');
  act.setAttribute('aria-label', user.isAdmin ? `Revoke administration of ${name}` : `Make administrator: ${name}`);
  return [about, number(user.workspaceCount), time(user.createdAt, ago(user.createdAt), moment(user.createdAt)), act];
}

async function grant({ userId }, name, load) {
  const text = 'They may look at collections and start them, from their own account.';
  const act = () => api('POST', '/api/admin/admin-users/grant', { userId });
  if (await ask({ title: `Make ${name} an administrator?`, text, verb: 'Make administrator', act })) await load();
}

async function revoke({ userId }, name, load) {
  const act = () => api('POST', '/api/admin/admin-users/revoke', { userId });
  if (await ask({ title: `Revoke administration of ${name}?`, text: 'It counts from their next request on.', verb: 'Revoke', danger: true, act })) await load();
}
