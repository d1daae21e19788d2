// One workspace: its members and their roles, and invites to it.

import { api, query } from './admin-api.js';
import { remove, restore } from './admin-workspaces.js';
import { ask } from './dialog.js';
import { h, time } from './dom.js';
import { ago, moment, sayError } from './messages.js';
import { action, panel, table } from './table.js';

const ROLES = ['owner', 'editor', 'viewer'];

export async function workspace(id) {
  const body = h('div', { class: 'stack view' });

  async function load() {
    const one = await api('GET', `/api/admin/workspaces/${encodeURIComponent(id)}`);
    const people = one.deleted ? [] : await peopleOf(one, load);
    const title = h('div', { class: 'row' }, h('h1', {}, one.name), one.deleted && h('span', { class: 'pill bad' }, 'deleted'));
    const act = one.deleted ? action('Restore', one.name, () => restore(one, load)) : action('Delete', one.name, () => remove(one, load), 'danger');
    body.replaceChildren(
      h('p', {}, h('a', { href: '#workspaces' }, '← All workspaces')),
      h('div', { class: 'row apart' }, title, act),
      facts(one), ...people,
    );
  }

  await load();
  return [body];
}

/** Whoever is in it and whoever may come; of a deleted one nothing is changed. */
async function peopleOf(one, load) {
  const { invites } = await api('GET', query('/api/admin/workspace/invites/list', { workspaceId: one.id }));
  return [members(one, load), invited(one, invites, load)];
}

function facts(one) {
  const fact = (label, value) => value && h('div', {}, h('dt', {}, label), h('dd', {}, value));
  return panel('About', null, null, h(
    'dl', { class: 'facts' },
    fact('Description', one.description), fact('Owner', one.ownerEmail ?? one.ownerUserId),
    fact('Members', one.deleted && String(one.members.length)), fact('Made', time(one.createdAt, moment(one.createdAt))), fact('Deleted', one.deletedAt && time(one.deletedAt, moment(one.deletedAt))), fact('Id', h('code', {}, one.id)),
  ));
}

function change(what, one, body) {
  return api('POST', `/api/admin/workspace/${what}`, { workspaceId: one.id, ...body });
}

function members(one, load) {
  const said = h('div', { class: 'alert', role: 'alert' });
  const add = h('button', { class: 'button', type: 'button', onclick: () => addMember(one, load) }, 'Add member');
  const rows = one.members.map((member) => {
    const name = member.email ?? member.userId;
    const role = h('select', { 'aria-label': `Role of ${name}`, onchange: () => setRole(role.value, member) }, ROLES.map((word) => h('option', { value: word, selected: word === member.role }, word)));
    return [h('span', { class: 'name' }, name), role, action('Remove', name, () => removeMember(one, member, name, load), 'danger')];
  });

  async function setRole(role, { userId }) {
    said.replaceChildren();
    try {
      await change('members/set-role', one, { userId, role });
      await load();
    } catch (error) {
      await load();
      // What the store refused is said where the new list stands.
      document.querySelector('.members .alert').replaceChildren(sayError(error));
    }
  }

  const card = panel('Members', 'Owners manage people, editors write, viewers read.', add, said, table('Members', ['Member', 'Role', ''], rows, 'Nobody is in it.'));
  card.classList.add('members');
  return card;
}

const roleField = { name: 'role', label: 'Role', value: 'editor', options: ROLES.map((word) => [word, word]) };

async function addMember(one, load) {
  const fields = [{ name: 'emailOrProviderId', label: 'E-mail address or id', required: true, hint: 'Of somebody who has signed in once; others get an invite.' }, roleField];
  const act = (body) => change('members/upsert', one, body);
  if (await ask({ title: 'Add member', fields, verb: 'Add', act })) await load();
}

async function removeMember(one, { userId }, name, load) {
  const act = () => change('members/remove', one, { userId });
  if (await ask({ title: `Remove ${name}?`, text: 'They lose the workspace at once.', verb: 'Remove', danger: true, act })) await load();
}

function invited(one, invites, load) {
  const add = h('button', { class: 'button', type: 'button', onclick: () => invite(one, load) }, 'Invite');
  const looks = { pending: 'good', accepted: '', revoked: 'bad', expired: 'warn' };
  const rows = invites.map((one) => [
    h('span', { class: 'name' }, one.email), one.role, h('span', { class: `pill ${looks[one.status]}` }, one.status),
    time(one.expiresAt * 1000, ago(one.expiresAt * 1000), moment(one.expiresAt * 1000)),
    one.status === 'pending' && action('Revoke', one.email, () => revoke(one), 'danger'),
  ]);
  const revoke = async ({ id, email }) => {
    const act = () => change('invites/revoke', one, { inviteId: id });
    if (await ask({ title: `Revoke the invite of ${email}?`, text: 'Its link works no more.', verb: 'Revoke', danger: true, act })) await load();
  };
  return panel('Invites', 'A link for somebody who is not here yet.', add, table('Invites', ['For', 'Role', 'State', 'Ends', ''], rows, 'Nobody is invited.'));
}

async function invite(one, load) {
  const fields = [{ name: 'email', label: 'E-mail address', type: 'email', required: true, maxlength: 320 }, { ...roleField, value: 'viewer' }];
  let made;
  const act = async (body) => {
    made = (await change('invites/create', one, body)).invite;
  };
  if (!(await ask({ title: `Invite to ${one.name}`, fields, verb: 'Invite', act }))) return;
  await load();
  const link = new URL(made.inviteUrl, location.origin).href;
  await ask({
    title: `Invite of ${made.email}`, text: 'Send them this link. It is shown this once.',
    fields: [{ name: 'link', label: 'Link', value: link, readonly: true, onfocus: (event) => event.target.select() }],
    verb: 'Copy', act: () => navigator.clipboard.writeText(link),
  });
}
