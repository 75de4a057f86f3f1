/**
 * The issuers' keys by (`iss`, `kid`), each with the time in which it is believed. A revoked key is not in the ring.
 */

import { ALGORITHMS } from './algorithms.js';
import { isMoment } from './claims.js';
import { isObject } from './strict_json.js';

const HOUR = 3600;

/**
 * @typedef {object} RingKey
 * @property {string} kid
 * @property {string} alg
 * @property {CryptoKey} key
 * @property {number} from the second of its activation, rounded down to the hour because `iat` of credentials is
 * @property {number} until the second of its retirement, inclusive
 */

export class KeyRing {
  /**
   * @param {Map<string, Map<string, RingKey>>} issuers
   * @param {number | null} asOf seconds: how old what it says is
   * @param {Record<string, number>} [domains] the bit of each benefit domain, as the issuer publishes them
   */
  constructor(issuers, asOf, domains = {}) {
    this.issuers = issuers;
    this.asOf = asOf;
    this.domains = domains;
  }

  /**
   * Read a published JWK set. Keys for another use, of an unknown algorithm or without `alg` are skipped (RFC 7517,
   * section 5); a set that is broken, names one key twice or holds a private key is refused.
   *
   * @param {Record<string, any>} jwks as parsed
   * @param {{issuer?: string, fetchedAt?: number}} [from] wins over the members `issuer` and `iat` of the set
   * @returns {Promise<KeyRing>}
   * @throws {RangeError} with one sentence
   */
  static async read(jwks, { issuer, fetchedAt } = {}) {
    const name = issuer ?? jwks?.issuer;
    const asOf = fetchedAt ?? jwks?.iat ?? null;
    const domains = jwks?.domains ?? {};
    if (typeof name !== 'string' || name === '') throw new RangeError("The key set doesn't say whose keys these are.");
    const bitsFit = isObject(domains) && Object.values(domains).every(Number.isInteger);
    if (!Array.isArray(jwks?.keys) || !bitsFit) throw new RangeError('This is not a JWK set.');
    if (asOf !== null && !isMoment(asOf)) throw new RangeError('The age of this JWK set is not a whole number of seconds.');
    /** @type {Map<string, RingKey>} */
    const keys = new Map();
    for (const jwk of jwks.keys) {
      const key = await readKey(jwk);
      if (key === null) continue;
      if (keys.has(key.kid)) throw new RangeError('Two keys of this ring have the same name.');
      keys.set(key.kid, key);
    }
    return new KeyRing(new Map([[name, keys]]), asOf, /** @type {Record<string, number>} */ (domains));
  }

  /**
   * Join with the ring of other issuers; the age is that of the older one.
   *
   * @param {KeyRing} other
   */
  merge(other) {
    const ages = [this.asOf, other.asOf].filter((age) => age !== null);
    const asOf = ages.length > 0 ? Math.min(...ages) : null;
    return new KeyRing(new Map([...this.issuers, ...other.issuers]), asOf, { ...other.domains, ...this.domains });
  }

  /** Tell whether there is no key at all. */
  get isEmpty() {
    return [...this.issuers.values()].every((keys) => keys.size === 0);
  }

  /** @param {string} issuer */
  knows(issuer) {
    return this.issuers.has(issuer);
  }

  /**
   * Find the key of this name that was believed at a moment.
   *
   * @param {string} issuer
   * @param {string} kid
   * @param {number} moment seconds
   * @returns {RingKey | null}
   */
  find(issuer, kid, moment) {
    const key = this.issuers.get(issuer)?.get(kid);
    return key && key.from <= moment && moment <= key.until ? key : null;
  }
}

/** @param {unknown} jwk @returns {Promise<RingKey | null>} */
async function readKey(jwk) {
  if (!isObject(jwk)) throw new RangeError('A key of the key set is not an object.');
  if ('d' in jwk) throw new RangeError('The key set holds a private key; throw it away and replace that key.');
  const { kid, alg, use = 'sig', key_ops: operations = ['verify'], nbf = 0, exp = null } = jwk;
  const verifies = Array.isArray(operations) && operations.length === 1 && operations[0] === 'verify';
  if (typeof alg !== 'string' || !Object.hasOwn(ALGORITHMS, alg) || use !== 'sig' || !verifies) return null;
  if (typeof kid !== 'string') return null;
  if (!isMoment(nbf) || (exp !== null && !isMoment(exp))) {
    throw new RangeError(`The times of the key ${kid} are not whole seconds.`);
  }
  const key = await ALGORITHMS[alg].importPublic(jwk);
  if (key === null) throw new RangeError(`The key ${kid} can't be read.`);
  return { kid, alg, key, from: nbf - (nbf % HOUR), until: exp ?? Infinity };
}
