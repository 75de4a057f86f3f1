/**
 * Runs verification cases (see tests/vectors/README.md) through the ES module verifier, in Node and in a browser alike.
 */

import { KeyRing } from '../../suchang/web/static/credentials/key_ring.js';
import { OfflineVerifier } from '../../suchang/web/static/credentials/offline_verifier.js';
import { MemoryStore } from '../../suchang/web/static/credentials/stores.js';
import { verify } from '../../suchang/web/static/credentials/verifier.js';

/** @param {any} purpose as in the file, with its names */
function purposeOf(purpose) {
  if (!purpose) return null;
  return {
    domain: purpose.domain,
    bit: purpose.bit,
    inScope: purpose.in_scope ?? true,
    accepts: purpose.accepts,
    maxStatusAge: purpose.max_status_age,
  };
}

/** @param {any} challenge */
function challengeOf(challenge) {
  return challenge ? { audience: challenge.audience, nonce: challenge.nonce, issuedAt: challenge.issued_at } : null;
}

/** A text, or the pieces of a long one: [["A", 10000000]]. @param {any} text @returns {string} */
function textOf(text) {
  return typeof text === 'string' ? text : text.map(([piece, times]) => piece.repeat(times)).join('');
}

/** Judge a case whose status comes from elsewhere, as a server's does. @param {any} file @param {any} one */
async function online(file, one) {
  const seen = new Set((one.seen ?? []).map((pair) => pair.join(' ')));
  const { state, as_of: asOf = one.now } = one.status ?? { state: 'valid' };
  return verify(textOf(one.text), purposeOf(one.purpose), challengeOf(one.challenge), {
    now: one.now,
    clockSure: one.clock_sure ?? true,
    ring: await KeyRing.read(file.rings[one.ring]),
    status: () => ({ state, asOf }),
    replay: async (presentation) => !seen.has(presentation) && Boolean(seen.add(presentation)),
  });
}

/** Judge a case as a desk without a network. @param {any} file @param {any} one @param {any} store */
async function offline(file, one, store) {
  let now = one.learned_at ?? one.now;
  const lists = (one.lists ?? []).map((name) => file.lists[name]);
  const desk = await OfflineVerifier.open({ store, lists: lists.map(({ uri }) => uri), clock: () => now * 1000 });
  if (one.ring) await desk.learnKeys(file.rings[one.ring], { fetchedAt: one.ring_fetched_at ?? now });
  for (const { uri, token } of lists) await desk.learnList(uri, token);
  if (one.server_time !== undefined) await desk.learnTime(one.server_time);
  for (const [sub, nonce] of one.seen ?? []) await store.addSeen(`${sub} ${nonce}`, one.now);
  now = one.now;
  return desk.verify(textOf(one.text), purposeOf(one.purpose), challengeOf(one.challenge));
}

/**
 * @param {any} file
 * @param {() => Promise<any>} [newStore]
 * @returns {Promise<{name: string, outcome: string, reason: string | null, check: number}[]>}
 */
export async function run(file, newStore = async () => new MemoryStore()) {
  const results = [];
  for (const one of file.cases) {
    const verdict = one.mode === 'offline' ? await offline(file, one, await newStore()) : await online(file, one);
    results.push({ name: one.name, outcome: verdict.outcome, reason: verdict.reason, check: verdict.check });
  }
  return results;
}
