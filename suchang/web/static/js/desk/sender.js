/** Sends a desk's acts, oldest first, one tab at a time; every step is kept before and after it goes out. */

import { answered, isOpen, nextRequest, sending } from './outbox.js';

const KEEP_SETTLED = 36 * 3_600_000;

/**
 * Send what the owner has to send, as far as it goes.
 *
 * @param {{store: any, owner: string, post: (path: string, body: any, key: string) => Promise<{status: number, body: any}>,
 *   now: () => number}} parts
 * @returns {Promise<{settled: number, refused: number, stopped: number | null}>} `stopped`: the status that ended it
 */
export async function send({ store, owner, post, now }) {
  const result = { settled: 0, refused: 0, stopped: null };
  for (const { id, owner: mine } of await store.all()) {
    if (mine !== owner) continue;
    for (;;) {
      let request = null;
      await store.update(id, (act) => {
        request = nextRequest(act, now());
        return request && sending(act, request);
      });
      if (request === null) break;
      const answer = await post(request.path, request.body, request.key);
      let before = null;
      const act = await store.update(id, (one) => {
        before = one.state;
        return answered(one, request, answer, now());
      });
      if (act && before === 'waiting' && act.state !== 'waiting') result[act.state] += 1;
      if (act?.tries > 0) {
        // What stops one stops all: no network, signed out, too busy.
        result.stopped = answer.status;
        return result;
      }
    }
  }
  return result;
}

/** Forget acts that were settled long ago. */
export async function tidy({ store, now }) {
  for (const act of await store.all()) {
    if (!isOpen(act) && now() - Date.parse(act.presentedAt) > KEEP_SETTLED) await store.remove(act.id);
  }
}
