/**
 * zlib (RFC 1950) through the platform's streams, with a cap that holds while inflating and with nothing tolerated
 * after the end of the stream.
 */

import { concat } from './bytes.js';

/** Compress. @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Uint8Array<ArrayBuffer>>} */
export async function deflate(bytes) {
  const chunks = await through(new CompressionStream('deflate'), bytes, Infinity);
  if (chunks === null) throw new Error('the platform could not compress');
  return concat(...chunks);
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
