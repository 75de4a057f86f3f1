/** Checks the vectors of the Token Status List draft: [bits, read as published, written and read again] for each. */

import { text } from 'node:stream/consumers';
import { decodeList, encodeList, statusAt } from '../../suchang/web/static/credentials/status_list.js';

/** @param {Uint8Array | null} bytes @param {any} vector every index that is not named is 0 */
function isAsPublished(bytes, { bits, size, status }) {
  if (bytes === null) return false;
  for (let index = 0; index < size; index += 1) {
    if (statusAt(bytes, bits, index) !== (status[index] ?? 0)) return false;
  }
  return true;
}

const results = [];
for (const vector of JSON.parse(await text(process.stdin))) {
  const { bits, size, lst, status } = vector;
  const length = (size * bits) / 8;
  const written = await encodeList(Object.entries(status).map(([index, value]) => [Number(index), value]), bits, size);
  results.push([
    bits,
    isAsPublished(await decodeList(lst, length), vector),
    isAsPublished(await decodeList(written, length), vector),
  ]);
}
process.stdout.write(JSON.stringify(results));
