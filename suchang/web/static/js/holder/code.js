/** A code: the presentation that this phone signs at this moment, and its picture. */

import { CorrectedClock, present } from '../../credentials/presentation.js';
import { drawQr, qrSvg } from '../../credentials/qr_code.js';
import { say } from '../words.js';

/** Milliseconds in which a desk's challenge is answered. */
const CHALLENGE_LIFE = 60_000;
/** Judging all eight masks takes longer than everything else together, and signatures look random under any of them. */
const MASK = 0;

export const clock = new CorrectedClock();
let challengedAt = 0;

/** @typedef {{text: string, picture: string, drawnAt: number}} Code `picture` is SVG, `drawnAt` in seconds */

/**
 * Sign and draw a code.
 *
 * @param {string} credential
 * @param {CryptoKey} privateKey
 * @returns {Promise<Code>}
 */
export async function makeCode(credential, privateKey) {
  const drawnAt = clock.now;
  const text = await present(credential, privateKey, drawnAt, challenge());
  return { text, picture: pictureOf(text), drawnAt };
}

/** Draw the text of a code as SVG. @param {string} text */
export function pictureOf(text) {
  return qrSvg(drawQr(text, { mask: MASK }), say('code_label'));
}

/** Give the challenge of a desk that this phone has just scanned, for a minute; it came in the address, after `#`. */
export function challenge() {
  const found = /^#c=([A-Za-z0-9_-]{22})\.(par_[0-9a-z]{26})$/.exec(location.hash);
  if (!found) return null;
  challengedAt ||= Date.now();
  if (Date.now() - challengedAt >= CHALLENGE_LIFE) {
    history.replaceState(null, '', location.pathname);
    challengedAt = 0;
    return null;
  }
  return { nonce: found[1], audience: `urn:suchang:partner:${found[2]}` };
}
