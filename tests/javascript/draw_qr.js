/** Draws texts as QR codes: [{text, version, mask}] in, [{version, size, dark}] out, a digit for each module. */

import { text } from 'node:stream/consumers';
import { drawQr } from '../../suchang/web/static/credentials/qr_code.js';

const drawings = JSON.parse(await text(process.stdin)).map(({ text: content, ...options }) => {
  const { version, size, dark } = drawQr(content, options);
  return { version, size, dark: dark.join('') };
});
process.stdout.write(JSON.stringify(drawings));
