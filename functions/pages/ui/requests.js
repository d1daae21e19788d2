// Requests to the server: JSON in, JSON out, the session's cookies along.

import { AuthError, failure } from './auth-error.js';

export class Requests {
  /** How far the server's clock is ahead of ours, in milliseconds. */
  aheadMs = 0;
  #base;
  #reached;

  /** `reached` hears after each request whether the server was. */
  constructor(base, reached) {
    this.#base = base;
    this.#reached = reached;
  }

  /** `fetch` as it is; an `AuthError` with status 0 when the server is not reached. */
  async send(path, init) {
    let answer;
    try {
      answer = await fetch(new URL(path, this.#base), { credentials: 'include', ...init });
    } catch {
      this.#reached(false);
      throw new AuthError(0, 'offline');
    }
    this.#reached(true);
    const date = Date.parse(answer.headers.get('date') ?? '');
    if (date) this.aheadMs = date - Date.now();
    return answer;
  }
}

/** What `fetch` takes for a request with `body` as JSON. */
export function jsonInit(method, body) {
  const headers = {};
  if (method !== 'GET') headers['x-or3-cloud-intent'] = 'mutation';
  if (body === undefined) return { method, headers };
  headers['content-type'] = 'application/json';
  return { method, headers, body: JSON.stringify(body) };
}

/** The JSON of a success; an `AuthError` for everything else. */
export async function read(answer) {
  if (!answer.ok) throw await failure(answer);
  return answer.json();
}
