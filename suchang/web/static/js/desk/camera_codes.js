/** What zxing finds in a frame, as the watch wants it: text, whose card, how large. */

import { utf8Decode } from '../../credentials/bytes.js';
import { readText, unpack } from '../../credentials/qr_text.js';
import { isOurs } from './foreign_codes.js';

/** Every code of a frame, light on dark as well: a poster must not hide a card. */
export const OPTIONS = { formats: ['QRCode'], maxNumberOfSymbols: 6, tryHarder: true, tryInvert: true, tryRotate: true, returnErrors: false };
const KEPT = 12;
const cards = new Map();

/** @param {any[]} found @returns {Promise<(import('./camera_watch.js').Code & {isOurs: boolean})[]>} */
export async function codesOf(found) {
  const read = found.filter((one) => one.isValid !== false && one.text);
  return Promise.all(read.map(async ({ text, position }) => ({
    text, card: await cardOf(text), area: areaOf(position), isOurs: isOurs(text),
  })));
}

/** Name the card that drew a code: its credential's subject, which is the same however often the code is renewed. */
async function cardOf(text) {
  if (!cards.has(text)) cards.set(text, (isOurs(text) && (await subjectOf(text))) || text);
  if (cards.size > KEPT) cards.delete(cards.keys().next().value);
  return cards.get(text) ?? text;
}

async function subjectOf(text) {
  const bytes = readText(text);
  const parts = typeof bytes === 'string' ? null : await unpack(bytes);
  try {
    return JSON.parse(utf8Decode(parts?.[0].payload) ?? 'null')?.sub ?? null;
  } catch {
    return null;
  }
}

function areaOf({ topLeft, topRight, bottomRight, bottomLeft }) {
  const corners = [topLeft, topRight, bottomRight, bottomLeft];
  const twice = corners.reduce((sum, one, place) => {
    const next = corners[(place + 1) % 4];
    return sum + one.x * next.y - next.x * one.y;
  }, 0);
  return Math.abs(twice) / 2;
}
