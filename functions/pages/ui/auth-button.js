// <or3-auth-button>: signed out a way in, signed in an avatar with a menu. What it shows for a provider
// an adapter says; without one it is a plain link or the person's name.

import { adapterNews, registerAuthUiAdapter, resolveAuthUiAdapter } from './adapters.js';
import { h } from './dom.js';
import { Or3Element, define } from './element.js';
import { t } from './messages.js';
import { own } from './style.js';
import './sign-in.js';

const STYLE = own(`
:host { display: inline-block; position: relative; min-height: 2.5rem; min-width: 2.5rem; }
.avatar-button { border: 0; border-radius: 50%; padding: .125rem; background: none; }
.menu {
  position: absolute; inset: calc(100% + .5rem) 0 auto auto; z-index: 10; min-width: 14rem;
  padding: .375rem; border: 1px solid var(--_line); border-radius: calc(var(--_radius) + 4px);
  background: var(--_surface); box-shadow: 0 8px 24px #0003;
}
.menu[hidden] { display: none; }
.who { padding: .5rem .75rem .625rem; border-bottom: 1px solid var(--_line); margin-bottom: .375rem; }
.who strong, .who span { display: block; overflow: hidden; text-overflow: ellipsis; }
.item {
  display: block; width: 100%; padding: .5rem .75rem; border: 0; border-radius: 6px; text-align: start;
  background: none; color: var(--_text); text-decoration: none;
}
.item:hover, .item:focus-visible { background: var(--_soft); outline-offset: -2px; }
dialog {
  width: min(24rem, calc(100vw - 2rem)); padding: 1.5rem; border: 1px solid var(--_line);
  border-radius: calc(var(--_radius) + 4px); background: var(--_surface); color: var(--_text);
}
dialog::backdrop { background: #0008; }
.head { display: flex; align-items: center; justify-content: space-between; margin-bottom: 1rem; }
h2 { font-size: 1.25rem; line-height: 1.3; }
.close { border: 0; background: none; min-width: 2rem; min-height: 2rem; border-radius: 6px; color: var(--_muted); }
.name { display: inline-flex; align-items: center; min-height: 2.5rem; }
`);

class AuthButton extends Or3Element {
  listen(signal) {
    this.shadowRoot.adoptedStyleSheets = [...this.shadowRoot.adoptedStyleSheets.slice(0, 1), STYLE];
    adapterNews.addEventListener('change', () => this.render(), { signal });
    document.addEventListener('click', (event) => {
      if (!event.composedPath().includes(this)) this.closeMenu();
    }, { signal });
  }

  /** Where the account is looked after. */
  get accountHref() {
    return this.getAttribute('account-href') ?? new URL('/account', this.client.base).href;
  }

  changed() {
    const open = this.shadowRoot.querySelector('dialog[open]');
    if (open && this.client.state !== 'signed-in') return;
    this.render();
  }

  render() {
    const { state, session, config } = this.client;
    if (state === 'off' || state === 'unknown') return this.show();
    const adapter = resolveAuthUiAdapter(session?.provider ?? config?.authProvider);
    const shown = adapter?.render?.({ client: this.client, session, button: this });
    this.show(shown ?? this.#plain(session));
  }

  closeMenu() {
    const menu = this.shadowRoot.querySelector('.menu');
    if (!menu || menu.hidden) return false;
    menu.hidden = true;
    this.shadowRoot.querySelector('.avatar-button').setAttribute('aria-expanded', 'false');
    return true;
  }

  #plain(session) {
    if (session) return h('span', { class: 'name', part: 'name' }, nameOf(session));
    return h('a', { class: 'button', part: 'link', href: this.accountHref }, t('signIn'));
  }
}

function nameOf({ user }) {
  return user.displayName ?? user.email ?? user.id;
}

/** Two letters at most. */
export function initials(session) {
  const words = nameOf(session).split('@')[0].split(/[\s._-]+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0]).join('').toUpperCase();
}

/** Passwords: a dialog to sign in with, a menu to sign out from. */
function passwords({ client, session, button }) {
  return session ? menu(client, session, button) : entrance(button);
}

function entrance(button) {
  const href = button.getAttribute('sign-in-href');
  if (href) return h('a', { class: 'button main', part: 'button', href }, t('signIn'));
  const title = h('h2', { id: 'title', part: 'title' });
  const place = h('div', {
    'onor3-want-register': (event) => turn(event, 'or3-register', t('createAccount')),
    'onor3-want-sign-in': (event) => turn(event, 'or3-sign-in', t('signIn')),
    'onor3-signed-in': () => dialog.close(),
  });
  const close = h('button', { class: 'close', type: 'button', 'aria-label': t('close'), onclick: () => dialog.close() }, '✕');
  const dialog = h('dialog', { part: 'dialog', 'aria-labelledby': 'title' }, h('div', { class: 'head' }, title, close), place);
  const turn = (event, name, text) => {
    event?.stopPropagation();
    const form = h(name, { server: button.getAttribute('server'), exportparts: 'form, field, label, input, submit, error' });
    title.replaceChildren(text);
    place.replaceChildren(form);
    form.focus();
  };
  const open = () => {
    dialog.showModal();
    turn(null, 'or3-sign-in', t('signIn'));
  };
  const opener = h('button', { class: 'button main', type: 'button', part: 'button', 'aria-haspopup': 'dialog', onclick: open }, t('signIn'));
  return h('div', {}, opener, dialog);
}

function menu(client, session, button) {
  const name = nameOf(session);
  const item = (tag, attributes, text) => h(tag, { class: 'item', role: 'menuitem', tabindex: '-1', part: 'item', ...attributes }, text);
  const items = [
    item('a', { href: button.accountHref }, t('account')),
    item('button', { type: 'button', onclick: () => leave(client, button) }, t('signOut')),
  ];
  const list = h(
    'div', { class: 'menu', part: 'menu', hidden: true, onkeydown: (event) => key(event) },
    h('div', { class: 'who' }, h('strong', {}, name), session.user.email !== name && h('span', { class: 'muted' }, session.user.email ?? '')),
    h('div', { role: 'menu', 'aria-label': t('menuOf', { name }) }, items),
  );
  const opener = h(
    'button', {
      class: 'avatar-button', type: 'button', part: 'button', 'aria-haspopup': 'menu', 'aria-expanded': 'false',
      'aria-label': t('menuOf', { name }), onclick: () => toggle(), onkeydown: (event) => { if (event.key === 'ArrowDown') toggle(event); },
    },
    h('span', { class: 'avatar', part: 'avatar', 'data-initials': initials(session) }),
  );
  const toggle = (event) => {
    event?.preventDefault();
    if (button.closeMenu()) return;
    list.hidden = false;
    opener.setAttribute('aria-expanded', 'true');
    items[0].focus();
  };
  const key = (event) => {
    const at = items.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items.at(to % items.length).focus();
    } else if (event.key === 'Escape') {
      button.closeMenu();
      opener.focus();
    } else if (event.key === 'Tab') {
      button.closeMenu();
    }
  };
  return h('div', {}, opener, list);
}

async function leave(client, button) {
  button.closeMenu();
  try {
    await client.signOut();
    button.tell('or3-signed-out');
  } catch (error) {
    button.tell('or3-error', { error });
  }
}

if (!resolveAuthUiAdapter('basic-auth')) registerAuthUiAdapter({ id: 'basic-auth', render: passwords });
define('or3-auth-button', AuthButton);
