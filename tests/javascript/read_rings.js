/** Reads broken JWK sets from standard input, writes the names of those that were refused with one sentence. */

import { text } from 'node:stream/consumers';
import { KeyRing } from '../../suchang/web/static/credentials/key_ring.js';

const refused = [];
for (const { name, jwks } of JSON.parse(await text(process.stdin))) {
  try {
    await KeyRing.read(jwks, { issuer: 'https://card.suchang.example' });
  } catch (error) {
    if (error instanceof RangeError && /^[A-Z].*\.$/.test(error.message)) refused.push(name);
  }
}
process.stdout.write(JSON.stringify(refused));
