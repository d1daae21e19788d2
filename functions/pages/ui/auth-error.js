// What went wrong with a request.

export class AuthError extends Error {
  /** `status` is 0 when the server was not reached; `retryAfter` is in seconds. */
  constructor(status, message, retryAfter) {
    super(message);
    this.name = 'AuthError';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The error of an answer, with the server's own text. */
export async function failure(answer) {
  const body = await answer.json().catch(() => null);
  const seconds = Number(answer.headers.get('retry-after')) || undefined;
  return new AuthError(answer.status, body?.message ?? answer.statusText, seconds);
}
