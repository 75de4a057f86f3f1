/**
 * Token Status List, JWT form: 2 bits a card (0 valid, 1 invalid, 2 suspended), lists of 2^20, zlib.
 */

import { ALGORITHMS } from './algorithms.js';
import { base64urlDecode, base64urlEncode } from './bytes.js';
import { isMoment, LIST_SIZE, refusalOfHeader } from './claims.js';
import { isObject, parseObject } from './strict_json.js';
import { deflate, inflate } from './zlib.js';

export const LIST_BITS = 2;
const LIST_BYTES = (LIST_SIZE * LIST_BITS) / 8;
const MAX_TOKEN = 2 ** 20;
const ISSUED_SKEW = 60;
const TTL = 3600;

/** Read one status. @param {Uint8Array<ArrayBuffer>} bytes @param {number} bits 1, 2, 4 or 8 @param {number} index */
export function statusAt(bytes, bits, index) {
  const perByte = 8 / bits;
  return (bytes[Math.floor(index / perByte)] >> ((index % perByte) * bits)) & (2 ** bits - 1);
}

/**
 * Compress statuses as the `lst` of a list.
 *
 * @param {Iterable<[number, number]>} statuses index and status; every other index is 0
 * @param {number} bits
 * @param {number} size
 */
export async function encodeList(statuses, bits, size) {
  const bytes = new Uint8Array((size * bits) / 8);
  const perByte = 8 / bits;
  for (const [index, status] of statuses) bytes[Math.floor(index / perByte)] |= status << ((index % perByte) * bits);
  return base64urlEncode(await deflate(bytes));
}

/** Inflate the `lst` of a list to exactly so many bytes. @param {string} lst @param {number} length */
export async function decodeList(lst, length) {
  const zipped = base64urlDecode(lst);
  const bytes = zipped === null ? null : await inflate(zipped, length);
  return bytes !== null && bytes.length === length ? bytes : null;
}

/** A list whose signature and shape are good; whether it is still current is asked with `isCurrent`. */
export class StatusList {
  /**
   * @param {{uri: string, issuer: string, kid: string, iat: number, exp: number, ttl: number, bytes: Uint8Array<ArrayBuffer>}} parts
   */
  constructor({ uri, issuer, kid, iat, exp, ttl, bytes }) {
    this.uri = uri;
    this.issuer = issuer;
    this.kid = kid;
    this.iat = iat;
    this.exp = exp;
    this.ttl = ttl;
    this.bytes = bytes;
  }

  /**
   * Read a status list token: `typ`, `sub` = uri, bits, `iat`, signature by a key of the ring, size.
   *
   * @param {string} token compact JWS
   * @param {string} uri where it was fetched from, by configuration
   * @param {import('./key_ring.js').KeyRing} ring
   * @param {number} now seconds
   * @returns {Promise<StatusList | null>} null when it is not to be trusted
   */
  static async read(token, uri, ring, now) {
    const parts = typeof token === 'string' && token.length <= MAX_TOKEN ? token.split('.') : [];
    const [headerBytes, payloadBytes, signature] = parts.map(base64urlDecode);
    if (parts.length !== 3 || !headerBytes || !payloadBytes || signature?.length !== 64) return null;
    const header = parseObject(headerBytes);
    const payload = parseObject(payloadBytes);
    if (!header || !payload || refusalOfHeader(header, 'statuslist+jwt', ['alg', 'typ', 'kid']) !== null) return null;
    const { iss, sub, iat, exp, ttl = TTL, status_list: list } = payload;
    if (sub !== uri || !isMoment(iat) || !isMoment(exp) || iat > now + ISSUED_SKEW) return null;
    if (!isMoment(ttl) || !isObject(list) || list.bits !== LIST_BITS) return null;
    const issuer = typeof iss === 'string' ? iss : originOf(uri);
    const key = ring.find(issuer, /** @type {string} */ (header.kid), iat);
    if (key === null || key.alg !== header.alg) return null;
    if (!(await ALGORITHMS[key.alg].verify(key.key, signature, `${parts[0]}.${parts[1]}`))) return null;
    const bytes = typeof list.lst === 'string' ? await decodeList(list.lst, LIST_BYTES) : null;
    return bytes === null ? null : new StatusList({ uri, issuer, kid: key.kid, iat, exp, ttl, bytes });
  }

  /** Tell whether it may still be used. @param {number} now seconds */
  isCurrent(now) {
    return now < this.exp;
  }

  /** Tell whether a newer one should be fetched. @param {number} now seconds */
  isDue(now) {
    return now >= this.iat + this.ttl;
  }

  /** @param {number} index @returns {'valid' | 'revoked' | 'suspended' | 'status_unknown'} */
  stateOf(index) {
    return /** @type {const} */ (['valid', 'revoked', 'suspended', 'status_unknown'])[statusAt(this.bytes, LIST_BITS, index)];
  }
}

/** @param {string} uri */
function originOf(uri) {
  try {
    return new URL(uri).origin;
  } catch {
    return '';
  }
}
