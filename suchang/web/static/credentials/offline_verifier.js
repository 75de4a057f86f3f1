/**
 * The verifier of a desk without a network: what it was taught while it had one (keys, status lists, the time) it keeps in a
 * store and judges by until it grows too old. What it can't know it says: unknown, never accepted.
 *
 *     const desk = await OfflineVerifier.open({ store: await IndexedDbStore.open(), lists: ['https://…/status-lists/0'] });
 *     await desk.learnKeys(await response.json(), { fetchedAt });
 *     await desk.learnList(uri, await response.text());
 *     const verdict = await desk.verify(text, desk.purpose('medical'));
 */

import { KeyRing } from './key_ring.js';
import { StatusList } from './status_list.js';
import { verify } from './verifier.js';

/** Seconds after which a ring is too old to accept by: a key may have been revoked since. */
export const RING_LIFE = 7 * 86_400;
/** Seconds by which the clock may be below what this verifier knows to be past. */
export const CLOCK_SLACK = 60;
/** Seconds by which the clock may have differed from a server's at the last sync. */
export const CLOCK_OFFSET = 10;
/** Seconds that presentations are remembered; a proof is fresh for one minute, the rest is for clocks set back. */
const SEEN_LIFE = 2 * 86_400;
/** Seconds in which the issuer takes what was seen offline. */
const DEFERRED_LIFE = 72 * 3600;

/** @returns {number} milliseconds since 1970 */
const systemClock = () => Date.now();

/**
 * @typedef {object} Options
 * @property {import('./stores.js').Store} store
 * @property {string[]} lists the status lists that this verifier trusts, by configuration
 * @property {() => number} [clock] milliseconds since 1970
 * @property {boolean} [defer] whether presentations are kept for the issuer (default true)
 */

export class OfflineVerifier {
  /** @param {Required<Options>} options */
  constructor({ store, lists, clock, defer }) {
    this.defers = defer;
    this.store = store;
    this.clock = clock;
    this.uris = lists;
    /** @type {Map<string, KeyRing>} */
    this.rings = new Map();
    /** @type {Map<string, StatusList>} */
    this.lists = new Map();
    /** Seconds: a moment known to be past. */
    this.highWater = 0;
    /** Seconds that the clock was off at the last sync. */
    this.offset = 0;
  }

  /**
   * Open with what the store holds; `verify` needs keys, from the store or from `learnKeys`.
   *
   * @param {Options} options
   */
  static async open({ clock = systemClock, defer = true, ...rest }) {
    const verifier = new OfflineVerifier({ clock, defer, ...rest });
    const { store } = verifier;
    const sets = /** @type {[string, any, number][]} */ ((await store.get('rings')) ?? []);
    for (const [issuer, jwks, fetchedAt] of sets) {
      verifier.rings.set(issuer, await KeyRing.read(jwks, { issuer, fetchedAt }));
    }
    const mark = /** @type {{highWater: number, offset: number}} */ ((await store.get('clock')) ?? { highWater: 0, offset: 0 });
    Object.assign(verifier, mark);
    for (const uri of verifier.uris) {
      const token = await store.get(`list ${uri}`);
      if (typeof token === 'string') await verifier.#readList(uri, token);
    }
    return verifier;
  }

  get now() {
    return Math.floor(this.clock() / 1000);
  }

  /**
   * Take a JWK set in place of the one of the same issuer, so that a revoked key is gone, and stays gone if an older set
   * follows.
   *
   * @param {Record<string, any>} jwks
   * @param {{issuer?: string, fetchedAt?: number}} [from] now, if not told and the set doesn't tell
   * @throws {RangeError} with one sentence when the set is broken
   */
  async learnKeys(jwks, { issuer = jwks.issuer, fetchedAt = jwks.iat ?? this.now } = {}) {
    const ring = await KeyRing.read(jwks, { issuer, fetchedAt });
    if ((this.rings.get(issuer)?.asOf ?? 0) > fetchedAt) return;
    this.rings.set(issuer, ring);
    const sets = /** @type {[string, any, number][]} */ ((await this.store.get('rings')) ?? []);
    await this.store.put('rings', [...sets.filter(([name]) => name !== issuer), [issuer, jwks, fetchedAt]]);
  }

  /**
   * Take a status list token that was fetched from one of the configured addresses.
   *
   * @param {string} uri
   * @param {string} token
   * @returns {Promise<'taken' | 'older' | 'refused'>} older: a newer one is here and stays
   */
  async learnList(uri, token) {
    const result = this.uris.includes(uri) ? await this.#readList(uri, token) : 'refused';
    if (result === 'taken') {
      await this.store.put(`list ${uri}`, token);
      await this.store.put(`newest ${uri}`, this.lists.get(uri)?.iat);
      await this.#raise(/** @type {StatusList} */ (this.lists.get(uri)).iat);
    }
    return result;
  }

  /** @param {string} uri @param {string} token @returns {Promise<'taken' | 'older' | 'refused'>} */
  async #readList(uri, token) {
    const list = await StatusList.read(token, uri, this.#keys(), this.now);
    if (list === null) return 'refused';
    const newest = /** @type {number | undefined} */ (await this.store.get(`newest ${uri}`)) ?? 0;
    if (list.iat < newest) return 'older';
    this.lists.set(uri, list);
    return 'taken';
  }

  /**
   * Take the time of a server, from the `Date` of an HTTPS answer.
   *
   * @param {number} seconds
   */
  async learnTime(seconds) {
    this.offset = this.now - seconds;
    await this.#raise(seconds);
  }

  /** @param {number} seconds */
  async #raise(seconds) {
    this.highWater = Math.max(this.highWater, seconds);
    await this.store.put('clock', { highWater: this.highWater, offset: this.offset });
  }

  /** Tell whether the clock can be believed: not below what is known to be past, not off at the last sync. */
  get clockSure() {
    return this.now >= this.highWater - CLOCK_SLACK && Math.abs(this.offset) <= CLOCK_OFFSET;
  }

  /** The lists that a fetch would improve: missing or older than their `ttl`. */
  get due() {
    return this.uris.filter((uri) => this.lists.get(uri)?.isDue(this.now) ?? true);
  }

  /** Seconds: the age of the oldest status that this verifier judges by; null when one is missing. */
  get statusAge() {
    const lists = this.uris.map((uri) => this.lists.get(uri));
    return lists.every((list) => list !== undefined) && lists.length > 0
      ? Math.max(...lists.map((list) => this.now - /** @type {StatusList} */ (list).iat))
      : null;
  }

  /**
   * Make the purpose of a benefit domain from the bits that the issuer publishes with its keys.
   *
   * @param {string} domain
   * @returns {import('./verifier.js').Purpose}
   * @throws {RangeError} when the issuer publishes no such domain
   */
  purpose(domain) {
    const { domains } = this.#keys();
    if (!Object.hasOwn(domains, domain)) {
      const known = Object.keys(domains).join(', ') || 'none';
      throw new RangeError(`The issuer publishes no benefit domain '${domain}'; it publishes ${known}.`);
    }
    return { domain, bit: domains[domain] };
  }

  /**
   * Verify one presentation. An accepted one is accepted once; accepted and unknown ones are deferred, for the issuer, unless
   * the verifier was opened with `defer: false`.
   *
   * @param {unknown} text
   * @param {import('./verifier.js').Purpose | null} [purpose] null: check 9 is not asked
   * @param {import('./verifier.js').Challenge | null} [challenge]
   * @returns {Promise<import('./verdict.js').Verdict>}
   * @throws {Error} when it has no keys
   */
  async verify(text, purpose = null, challenge = null) {
    const ring = this.#keys();
    const { now, store } = this;
    await store.forgetSeen(now - SEEN_LIFE);
    const verdict = await verify(text, purpose, challenge, {
      now,
      clockSure: this.clockSure,
      ring,
      status: (credential) => this.#status(credential, now),
      replay: (presentation, at) => store.addSeen(presentation, at),
    });
    if (this.defers && verdict.outcome !== 'refused') {
      const presentedAt = new Date(now * 1000).toISOString().replace('.000Z', 'Z');
      await store.defer({ presentation: String(text), purpose: purpose?.domain ?? null, presented_at: presentedAt });
    }
    return verdict;
  }

  /**
   * What is to be sent to `POST /api/v1/verifications` (scope `verify:offline`), oldest first; call `store.settle` with the
   * id when the issuer has answered. What the issuer would no longer take is dropped.
   *
   * @returns {Promise<import('./stores.js').Deferred[]>}
   */
  async deferred() {
    const kept = [];
    for (const one of await this.store.deferred()) {
      if (this.now - Date.parse(one.body.presented_at) / 1000 <= DEFERRED_LIFE) kept.push(one);
      else await this.store.settle(one.id);
    }
    return kept;
  }

  /** @returns {KeyRing} */
  #keys() {
    const ring = [...this.rings.values()].reduce((all, one) => all.merge(one), new KeyRing(new Map(), null));
    if (ring.isEmpty) {
      throw new Error('This verifier has no keys yet: connect once so that it can fetch /.well-known/jwks.json of the issuer.');
    }
    return ring;
  }

  /**
   * @param {import('./claims.js').Credential} credential
   * @param {number} now
   * @returns {import('./verifier.js').StatusAnswer}
   */
  #status(credential, now) {
    if (credential.status === null) return { state: 'online_required', asOf: now };
    const { uri, idx } = credential.status;
    const list = this.lists.get(uri);
    if (list === undefined || list.issuer !== credential.iss) return { state: 'status_unknown', asOf: now };
    const ring = this.rings.get(list.issuer);
    // A key that has been revoked since takes its lists with it.
    const believed = ring?.find(list.issuer, list.kid, list.iat);
    const state = believed && list.isCurrent(now) ? list.stateOf(idx) : 'status_unknown';
    const keysTooOld = now - (ring?.asOf ?? 0) > RING_LIFE;
    return { state: state === 'valid' && keysTooOld ? 'status_unknown' : state, asOf: list.iat };
  }
}
