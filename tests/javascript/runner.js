/**
 * Runs verification cases (tests/vectors/README.md) through the ES module verifier, in Node and in a browser alike.
 */

import { KeyRing } from '../../suchang/web/static/credentials/key_ring.js';
import { OfflineVerifier } from '../../suchang/web/static/credentials/offline_verifier.js';
import { MemoryStore } from '../../suchang/web/static/credentials/stores.js';
import { verify } from '../../suchang/web/static/credentials/verifier.js';

/** @param {any} file @param {any} one */
function purposeOf({ domains }, { purpose, scope = [purpose], accepts, max_status_age: maxStatusAge }) {
  return purpose === null ? null : { domain: purpose, bit: domains[purpose], inScope: scope.includes(purpose), accepts, maxStatusAge };
}

/** @param {any} one */
function challengeOf({ challenge = null }) {
  const { nonce, partner, issued_at: issuedAt } = challenge ?? {};
  return challenge && { audience: `urn:suchang:partner:${partner}`, nonce, issuedAt };
}

/** @param {any} one @returns {string} */
function textOf({ text, repeat: [piece, times] = ['', 0] }) {
  return text + piece.repeat(times);
}

/** Judge a case whose status comes from a database, as a server does. @param {any} file @param {any} one */
async function online(file, one) {
  const seen = new Set((one.seen ?? []).map((pair) => pair.join(' ')));
  const rings = await Promise.all(Object.entries(file.rings[one.ring]).map(([issuer, jwks]) => KeyRing.read(jwks, { issuer })));
  return verify(textOf(one), purposeOf(file, one), challengeOf(one), {
    now: one.now,
    clockSure: one.clock_sure ?? true,
    ring: rings.reduce((all, ring) => all.merge(ring)),
    status: ({ sub }) => ({ state: one.statuses?.[sub] ?? one.status, asOf: one.now }),
    replay: async (presentation) => !seen.has(presentation) && Boolean(seen.add(presentation)),
  });
}

/** Judge a case as a desk without a network. @param {any} file @param {any} one @param {any} store */
async function offline(file, one, store) {
  const lists = one.lists.map((name) => file.lists[name]);
  await store.put('clock', { highWater: one.high_water ?? 0, offset: one.last_offset ?? 0 });
  for (const [sub, nonce] of one.seen ?? []) await store.addSeen(`${sub} ${nonce}`, one.now);
  const uris = [...new Set(lists.map(({ uri }) => uri))];
  const desk = await OfflineVerifier.open({ store, lists: uris, clock: () => one.now * 1000 });
  for (const [issuer, jwks] of Object.entries(file.rings[one.ring])) {
    await desk.learnKeys(jwks, { issuer, fetchedAt: one.ring_fetched });
  }
  for (const { uri, token } of lists) await desk.learnList(uri, token);
  return desk.verify(textOf(one), purposeOf(file, one), challengeOf(one));
}

/**
 * Judge every case.
 *
 * @param {any} file
 * @param {() => Promise<any>} [newStore]
 * @returns {Promise<any[]>} what the cases name, as found
 */
export async function run(file, newStore = async () => new MemoryStore()) {
  const results = [];
  for (const one of file.cases) {
    const verdict = one.mode === 'offline' ? await offline(file, one, await newStore()) : await online(file, one);
    results.push({
      name: one.name,
      outcome: verdict.outcome,
      reason: verdict.reason,
      check: verdict.outcome === 'accepted' ? null : verdict.check,
      assurance: verdict.assurance,
      as_of: verdict.asOf,
      tier: verdict.card?.tier ?? null,
      relation: verdict.card?.relation ?? null,
    });
  }
  return results;
}
