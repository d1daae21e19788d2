// <or3-session-notice>: a line at the foot of the page when a session is about to end for good, and
// while there is no connection.

import { h } from './dom.js';
import { Or3Element, define } from './element.js';
import { form, passwordField } from './form.js';
import { clock, t } from './messages.js';
import { own } from './style.js';

const STYLE = own(`
:host { position: fixed; inset: auto 1rem 1rem; z-index: 20; pointer-events: none; }
.notice {
  pointer-events: auto; width: min(30rem, 100%); margin-inline: auto; padding: .875rem 1rem;
  border: 1px solid var(--_line); border-inline-start: 4px solid var(--_accent);
  border-radius: var(--_radius); background: var(--_surface); box-shadow: 0 8px 24px #0003;
}
.notice + .notice { margin-top: .5rem; }
.choice { display: flex; gap: .5rem; margin-top: .75rem; }
form { margin-top: .75rem; }
`);

/** How long before the end it is said. */
const WARN_SECONDS = 300;
/** How long it is said that the connection is back. */
const BACK_MS = 4000;
/** Timers cannot wait longer than 24 days. */
const LONGEST_MS = 86_400_000;

class SessionNotice extends Or3Element {
  #own = null;
  #of;
  #timer;
  #asking = false;
  #dismissed = null;
  #back = false;

  listen(signal) {
    this.shadowRoot.adoptedStyleSheets = [...this.shadowRoot.adoptedStyleSheets.slice(0, 1), STYLE];
    this.client.addEventListener('connection', () => this.#connection(), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
    this.#look();
  }

  changed() {
    if (!this.client.session) this.#asking = false;
    if (this.entrance !== this.#of) this.#look();
  }

  /** Reads when the session ends at last. */
  async #look() {
    this.#of = this.entrance;
    try {
      const all = this.#of ? await this.client.sessions() : [];
      this.#own = all.find(({ current }) => current) ?? null;
    } catch {
      // What cannot be read now is read when something changes.
      this.#of = undefined;
    }
    this.#wait();
  }

  #wait() {
    clearTimeout(this.#timer);
    const left = Date.parse(this.#endsAt) - Date.now() - this.#warnMs();
    if (left > 0) this.#timer = setTimeout(() => this.#wait(), Math.min(left, LONGEST_MS));
    if (!this.#asking) this.render();
  }

  get #endsAt() {
    return this.#own?.endsAt ?? null;
  }

  #warnMs() {
    return 1000 * Number(this.getAttribute('warn-seconds') ?? WARN_SECONDS);
  }

  #connection() {
    this.#back = this.client.online;
    this.render();
    if (!this.#back) return;
    setTimeout(() => {
      this.#back = false;
      this.render();
    }, BACK_MS);
  }

  #isEnding() {
    const left = Date.parse(this.#endsAt) - Date.now();
    return this.client.session && left <= this.#warnMs() && this.#dismissed !== this.#endsAt;
  }

  render() {
    this.show(
      h('div', { role: 'status', part: 'connection' }, this.#connectionLine()),
      h('div', { role: 'alert', part: 'ending' }, this.#isEnding() && this.#ending()),
    );
  }

  #connectionLine() {
    if (!this.client.online) return h('div', { class: 'notice', part: 'notice' }, t('offline'));
    return this.#back && h('div', { class: 'notice', part: 'notice' }, t('onlineAgain'));
  }

  #ending() {
    const text = h('p', {}, t('sessionEnds', { time: clock(this.#endsAt) }));
    const extend = h('button', { class: 'button main small', type: 'button', part: 'extend', onclick: () => this.#ask(box) }, t('extend'));
    const later = h('button', { class: 'button small', type: 'button', onclick: () => this.#dismiss() }, t('notNow'));
    const box = h('div', { class: 'notice', part: 'notice' }, text, h('div', { class: 'choice' }, extend, later));
    return box;
  }

  #dismiss() {
    this.#dismissed = this.#endsAt;
    this.#asking = false;
    this.render();
  }

  /** No renewal goes beyond the end: the password begins a new session. */
  #ask(box) {
    this.#asking = true;
    const ask = form({
      fields: [{ ...passwordField('password', t('password')), hint: t('extendHint') }],
      submit: t('extend'),
      wrong: 'currentWrong',
      send: async ({ password }) => {
        await this.client.extend(password, this.#own.id);
        this.#asking = false;
        await this.#look();
        this.tell('or3-session-extended');
      },
    });
    box.replaceChildren(box.firstChild, ask);
    ask.querySelector('input').focus();
  }
}

define('or3-session-notice', SessionNotice);
