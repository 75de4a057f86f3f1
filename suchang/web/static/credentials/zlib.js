/**
 * zlib (RFC 1950) through the platform's streams, with a cap that holds while inflating and with nothing tolerated
 * after the end of the stream.
 */

import { concat } from './bytes.js';

/**
 * Compress; on a platform without the stream (Safari before 16.4) the bytes are stored as they are, which is zlib as well.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes at most 65,535 where nothing can be compressed
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function deflate(bytes) {
  if (typeof CompressionStream === 'undefined') return stored(bytes);
  const chunks = await through(new CompressionStream('deflate'), bytes, Infinity);
  if (chunks === null) throw new Error('the platform could not compress');
  return concat(...chunks);
}

/**
 * One stored block (RFC 1951, section 3.2.4) between the header and the Adler-32 of RFC 1950.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
function stored(bytes) {
  const { length } = bytes;
  if (length > 0xffff) throw new RangeError('too long to be stored in one block');
  let [low, high] = [1, 0];
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  const head = Uint8Array.of(0x78, 0x01, 0x01, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff);
  return concat(head, bytes, Uint8Array.of(high >> 8, high & 0xff, low >> 8, low & 0xff));
}

/**
 * Inflate one whole zlib stream to at most `cap` bytes.
 *
 * Platforms disagree about bytes after the end of the stream: some refuse them, some ignore them. Where they are ignored,
 * the same input less its last byte still inflates; a stream that ends where the input ends does not.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} cap in bytes
 * @returns {Promise<Uint8Array<ArrayBuffer> | null>} null when broken, cut, too long or followed by anything
 */
export async function inflate(bytes, cap) {
  const chunks = await through(new DecompressionStream('deflate'), bytes, cap);
  if (chunks === null) return null;
  const shorter = await through(new DecompressionStream('deflate'), bytes.subarray(0, bytes.length - 1), cap);
  return shorter === null ? concat(...chunks) : null;
}

/**
 * @param {CompressionStream | DecompressionStream} stream
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} cap
 * @returns {Promise<Uint8Array<ArrayBuffer>[] | null>}
 */
async function through(stream, bytes, cap) {
  const writer = stream.writable.getWriter();
  // Both promises fail together with the reader below, which is where the failure is handled.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const reader = stream.readable.getReader();
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const chunks = [];
  let total = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return chunks;
      total += value.length;
      if (total > cap) {
        await reader.cancel();
        return null;
      }
      chunks.push(value);
    }
  } catch {
    return null;
  }
}
