/**
 * Signature algorithms by their JOSE names. One fixed algorithm per key: a header never chooses, it is only compared.
 * A further algorithm is one more entry.
 */

import { base64urlDecode, base64urlEncode, utf8Encode } from './bytes.js';

/**
 * @typedef {object} Algorithm
 * @property {(jwk: Record<string, unknown>) => Promise<CryptoKey | null>} importPublic null when the key is not fit
 * @property {(key: CryptoKey, signature: Uint8Array<ArrayBuffer>, signed: string) => Promise<boolean>} verify
 */

const EC = { name: 'ECDSA', namedCurve: 'P-256' };
const EC_SHA256 = { name: 'ECDSA', hash: 'SHA-256' };

/** @type {Algorithm} */
const ES256 = {
  async importPublic(jwk) {
    if (jwk.kty !== 'EC' || jwk.crv !== 'P-256' || !isCoordinate(jwk.x) || !isCoordinate(jwk.y)) return null;
    try {
      return await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y }, EC, true, ['verify']);
    } catch {
      return null; // not a point of the curve
    }
  },
  verify(key, signature, signed) {
    return crypto.subtle.verify(EC_SHA256, key, signature, utf8Encode(signed));
  },
};

/** @type {Readonly<Record<string, Algorithm>>} */
export const ALGORITHMS = Object.freeze({ ES256 });

/** @param {unknown} text @returns {text is string} 32 bytes in strict base64url */
function isCoordinate(text) {
  return typeof text === 'string' && text.length === 43 && base64urlDecode(text) !== null;
}

/**
 * Sign a compact JWS with a P-256 key, as a holder's device does.
 *
 * @param {CryptoKey} privateKey
 * @param {Record<string, unknown>} header
 * @param {Record<string, unknown>} payload
 * @returns {Promise<string>}
 */
export async function signCompact(privateKey, header, payload) {
  const encode = (/** @type {unknown} */ value) => base64urlEncode(utf8Encode(JSON.stringify(value)));
  const signed = `${encode(header)}.${encode(payload)}`;
  const signature = await crypto.subtle.sign(EC_SHA256, privateKey, utf8Encode(signed));
  return `${signed}.${base64urlEncode(new Uint8Array(signature))}`;
}
