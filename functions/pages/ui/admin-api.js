// Requests of the administrator, whose session is a cookie of its own.

import { AuthError, failure } from './auth-error.js';

/** Tells `over` when the session is. */
export const isOver = new EventTarget();

/** JSON in, JSON out; `quiet` says nothing of a session that is over. */
export async function api(method, path, body, { quiet = false } = {}) {
  const headers = { 'x-or3-admin-intent': 'admin' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  let answer;
  try {
    answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new AuthError(0, 'offline');
  }
  if (answer.ok) return answer.json();
  if (answer.status === 401 && !quiet) isOver.dispatchEvent(new Event('over'));
  throw await failure(answer);
}

export function signOut() {
  return api('POST', '/api/admin/auth/logout', undefined, { quiet: true });
}

/** A path with a query of what is not empty. */
export function query(path, members) {
  const given = Object.entries(members).filter(([, value]) => value !== '' && value !== undefined && value !== false);
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}
