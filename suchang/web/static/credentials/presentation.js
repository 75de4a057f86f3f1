/**
 * The holder's side: a key that can't leave the phone, and the presentation that it proves every 30 seconds, with or without
 * a network.
 */

import { signCompact } from './algorithms.js';
import { base64urlEncode } from './bytes.js';
import { pack, sha256Text } from './qr_text.js';
import { finished, settled } from './stores.js';

/** Seconds after which a new code is drawn. */
export const RENEWAL = 30;
/** Seconds by which a phone's clock may be off before it says so. */
export const WARN_OFFSET = 5;

/** Milliseconds within which a browser opens its storage, or has none. */
const OPENING = 1500;
const DESK_AUDIENCE = 'urn:suchang:desk';
const NONCE_BYTES = 12;

/** Make a P-256 key pair whose private key can't be read, not even by this page. @returns {Promise<CryptoKeyPair>} */
export async function createDeviceKey() {
  return crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
}

/** Give the public key as the profile writes it: exactly kty, crv, x, y. @param {CryptoKeyPair} pair */
export async function publicJwk(pair) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  return { kty, crv, x, y };
}

/** Give the RFC 7638 thumbprint of a public key. @param {{kty?: string, crv?: string, x?: string, y?: string}} jwk */
export async function thumbprint({ crv, kty, x, y }) {
  return sha256Text(JSON.stringify({ crv, kty, x, y }));
}

/**
 * Prove possession of a device key to the issuer, which has given a nonce.
 *
 * @param {CryptoKeyPair} pair
 * @param {{audience: string, nonce: string, now: number}} request the issuer, its nonce, seconds
 * @returns {Promise<string>} a JWT
 */
export async function provePossession(pair, { audience, nonce, now }) {
  const header = { alg: 'ES256', typ: 'suchang-device+jwt' };
  return signCompact(pair.privateKey, header, { aud: audience, iat: Math.floor(now), nonce });
}

/**
 * Build one device presentation: the credential and a fresh proof by the holder's key.
 *
 * @param {string} credential the stored token, `header.payload.signature`, with or without `~` at its end
 * @param {CryptoKey} privateKey
 * @param {number} now seconds, corrected by the server's time where it is known
 * @param {{audience: string, nonce: string} | null} [challenge] what a desk has shown
 * @returns {Promise<string>} QR text
 */
export async function present(credential, privateKey, now, challenge = null) {
  const token = credential.endsWith('~') ? credential.slice(0, -1) : credential;
  const proof = await signCompact(
    privateKey,
    { alg: 'ES256', typ: 'kb+jwt' },
    {
      iat: Math.floor(now),
      aud: challenge?.audience ?? DESK_AUDIENCE,
      nonce: challenge?.nonce ?? base64urlEncode(crypto.getRandomValues(new Uint8Array(NONCE_BYTES))),
      sd_hash: await sha256Text(`${token}~`),
    },
  );
  return pack(token, proof);
}

/** A clock that is corrected by a server's time. */
export class CorrectedClock {
  /** @param {() => number} [clock] milliseconds since 1970 */
  constructor(clock = () => Date.now()) {
    this.clock = clock;
    /** Seconds to be added. */
    this.correction = 0;
  }

  /** Seconds since 1970. */
  get now() {
    return this.clock() / 1000 + this.correction;
  }

  /** Whether the phone's own clock is so far off that its holder should be told. */
  get isOff() {
    return Math.abs(this.correction) > WARN_OFFSET;
  }

  /**
   * Learn from the `Date` of an answer. It has whole seconds and was written somewhere on the way: a difference that this
   * explains is none.
   *
   * @param {string | null} date the header
   * @param {number} sentAt milliseconds, when the request was sent
   */
  learn(date, sentAt) {
    const server = Date.parse(date ?? '') / 1000;
    if (Number.isNaN(server)) return;
    const [earliest, latest] = [sentAt / 1000 - 1, this.clock() / 1000];
    this.correction = server < earliest ? server - earliest : server > latest ? server - latest : 0;
  }
}

/** Keeps the device key and its credentials on the phone; the private key is stored as it is, unreadable. */
export class Wallet {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** @param {string} [name] @returns {Promise<Wallet>} */
  static async open(name = 'suchang-wallet') {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('kept');
    let timer = 0;
    // Some browsers never answer, in private mode or after their store was cleared: that is no wallet.
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error('the storage of this browser does not answer')), OPENING);
    });
    try {
      return new Wallet(await Promise.race([settled(request), late]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** Give the key of this device, and make it the first time. @returns {Promise<CryptoKeyPair>} */
  async deviceKey() {
    const kept = await this.get('key');
    if (kept) return kept;
    const made = await createDeviceKey();
    // Another tab may have been faster: what is there first stays.
    const transaction = this.database.transaction('kept', 'readwrite', { durability: 'strict' });
    const store = transaction.objectStore('kept');
    const request = store.get('key');
    request.onsuccess = () => request.result ?? store.add(made, 'key');
    await finished(transaction);
    return request.result ?? made;
  }

  /** @param {string} key @param {unknown} value */
  async put(key, value) {
    const transaction = this.database.transaction('kept', 'readwrite');
    transaction.objectStore('kept').put(value, key);
    await finished(transaction);
  }

  /** @param {string} key */
  async get(key) {
    return settled(this.database.transaction('kept').objectStore('kept').get(key));
  }

  /** Give everything that is kept, by key, in one look. @returns {Promise<Record<string, any>>} */
  async everything() {
    const store = this.database.transaction('kept').objectStore('kept');
    const [keys, values] = await Promise.all([settled(store.getAllKeys()), settled(store.getAll())]);
    return Object.fromEntries(keys.map((key, place) => [key, values[place]]));
  }

  /** Forget everything on this phone, the key as well. */
  async clear() {
    const transaction = this.database.transaction('kept', 'readwrite');
    transaction.objectStore('kept').clear();
    await finished(transaction);
  }

  close() {
    this.database.close();
  }
}
