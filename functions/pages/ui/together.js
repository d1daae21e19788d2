// What the tabs of one browser tell each other, and how one of them works while the others wait.

export class Together {
  #channel;
  #key;
  #renewedAt = 0;

  /** `hear` gets what other tabs say; never what this one says. */
  constructor(base, hear) {
    this.#key = `or3-auth ${base}`;
    this.#channel = globalThis.BroadcastChannel && new BroadcastChannel(this.#key);
    this.#channel?.addEventListener('message', ({ data }) => hear(data));
  }

  say(news) {
    this.#channel?.postMessage(news);
  }

  /** Runs `work` in one tab at a time. Where there are no locks the server's grace for simultaneous
   *  renewals has to do. */
  alone(work) {
    return navigator.locks ? navigator.locks.request(this.#key, work) : work();
  }

  /** Notes a renewal, for the tabs that wait to do the same. */
  renewed() {
    this.#renewedAt = Date.now();
    try {
      localStorage.setItem(this.#key, String(this.#renewedAt));
    } catch {
      // Without storage every tab renews for itself.
    }
  }

  /** When a tab last renewed, in milliseconds. */
  renewedAt() {
    try {
      return Math.max(this.#renewedAt, Number(localStorage.getItem(this.#key)) || 0);
    } catch {
      return this.#renewedAt;
    }
  }
}
