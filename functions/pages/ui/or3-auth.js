// Who is signed in at an or3-edge server, in every tab alike. No dependencies, no build.
//
//   import { authClient } from 'https://cloud.example/_or3/ui/or3-auth.js';
//   const auth = authClient();
//   await auth.ready;
//   const answer = await auth.fetch('/api/workspaces');

import { Requests, jsonInit, read } from './requests.js';
import { Together } from './together.js';

export { AuthError } from './auth-error.js';
export { registerAuthUiAdapter, resolveAuthUiAdapter } from './adapters.js';

/** One client a server and page, however often this file was loaded. */
const clients = (globalThis[Symbol.for('or3-auth-clients')] ??= new Map());

/** The client of `base`, by default of the server that this file comes from. */
export function authClient(base = new URL(import.meta.url).origin) {
  const origin = new URL(base, document.baseURI).origin;
  if (!clients.has(origin)) clients.set(origin, new AuthClient(origin));
  return clients.get(origin);
}

/** Before the end of an access token: a fifth of its life, a minute at most. */
const EARLY_MS = 60_000;
/** Pauses after a failure to reach the server. */
const PAUSES_MS = [1000, 2000, 5000, 10_000, 30_000];
/** Timers cannot wait longer than 24 days. */
const LONGEST_MS = 86_400_000;

export class AuthClient extends EventTarget {
  /** Where to go when a session is over; empty stays. A page sets it. */
  signInUrl = '';
  #requests;
  #together;
  #timer;
  #failures = 0;
  /** When the server was asked for the session that is known. */
  #askedAt = 0;
  #refreshing = null;

  constructor(base) {
    super();
    this.base = base;
    /** `unknown` until the server has said; then `off`, `signed-out` or `signed-in`. */
    this.state = 'unknown';
    this.session = null;
    this.config = null;
    this.online = true;
    /** How often somebody has signed in since this page was opened, in whichever tab. */
    this.entries = 0;
    /** Why the state is unknown, or may be out of date. */
    this.problem = null;
    this.#requests = new Requests(base, (online) => this.#connected(online));
    this.#together = new Together(base, (news) => this.#heard(news));
    addEventListener('online', () => this.load());
    addEventListener('offline', () => this.#connected(false));
    document.addEventListener('visibilitychange', () => this.#awake());
    this.ready = this.load();
  }

  /** Asks the server again who is signed in. */
  async load() {
    const asked = Date.now();
    try {
      this.config ??= configOfPage(this.base) ?? (await this.request('GET', '/_or3/config.json'));
      const off = !this.config.authProvider;
      const answer = off ? null : await this.request('GET', '/api/auth/session');
      this.#failures = 0;
      this.problem = null;
      this.#askedAt = asked;
      if (!off && !answer.session && this.session) this.#left('expired', false);
      else this.#become(answer?.session ?? null, off);
    } catch (error) {
      // Trouble is not a sign-out: what was known stays.
      this.problem = error;
      const pause = PAUSES_MS[Math.min(this.#failures++, PAUSES_MS.length - 1)];
      this.#later(Math.max(pause, (error.retryAfter ?? 0) * 1000), () => this.load());
      this.#tell('change');
    }
    return this.session;
  }

  async signIn(email, password) {
    await this.request('POST', '/api/basic-auth/sign-in', { email, password });
    await this.#entered();
  }

  async register(account) {
    await this.request('POST', '/api/basic-auth/register', account);
    await this.#entered();
  }

  async signOut() {
    await this.request('POST', '/api/basic-auth/sign-out');
    this.#together.say({ what: 'signed-out' });
    this.#left('signed-out', false);
  }

  /** Every session ends, and this device gets a new one with the new password. */
  async changePassword(currentPassword, newPassword) {
    const { email } = this.session?.user ?? {};
    const body = { currentPassword, newPassword, confirmNewPassword: newPassword };
    await this.request('POST', '/api/basic-auth/change-password', body);
    await this.signIn(email, newPassword);
  }

  /** A new session in place of `old`, which must end: the password is asked again. A wrong one takes the
   *  cookies away, as at every sign-in; the right one brings new ones. */
  async extend(password, old) {
    await this.signIn(this.session?.user.email, password);
    // If this cannot be sent, the old session still ends at its time.
    await this.endSession(old).catch((error) => (this.problem = error));
  }

  async sessions() {
    return (await this.#json('GET', '/api/basic-auth/sessions')).sessions;
  }

  async endSession(id) {
    await this.#json('DELETE', `/api/basic-auth/sessions/${encodeURIComponent(id)}`);
  }

  async endOtherSessions() {
    return (await this.#json('DELETE', '/api/basic-auth/sessions')).ended;
  }

  /** `fetch` with this person's session; after a 401 the session is renewed and the request repeated, once. */
  async fetch(path, init = {}) {
    const sent = Date.now();
    const answer = await this.#requests.send(path, init);
    const repeatable = !(init.body instanceof ReadableStream);
    if (answer.status !== 401 || !repeatable || this.session?.provider !== 'basic-auth') return answer;
    return (await this.refresh(sent)) ? this.#requests.send(path, init) : answer;
  }

  /** Renews the session unless it was renewed after `since`, by whichever tab. Says whether it lives. */
  refresh(since = Date.now()) {
    this.#refreshing ??= this.#refresh(since).finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  async #refresh(since) {
    const alive = await this.#together.alone(async () => {
      if (this.#together.renewedAt() >= since) return true;
      const { ok } = await this.request('POST', '/api/basic-auth/refresh?silent=1');
      if (ok) this.#together.renewed();
      return ok;
    });
    if (alive) {
      const end = this.session?.expiresAt;
      await this.load();
      // Nothing renews beyond the last end of a session: then it is only waited for.
      if (end && this.session?.expiresAt === end) this.#later(this.#msLeft(this.session) + 500, () => this.load());
    } else {
      this.#together.say({ what: 'expired' });
      this.#left('expired', false);
    }
    return alive;
  }

  /** A request as it is, without renewal: JSON in, JSON out, an `AuthError` for everything but success. */
  async request(method, path, body) {
    return read(await this.#requests.send(path, jsonInit(method, body)));
  }

  /** The same for whoever is signed in. */
  async #json(method, path, body) {
    return read(await this.fetch(path, jsonInit(method, body)));
  }

  /** `fetch`, JSON in and out: for pages. */
  json(method, path, body) {
    return this.#json(method, path, body);
  }

  async #entered() {
    this.entries += 1;
    this.#together.renewed();
    this.#together.say({ what: 'signed-in' });
    await this.load();
  }

  #left(event, elsewhere) {
    const was = this.state;
    this.#become(null, false);
    if (was !== 'signed-in') return;
    const stay = !this.#tell(event, { elsewhere }) || !this.signInUrl;
    if (!stay && event === 'expired') location.assign(signInAddress(this.signInUrl));
  }

  #become(session, off) {
    this.session = session;
    this.state = off ? 'off' : session ? 'signed-in' : 'signed-out';
    clearTimeout(this.#timer);
    if (session?.provider === 'basic-auth') this.#renewBeforeTheEnd(session);
    this.#tell('change');
  }

  #renewBeforeTheEnd(session) {
    const left = this.#msLeft(session);
    this.#later(left - Math.min(EARLY_MS, left / 5), () => this.#renewQuietly());
  }

  #msLeft(session) {
    return Date.parse(session.expiresAt) - Date.now() - this.#requests.aheadMs;
  }

  async #renewQuietly() {
    const { session } = this;
    if (!session) return;
    if (this.#msLeft(session) > EARLY_MS) return this.#renewBeforeTheEnd(session);
    try {
      // A tab that has renewed since this one asked has done it for all.
      await this.refresh(this.#askedAt);
    } catch (error) {
      this.problem = error;
      this.#later(PAUSES_MS[2], () => this.#renewQuietly());
    }
  }

  #awake() {
    if (document.visibilityState !== 'visible' || this.state !== 'signed-in') return;
    if (this.#msLeft(this.session) < EARLY_MS / 2) this.#renewQuietly();
  }

  #heard({ what }) {
    if (what === 'signed-out' || what === 'expired') return this.#left(what, true);
    this.entries += 1;
    this.load();
  }

  #connected(online) {
    if (this.online === online) return;
    this.online = online;
    this.#tell('connection');
    if (!online) this.#later(PAUSES_MS[2], () => this.load());
  }

  #later(ms, what) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(what, Math.min(Math.max(ms, 250), LONGEST_MS));
  }

  /** False when a listener prevented what would follow. */
  #tell(type, detail = {}) {
    return this.dispatchEvent(new CustomEvent(type, { detail, cancelable: true }));
  }
}

/** What the server wrote into a page of its own. */
function configOfPage(base) {
  const own = base === location.origin && document.querySelector('meta[name="or3-config"]');
  return own ? JSON.parse(own.content) : null;
}

/** The address of the sign-in page, with the way back. */
function signInAddress(url) {
  const address = new URL(url, location.href);
  if (address.origin === location.origin) {
    address.searchParams.set('return', location.pathname + location.search + location.hash);
  }
  return address.href;
}
