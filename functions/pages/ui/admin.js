// The page /admin: a way in, then one view at a time, named after the # of the address.

import { AuthError } from './auth-error.js';
import { api, isOver, signOut } from './admin-api.js';
import { audit } from './admin-audit.js';
import { collections } from './admin-collections.js';
import { configuration } from './admin-configuration.js';
import { overview } from './admin-overview.js';
import { system } from './admin-system.js';
import { users } from './admin-users.js';
import { workspace } from './admin-workspace.js';
import { workspaces } from './admin-workspaces.js';
import { h } from './dom.js';
import { sayError } from './messages.js';
import './admin-sign-in.js';

const VIEWS = [
  ['overview', 'Overview', overview],
  ['users', 'Users', users],
  ['workspaces', 'Workspaces', workspaces],
  ['collections', 'Collections', collections],
  ['audit', 'Audit trail', audit],
  ['system', 'System', system],
  ['configuration', 'Configuration', configuration],
];

const main = document.getElementById('main');
const leave = document.getElementById('leave');
let stage = null;
let turn = 0;

addEventListener('hashchange', () => stage && show());
addEventListener('or3-admin-in', start);
// Whatever a view asks for after it is shown: a search, the next page, the list after a change.
addEventListener('unhandledrejection', ({ reason }) => {
  if (stage && reason instanceof AuthError) stage.querySelector('h1').after(h('div', { class: 'alert', role: 'alert' }, sayError(reason)));
});
isOver.addEventListener('over', () => door('Your session is over. Sign in to go on.'));
leave.addEventListener('click', async () => {
  await signOut();
  door();
});
start();

async function start() {
  try {
    const { kind } = await api('GET', '/api/admin/auth/session', undefined, { quiet: true });
    if (kind === 'super_admin') frame();
    else notAllowed();
  } catch (error) {
    if (error.status === 401) door();
    else if (error.status === 404) absent();
    else if (error.status === 403) notAllowed();
    else main.replaceChildren(card('Administration', sayError(error), h('button', { class: 'button', type: 'button', onclick: start }, 'Try again')));
  }
}

function door(note) {
  stage = null;
  leave.hidden = true;
  const form = h('or3-admin-sign-in');
  main.replaceChildren(card('Administration', note ?? 'For whoever runs this deployment.', form));
  form.focus();
}

function absent() {
  const text = h('p', {}, 'Give this deployment a name and a password for it in ', h('code', {}, 'OR3_ADMIN_USERNAME'), ' and ', h('code', {}, 'OR3_ADMIN_PASSWORD'), ', and start it again.');
  main.replaceChildren(card('Administration is off', null, text));
}

function notAllowed() {
  const again = h('button', { class: 'button', type: 'button', onclick: () => door() }, 'Sign in as the administrator');
  main.replaceChildren(card('Administration', 'Your own account does not open these pages.', again));
}

function card(title, lead, ...body) {
  return h('div', { class: 'door' }, h('div', { class: 'card' }, h('h1', {}, title), lead && h('p', { class: 'lead' }, lead), body));
}

/** The list of views beside the one that is shown. */
function frame() {
  leave.hidden = false;
  stage = h('div', { class: 'stack view' });
  const links = VIEWS.map(([id, title]) => h('a', { href: `#${id}` }, title));
  main.replaceChildren(h('div', { class: 'sides wide' }, h('nav', { 'aria-label': 'Views' }, links), stage));
  show();
}

async function show() {
  const mine = ++turn;
  const [name, ...rest] = location.hash.slice(1).split('/').map(decodeURIComponent);
  const [id, title, view] = VIEWS.find(([known]) => known === name) ?? VIEWS[0];
  for (const link of main.querySelectorAll('.sides > nav a')) {
    if (link.hash === `#${id}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  document.title = `${title} · or3`;
  const here = stage;
  const fill = (...nodes) => mine === turn && here.replaceChildren(...nodes);
  here.setAttribute('aria-busy', 'true');
  fill(h('h1', {}, title), h('p', { class: 'muted' }, 'Loading …'));
  try {
    fill(...(await (id === 'workspaces' && rest[0] ? workspace(rest[0]) : view())));
  } catch (error) {
    fill(h('h1', {}, title), trouble(error));
  }
  here.removeAttribute('aria-busy');
}

function trouble(error) {
  const again = h('button', { class: 'button', type: 'button', onclick: show }, 'Try again');
  return h('div', { class: 'card stack' }, h('div', { class: 'alert', role: 'alert' }, sayError(error)), h('div', {}, again));
}
