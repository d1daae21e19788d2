// The types of or3-auth.js.

export interface SessionUser {
  id: string;
  email?: string;
  displayName?: string;
}

export interface Session {
  authenticated: true;
  provider: string;
  providerUserId: string;
  user: SessionUser;
  workspace: { id: string; name: string };
  role: 'owner' | 'editor' | 'viewer';
  /** When the access token ends, in ISO 8601. */
  expiresAt: string;
  deploymentAdmin: boolean;
  authorizationRevision: number;
  entitlements: string[];
}

/** One of the person's own sessions; times in ISO 8601. */
export interface OwnSession {
  id: string;
  current: boolean;
  signedInAt: string;
  renewedAt: string;
  expiresAt: string;
  /** When it ends however often it is renewed; null where sessions may go on. */
  endsAt: string | null;
  ipAddress: string | null;
  userAgent: string | null;
}

export interface Registration {
  email: string;
  password: string;
  confirmPassword: string;
  displayName?: string;
  inviteToken?: string;
}

export interface Config {
  authProvider: string | null;
  registrationMode: 'open' | 'invite_only' | 'disabled';
}

/** A request that did not succeed; `status` is 0 when the server was not reached. */
export class AuthError extends Error {
  readonly status: number;
  /** Seconds. */
  readonly retryAfter?: number;
}

export interface AuthEvents {
  /** State, session or problem is another. */
  change: CustomEvent;
  /** `client.online` is another. */
  connection: CustomEvent;
  /** The person signed out; `elsewhere` in another tab. */
  'signed-out': CustomEvent<{ elsewhere: boolean }>;
  /** The session is over and cannot be renewed. Preventing it keeps the page from going to `signInUrl`. */
  expired: CustomEvent<{ elsewhere: boolean }>;
}

export class AuthClient extends EventTarget {
  readonly base: string;
  readonly state: 'unknown' | 'off' | 'signed-out' | 'signed-in';
  readonly session: Session | null;
  readonly config: Config | null;
  readonly online: boolean;
  /** How often somebody has signed in since this page was opened, in whichever tab. */
  readonly entries: number;
  readonly problem: AuthError | null;
  /** Settles when the server has been asked for the first time. */
  readonly ready: Promise<Session | null>;
  /** Where to go when the session is over; empty stays. */
  signInUrl: string;

  load(): Promise<Session | null>;
  signIn(email: string, password: string): Promise<void>;
  register(account: Registration): Promise<void>;
  signOut(): Promise<void>;
  changePassword(currentPassword: string, newPassword: string): Promise<void>;
  /** A new session in place of `old`, an id of `sessions()`, that is about to end for good. */
  extend(password: string, old: string): Promise<void>;
  sessions(): Promise<OwnSession[]>;
  endSession(id: string): Promise<void>;
  /** Says how many sessions it ended. */
  endOtherSessions(): Promise<number>;
  /** `fetch` with the session; renewed and repeated once after a 401. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** `fetch`, JSON in and out. */
  json(method: string, path: string, body?: unknown): Promise<any>;
  /** Renews the session, once for all tabs; false when it is over. */
  refresh(since?: number): Promise<boolean>;

  addEventListener<K extends keyof AuthEvents>(
    type: K,
    listener: (event: AuthEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** What `<or3-auth-button>` shows for a provider. */
export interface AuthUiAdapter {
  /** The provider's id, for instance `basic-auth`. */
  id: string;
  /** The node to show; called again whenever the session changes. */
  render(context: { client: AuthClient; session: Session | null; button: HTMLElement }): Node;
}

/** The client of a server, by default of the one that the script comes from. */
export function authClient(base?: string): AuthClient;
export function registerAuthUiAdapter(adapter: AuthUiAdapter): void;
export function resolveAuthUiAdapter(id: string): AuthUiAdapter | undefined;
