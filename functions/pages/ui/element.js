// What all elements have: a shadow tree in the house's style, the client, and texts that may change.

import { authClient } from './or3-auth.js';
import { messageNews } from './messages.js';
import { sheet } from './style.js';

export class Or3Element extends HTMLElement {
  #gone;

  /** The client of the server that the attribute `server` names, or of ours. */
  get client() {
    return authClient(this.getAttribute('server') ?? undefined);
  }

  connectedCallback() {
    if (!this.shadowRoot) this.attachShadow({ mode: 'open' }).adoptedStyleSheets = [sheet()];
    this.#gone = new AbortController();
    const { signal } = this.#gone;
    this.client.addEventListener('change', () => this.changed(), { signal });
    messageNews.addEventListener('change', () => this.render(), { signal });
    this.listen(signal);
    this.render();
  }

  disconnectedCallback() {
    this.#gone.abort();
  }

  /** Whoever has signed in, and which time it was: what it takes to load something of theirs anew. */
  get entrance() {
    const { session, entries } = this.client;
    return session?.provider === 'basic-auth' ? `${session.providerUserId} ${entries}` : null;
  }

  /** What else an element listens to while it is in the page. */
  listen(_signal) {}

  /** Somebody signed in or out. */
  changed() {
    this.render();
  }

  render() {}

  show(...nodes) {
    this.shadowRoot.replaceChildren(...nodes.filter(Boolean));
  }

  /** Tells the page; false when the page prevented what would follow. */
  tell(type, detail) {
    const options = { bubbles: true, composed: true, cancelable: true, detail };
    return this.dispatchEvent(new CustomEvent(type, options));
  }
}

/** Defines an element once, however often its file was loaded. */
export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}
