// <or3-sessions>: where this person is signed in, and ending that.

import { h, time } from './dom.js';
import { Or3Element, define } from './element.js';
import { ago, moment, sayError, t } from './messages.js';
import { own } from './style.js';

const STYLE = own(`
:host { min-height: 5.5rem; }
ul { list-style: none; border-top: 1px solid var(--_line); }
li {
  display: flex; align-items: center; gap: .75rem; flex-wrap: wrap; padding: .75rem 0;
  border-bottom: 1px solid var(--_line);
}
.about { flex: 1 1 14rem; min-width: 0; }
.device { font-weight: 500; }
.mark { margin-inline-start: .5rem; padding: .0625rem .5rem; border-radius: 1rem; font-size: .75rem; font-weight: 500; background: var(--_soft); color: var(--_accent); }
.end { margin-top: 1rem; display: flex; align-items: center; gap: 1rem; flex-wrap: wrap; }
`);

class Sessions extends Or3Element {
  #list = null;
  #said = '';
  #of;

  listen(signal) {
    this.shadowRoot.adoptedStyleSheets = [...this.shadowRoot.adoptedStyleSheets.slice(0, 1), STYLE];
    this.client.addEventListener('signed-out', () => this.render(), { signal });
    this.#load();
  }

  changed() {
    if (this.entrance !== this.#of) this.#load();
  }

  async #load() {
    this.#of = this.entrance;
    if (!this.#of) {
      this.#list = null;
      return this.show();
    }
    try {
      this.#list = await this.client.sessions();
      this.render();
    } catch (error) {
      this.#trouble(error);
    }
  }

  #trouble(error) {
    const again = h('button', { class: 'button small', type: 'button', onclick: () => this.#load() }, t('tryAgain'));
    this.show(h('div', { class: 'alert', role: 'alert', part: 'error' }, `${t('sessionsTrouble')} ${sayError(error)}`), h('p', { class: 'end' }, again));
  }

  render() {
    if (this.client.state !== 'signed-in') return this.show();
    if (!this.#list) return this.show(h('p', { class: 'muted' }, t('loading')));
    const others = this.#list.filter((session) => !session.current).length;
    const all = h('button', { class: 'button', type: 'button', part: 'end-others', onclick: () => this.#end(null) }, t('endOthers'));
    const end = h('div', { class: 'end' }, others ? all : h('p', { class: 'muted' }, t('sessionsNone')));
    const said = h('div', { class: 'done', role: 'status', part: 'done' }, this.#said);
    this.show(said, h('ul', { part: 'list' }, this.#list.map((session) => this.#row(session))), end);
  }

  #row(session) {
    const device = describe(session.userAgent);
    const end = h(
      'button', {
        class: 'button small', type: 'button', part: 'end', 'aria-label': t('endSessionOf', { device }),
        onclick: () => this.#end(session),
      }, t('endSession'),
    );
    return h(
      'li', { part: 'session' },
      h(
        'div', { class: 'about' },
        h('div', { class: 'device' }, device, session.current && h('span', { class: 'mark' }, t('thisDevice'))),
        h(
          'div', { class: 'muted' },
          time(session.renewedAt, t('renewed', { when: ago(session.renewedAt) }), moment(session.renewedAt)),
          ' · ',
          time(session.signedInAt, t('signedIn', { when: ago(session.signedInAt) }), moment(session.signedInAt)),
          session.ipAddress && ` · ${session.ipAddress}`,
        ),
      ),
      !session.current && end,
    );
  }

  /** Ends one session, or all others for `null`. */
  async #end(session) {
    try {
      if (session) await this.client.endSession(session.id);
      else await this.client.endOtherSessions();
      this.#said = session ? '' : t('endOthersDone');
      await this.#load();
      this.#said = '';
    } catch (error) {
      this.#trouble(error);
    }
  }
}

const BROWSERS = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
const SYSTEMS = [['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS X', 'macOS'], ['CrOS', 'ChromeOS'], ['Linux', 'Linux']];

/** "Firefox · Linux" of what a browser says of itself. */
export function describe(userAgent) {
  const of = (names) => names.find(([mark]) => userAgent?.includes(mark))?.[1];
  const known = [of(BROWSERS), of(SYSTEMS)].filter(Boolean).join(' · ');
  return known || userAgent?.slice(0, 60) || t('browserUnknown');
}

define('or3-sessions', Sessions);
