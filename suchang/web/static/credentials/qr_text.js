/**
 * The QR text: `SC1:` and base45 of n, n signatures of 64 bytes, and zlib of n times (u16 length, header JSON, u16 length,
 * payload JSON), big-endian, n = 1 or 2. A token is base64url of these very bytes, so JSON is never written again.
 */

import { base45Decode, base45Encode, base64urlDecode, base64urlEncode, concat, utf8Encode } from './bytes.js';
import { deflate, inflate } from './zlib.js';

/** What the largest QR code holds in alphanumeric mode. */
export const MAX_TEXT = 4296;
export const MAX_INFLATED = 4096;
export const PREFIX = 'SC1:';

const SIGNATURE_BYTES = 64;

/**
 * One signed part: the bytes of its JSON, and what was signed.
 *
 * @typedef {object} Part
 * @property {Uint8Array<ArrayBuffer>} header
 * @property {Uint8Array<ArrayBuffer>} payload
 * @property {Uint8Array<ArrayBuffer>} signature 64 bytes, r and s
 * @property {string} signed base64url(header) + '.' + base64url(payload)
 */

/**
 * Read the bytes of a text by its size and alphabet (check 1).
 *
 * @param {unknown} text
 * @returns {Uint8Array<ArrayBuffer> | 'malformed' | 'unsupported_format'}
 */
export function readText(text) {
  if (typeof text !== 'string' || text.length > MAX_TEXT) return 'malformed';
  if (!text.startsWith(PREFIX)) return 'unsupported_format';
  return base45Decode(text.slice(PREFIX.length)) ?? 'malformed';
}

/**
 * Unpack and inflate within the cap (check 2).
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<Part[] | null>} one or two parts, null when malformed
 */
export async function unpack(bytes) {
  if (bytes[0] !== 1 && bytes[0] !== 2) return null;
  const count = bytes[0];
  const start = 1 + count * SIGNATURE_BYTES;
  if (bytes.length <= start) return null;
  const inflated = await inflate(bytes.subarray(start), MAX_INFLATED);
  const pieces = inflated === null ? null : split(inflated, 2 * count);
  if (pieces === null) return null;
  /** @type {Part[]} */
  const parts = [];
  for (let i = 0; i < count; i += 1) {
    const [header, payload] = [pieces[2 * i], pieces[2 * i + 1]];
    const at = 1 + i * SIGNATURE_BYTES;
    parts.push({
      header,
      payload,
      signature: bytes.slice(at, at + SIGNATURE_BYTES),
      signed: `${base64urlEncode(header)}.${base64urlEncode(payload)}`,
    });
  }
  return parts;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} count
 * @returns {Uint8Array<ArrayBuffer>[] | null} null unless it comes out even
 */
function split(bytes, count) {
  const pieces = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + 2 > bytes.length) return null;
    const end = at + 2 + bytes[at] * 256 + bytes[at + 1];
    if (end > bytes.length) return null;
    pieces.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length ? pieces : null;
}

/**
 * Pack compact tokens (a credential, or a credential and its holder proof) as a QR text.
 *
 * @param {...string} tokens `header.payload.signature`
 * @returns {Promise<string>}
 * @throws {RangeError} when a token is not three strict base64url parts with a signature of 64 bytes
 */
export async function pack(...tokens) {
  const signatures = [];
  const pieces = [];
  for (const token of tokens) {
    const parts = token.split('.').map(base64urlDecode);
    const [header, payload, signature] = parts;
    if (parts.length !== 3 || !header || !payload || signature?.length !== SIGNATURE_BYTES) {
      throw new RangeError('a token must be header.payload.signature with a signature of 64 bytes');
    }
    signatures.push(signature);
    pieces.push(length16(header), header, length16(payload), payload);
  }
  const zipped = await deflate(concat(...pieces));
  return PREFIX + base45Encode(concat(Uint8Array.of(tokens.length), ...signatures, zipped));
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function length16(bytes) {
  return Uint8Array.of(bytes.length >> 8, bytes.length & 0xff);
}

/** Give the compact token of a part. @param {Part} part @returns {string} */
export function compact(part) {
  return `${part.signed}.${base64urlEncode(part.signature)}`;
}

/** SHA-256 of a text, as base64url: the `sd_hash` of `token~`. @param {string} text @returns {Promise<string>} */
export async function sha256Text(text) {
  return base64urlEncode(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8Encode(text))));
}
