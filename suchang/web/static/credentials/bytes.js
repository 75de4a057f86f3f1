/**
 * Bytes and their texts: base45 (RFC 9285), base64url (RFC 4648, section 5), UTF-8. Every decoder is strict: one text
 * for one sequence of bytes, nothing skipped, nothing repaired. A decoder gives `null` for what it can't read.
 */

const BASE45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const BASE45_VALUE = table(BASE45);
const BASE64URL_VALUE = table(BASE64URL);

/** @param {string} alphabet @returns {Int8Array} the value of each character code below 128, or -1 */
function table(alphabet) {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i += 1) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/** @param {Int8Array} values @param {string} text @param {number} at */
function valueAt(values, text, at) {
  const code = text.charCodeAt(at);
  return code < 128 ? values[code] : -1;
}

/** Write bytes as base45. @param {Uint8Array<ArrayBuffer>} bytes @returns {string} */
export function base45Encode(bytes) {
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const n = bytes[i] * 256 + bytes[i + 1];
    text += BASE45[n % 45] + BASE45[Math.floor(n / 45) % 45] + BASE45[Math.floor(n / 2025)];
  }
  if (bytes.length % 2 === 1) {
    const n = bytes[bytes.length - 1];
    text += BASE45[n % 45] + BASE45[Math.floor(n / 45)];
  }
  return text;
}

/** Read base45. @param {string} text @returns {Uint8Array<ArrayBuffer> | null} */
export function base45Decode(text) {
  if (text.length % 3 === 1) return null;
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 === 2 ? 1 : 0));
  let out = 0;
  for (let i = 0; i < text.length; i += 3) {
    const whole = i + 2 < text.length;
    const low = valueAt(BASE45_VALUE, text, i);
    const middle = valueAt(BASE45_VALUE, text, i + 1);
    const high = whole ? valueAt(BASE45_VALUE, text, i + 2) : 0;
    if (low < 0 || middle < 0 || high < 0) return null;
    const n = low + 45 * middle + 2025 * high;
    if (n > (whole ? 0xffff : 0xff)) return null;
    if (whole) bytes[out++] = n >> 8;
    bytes[out++] = n & 0xff;
  }
  return bytes;
}

/** Write bytes as base64url without padding. @param {Uint8Array<ArrayBuffer>} bytes @returns {string} */
export function base64urlEncode(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const n = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += BASE64URL[n >> 18] + BASE64URL[(n >> 12) & 63];
    if (i + 1 < bytes.length) text += BASE64URL[(n >> 6) & 63];
    if (i + 2 < bytes.length) text += BASE64URL[n & 63];
  }
  return text;
}

/**
 * Read base64url: no padding, no stray bits at the end.
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
export function base64urlDecode(text) {
  if (text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let held = 0;
  let bits = 0;
  let out = 0;
  for (let i = 0; i < text.length; i += 1) {
    const value = valueAt(BASE64URL_VALUE, text, i);
    if (value < 0) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[out++] = (held >> bits) & 0xff;
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : null;
}

/** Write a text as UTF-8. @param {string} text @returns {Uint8Array<ArrayBuffer>} */
export function utf8Encode(text) {
  return new TextEncoder().encode(text);
}

/**
 * Read UTF-8; a byte order mark is kept, so that JSON refuses it.
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {string | null}
 */
export function utf8Decode(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Join. @param {...Uint8Array<ArrayBuffer>} parts @returns {Uint8Array<ArrayBuffer>} */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
