// All workspaces: found by name or description, created for somebody, deleted and restored.

import { api, query } from './admin-api.js';
import { ask } from './dialog.js';
import { h, time } from './dom.js';
import { number } from './format.js';
import { ago, moment } from './messages.js';
import { action, pager, panel, searchField, table } from './table.js';

const PATH = '/api/admin/workspaces';
const SIZE = 20;

export async function workspaces() {
  const body = h('div', { class: 'stack', 'aria-live': 'polite' });
  const asked = { search: '', includeDeleted: false, page: 1 };
  const search = searchField('Search by name or description', (text) => load({ search: text, page: 1 }));
  const deleted = h('input', { type: 'checkbox', id: 'deleted', onchange: () => load({ includeDeleted: deleted.checked, page: 1 }) });
  const acts = [search, h('label', { class: 'row tight', for: 'deleted' }, deleted, 'With deleted ones'), h('button', { class: 'button', type: 'button', onclick: () => create(load) }, 'New workspace')];

  async function load(changed = {}) {
    Object.assign(asked, changed);
    const { items, total } = await api('GET', query(PATH, { ...asked, perPage: SIZE }));
    body.replaceChildren(
      table('Workspaces', ['Workspace', 'Owner', 'Members', 'Since', ''], items.map((one) => row(one, load)), asked.search ? 'No workspace is found.' : 'There is no workspace yet.'),
      pager({ page: asked.page, size: SIZE, total, go: (page) => load({ page }) }),
    );
  }

  await load();
  return [h('h1', {}, 'Workspaces'), panel('All workspaces', null, acts, body)];
}

function row(one, load) {
  const about = h(
    'div', { class: 'about' },
    h('div', { class: 'row' }, h('a', { class: 'name', href: `#workspaces/${encodeURIComponent(one.id)}` }, one.name), one.deleted && h('span', { class: 'pill bad' }, 'deleted')),
    one.description && h('div', { class: 'muted small' }, one.description),
  );
  const act = one.deleted ? action('Restore', one.name, () => restore(one, load)) : action('Delete', one.name, () => remove(one, load), 'danger');
  return [about, one.ownerEmail ?? one.ownerUserId, number(one.memberCount), time(one.createdAt, ago(one.createdAt), moment(one.createdAt)), act];
}

export async function remove(one, load) {
  const text = 'Its members lose it at once. Its rows and files stay, and it can be restored.';
  const act = () => api('POST', `${PATH}/${encodeURIComponent(one.id)}/soft-delete`);
  if (await ask({ title: `Delete ${one.name}?`, text, verb: 'Delete', danger: true, act })) await load();
}

export async function restore(one, load) {
  const act = () => api('POST', `${PATH}/${encodeURIComponent(one.id)}/restore`);
  if (await ask({ title: `Restore ${one.name}?`, text: 'Its members have it back at their next sign of life.', verb: 'Restore', act })) await load();
}

async function create(load) {
  const fields = [
    { name: 'name', label: 'Name', required: true, maxlength: 100 },
    { name: 'description', label: 'Description', maxlength: 1000, hint: 'Optional.' },
    { name: 'owner', label: 'Owner', required: true, hint: 'E-mail address or id of somebody who has signed in once.' },
  ];
  const act = async ({ name, description, owner }) => {
    const found = await api('GET', query('/api/admin/search-users', { q: owner, limit: 50 }));
    const same = (text) => text?.toLowerCase() === owner.trim().toLowerCase();
    const user = found.find(({ email, userId }) => same(email) || same(userId));
    if (!user) throw Object.assign(new Error(`Nobody here is known as ${owner}.`), { status: 404 });
    await api('POST', PATH, { name, description, ownerUserId: user.userId });
  };
  if (await ask({ title: 'New workspace', fields, verb: 'Create', act })) await load();
}
