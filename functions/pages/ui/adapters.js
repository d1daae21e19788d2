// How <or3-auth-button> looks for an auth provider: the host may register its own.

const registry = (globalThis[Symbol.for('or3-auth-adapters')] ??= {
  adapters: new Map(),
  news: new EventTarget(),
});

/** Registers `adapter` for the provider `adapter.id`; a later one takes the place of an earlier one. */
export function registerAuthUiAdapter(adapter) {
  registry.adapters.set(adapter.id, adapter);
  registry.news.dispatchEvent(new Event('change'));
}

/** The adapter of a provider, if there is one. */
export function resolveAuthUiAdapter(id) {
  return registry.adapters.get(id);
}

export const adapterNews = registry.news;
