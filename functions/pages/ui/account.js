// The page /account: a way in, or the account of whoever is in.

import { authClient } from './or3-elements.js';
import { h } from './dom.js';
import { sayError } from './messages.js';
import { sections } from './sections.js';
import { safeReturn } from './way-back.js';
import { Workspaces } from './workspaces.js';

const auth = authClient();
const main = document.getElementById('main');
let shown = '';

auth.addEventListener('change', show);
auth.addEventListener('expired', () => door('sign-in', 'Your session is over. Sign in to go on.'));
addEventListener('or3-want-register', () => door('register'));
addEventListener('or3-want-sign-in', () => door('sign-in'));
auth.ready.then(show);

function show() {
  document.getElementById('to-admin').hidden = !auth.session?.deploymentAdmin;
  document.querySelector('or3-auth-button').hidden = auth.state !== 'signed-in';
  const now = auth.state === 'signed-in' ? `in ${auth.session.providerUserId}` : auth.state;
  if (auth.state === 'unknown') return auth.problem && trouble();
  if (now === shown) return;
  shown = now;
  if (auth.state === 'signed-in') goBack() || account();
  else if (auth.state === 'off') main.replaceChildren(nobody());
  else door(wantsToRegister() ? 'register' : 'sign-in');
}

function wantsToRegister() {
  return new URLSearchParams(location.search).has('invite');
}

/** To where somebody had to sign in, if they came from there. */
function goBack() {
  const back = safeReturn(location.search);
  if (back) location.assign(back);
  return Boolean(back);
}

function trouble() {
  const again = h('button', { class: 'button', type: 'button', onclick: () => auth.load() }, 'Try again');
  const text = h('div', { class: 'alert', role: 'alert' }, sayError(auth.problem));
  main.replaceChildren(h('div', { class: 'door' }, h('div', { class: 'card stack' }, h('h1', {}, 'Account'), text, again)));
}

function nobody() {
  return note('This server runs without accounts: sign-in is switched off.');
}

function door(kind, note) {
  if (auth.config?.authProvider !== 'basic-auth') return elsewhere();
  const texts = {
    'sign-in': ['Sign in', 'Your workspaces and files, on every device.'],
    register: ['Create account', 'One account for your workspaces and files.'],
  };
  const [title, lead] = texts[kind];
  const form = h(`or3-${kind}`);
  document.title = `${title} · or3`;
  main.replaceChildren(
    h('div', { class: 'door' }, h('div', { class: 'card' }, h('h1', {}, title), h('p', { class: 'lead' }, note ?? lead), form)),
  );
  form.focus();
}

function elsewhere() {
  main.replaceChildren(note(`This server leaves sign-in to ${auth.config?.authProvider}. Sign in there.`));
}

function note(text) {
  return h('div', { class: 'door' }, h('div', { class: 'card' }, h('h1', {}, 'Account'), h('p', { class: 'muted' }, text)));
}

async function account() {
  document.title = 'Account · or3';
  const { user } = auth.session;
  const passwords = auth.session.provider === 'basic-auth';
  const workspaces = new Workspaces(auth);
  // What stands above something else comes with it, so that nothing moves.
  await workspaces.ready;
  if (auth.state !== 'signed-in') return;
  const profile = h(
    'dl', { class: 'facts' },
    fact('Name', user.displayName ?? '—'),
    fact('E-mail address', user.email ?? '—'),
    fact('Signed in with', passwords ? 'E-mail address and password' : auth.session.provider),
    fact('User id', h('code', {}, user.id)),
  );
  const parts = [
    { id: 'profile', title: 'Profile', body: profile },
    { id: 'workspaces', title: 'Workspaces', lead: 'What you keep together, alone or with others.', body: workspaces.node },
  ];
  if (passwords) {
    const changed = 'Changing it signs every other device out.';
    parts.push({ id: 'password', title: 'Password', lead: changed, body: h('or3-change-password') });
    parts.push({ id: 'sessions', title: 'Sessions', lead: 'Where you are signed in.', body: h('or3-sessions') });
  }
  const greeting = user.displayName ?? user.email ?? 'Your account';
  main.replaceChildren(h('h1', {}, greeting), ...sections(parts));
}

function fact(label, value) {
  return h('div', {}, h('dt', {}, label), h('dd', {}, value));
}
