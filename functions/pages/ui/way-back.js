// Where somebody came from before they had to sign in.

/** The path in `return`, if it leads to a page of this host and nowhere else. */
export function safeReturn(search) {
  const wanted = new URLSearchParams(search).get('return');
  if (!wanted) return null;
  const address = new URL(wanted, location.origin);
  return address.origin === location.origin && wanted.startsWith('/') ? address.pathname + address.search + address.hash : null;
}
